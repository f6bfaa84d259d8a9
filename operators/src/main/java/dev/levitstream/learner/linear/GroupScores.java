package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.LabelRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Scores of one image under the groups of {@link GroupStatistics}.
 *
 * @param groups one per group that was there at the last solution
 */
public record GroupScores(List<GroupScore> groups) {
    /**
     * The score of one group.
     *
     * @param component index of the component that learnt the group
     * @param label class, or {@link LabelRegistry#UNLABELLED}
     * @param score logarithm of the posterior probability of the group, up to a constant
     */
    public record GroupScore(int component, int label, float score) {}

    /** Components by their best group, the best first. */
    public List<Integer> components() {
        List<GroupScore> sorted = new ArrayList<>(groups);
        sorted.sort(Comparator.comparingDouble((GroupScore group) -> -group.score())
                .thenComparingInt(GroupScore::component)
                .thenComparingInt(GroupScore::label));
        return sorted.stream().map(GroupScore::component).distinct().toList();
    }

    /**
     * Logarithm of the posterior of a component and a class, up to a constant: of the component's group of that class,
     * or of its images without a label if that is more.
     */
    public double of(int component, int label) {
        double score = Double.NEGATIVE_INFINITY;
        for (GroupScore group : groups) {
            boolean concerns = group.label() == label || group.label() == LabelRegistry.UNLABELLED;
            if (group.component() == component && concerns) {
                score = Math.max(score, group.score());
            }
        }
        return score;
    }
}
