package dev.levitstream.learner;

import dev.levitstream.nn.engine.Compute;
import java.util.function.LongSupplier;

/**
 * What a learner is given from outside.
 *
 * @param options its settings
 * @param seed of all its randomness; a restored learner goes on with the seed that it was created with
 * @param compute where and how it computes; borrowed, it must outlive the learner
 * @param nanoTime clock for budgets of time, as {@link System#nanoTime}
 * @param shared weights that it has in common with other learners; borrowed, they must outlive it
 */
public record LearnerContext(
        LearnerOptions options, long seed, Compute compute, LongSupplier nanoTime, SharedWeights shared) {}
