package dev.levitstream.learner;

import java.util.List;

/**
 * What a learner is and how much it holds.
 *
 * @param learner its name, as in the option {@code learner}
 * @param family method family: replay or expansion
 * @param fidelity how exactly the published method is known
 * @param components components, the active one included (count)
 * @param parameters trainable and frozen parameters (count)
 * @param labels known labels in order of first sight
 * @param memoryImages images in the replay memory (count)
 * @param queuedUpdates updates left for later (count)
 * @param accuracy test-then-train accuracy over the labelled images so far
 */
public record LearnerDescription(
        String learner,
        String family,
        String fidelity,
        int components,
        long parameters,
        List<String> labels,
        int memoryImages,
        long queuedUpdates,
        PrequentialAccuracy.Figures accuracy) {}
