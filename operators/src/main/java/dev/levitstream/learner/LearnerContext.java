package dev.levitstream.learner;

import java.util.function.LongSupplier;

/**
 * What a learner is given from outside.
 *
 * @param options its settings
 * @param seed of all its randomness; a restored learner goes on with the seed that it was created with
 * @param device {@code cpu} or {@code gpuN}
 * @param nanoTime clock for {@code budget.millis}, as {@link System#nanoTime}
 */
public record LearnerContext(LearnerOptions options, long seed, String device, LongSupplier nanoTime) {}
