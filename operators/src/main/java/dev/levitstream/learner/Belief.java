package dev.levitstream.learner;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What the discriminant router makes of one image.
 *
 * @param claims one per group that it knows
 */
record Belief(List<Claim> claims) {
    /**
     * One group's claim.
     *
     * @param component index of the component that learnt the group
     * @param label class, or {@link LabelRegistry#UNLABELLED}
     * @param score logarithm of the probability that the image belongs to the group, up to a constant
     */
    record Claim(int component, int label, float score) {}

    /** Components by their best claim, the best first. */
    List<Integer> components() {
        List<Claim> sorted = new ArrayList<>(claims);
        sorted.sort(Comparator.comparingDouble((Claim claim) -> -claim.score())
                .thenComparingInt(Claim::component)
                .thenComparingInt(Claim::label));
        return sorted.stream().map(Claim::component).distinct().toList();
    }

    /**
     * Logarithm of the probability that the image belongs to a component and a class, up to a constant: of the
     * component's group of that class, or of its images without a label if that is more.
     */
    double of(int component, int label) {
        double score = Double.NEGATIVE_INFINITY;
        for (Claim claim : claims) {
            boolean concerns = claim.label() == label || claim.label() == LabelRegistry.UNLABELLED;
            if (claim.component() == component && concerns) {
                score = Math.max(score, claim.score());
            }
        }
        return score;
    }
}
