package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a learner holds.
 *
 * @param labels known labels in order of first sight
 * @param parameters trainable and frozen parameters (count)
 * @param components components, the active one included (count); absent for a method without any
 * @param memoryImages images in the replay memory (count); absent for a method without one
 * @param queuedWork units of work that the budget left for later (count)
 * @param accuracy test-then-train accuracy over the labelled images so far; absent where the method does not count
 */
public record LearnerDescription(
        List<String> labels,
        long parameters,
        OptionalInt components,
        OptionalInt memoryImages,
        long queuedWork,
        Optional<Accuracy> accuracy) {
    /** Of a method that has none of all this but labels. */
    public static LearnerDescription ofLabels(List<String> labels) {
        return new LearnerDescription(labels, 0, OptionalInt.empty(), OptionalInt.empty(), 0, Optional.empty());
    }
}
