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

    /** The same with all scores multiplied: below 1 the posterior is less sure. */
    public GroupScores times(double factor) {
        return factor == 1
                ? this
                : new GroupScores(groups.stream()
                        .map(group ->
                                new GroupScore(group.component(), group.label(), (float) (factor * group.score())))
                        .toList());
    }

    /** Whether any component has a group of that class. */
    public boolean hasLabel(int label) {
        return groups.stream().anyMatch(group -> group.label() == label);
    }

    /** Logarithm of the posterior of a class, over all components' labelled groups. */
    public double logProbability(int label) {
        List<GroupScore> labelled = groups.stream()
                .filter(group -> group.label() != LabelRegistry.UNLABELLED)
                .toList();
        double highest = labelled.stream().mapToDouble(GroupScore::score).max().orElse(0);
        double all = 0;
        double own = 0;
        for (GroupScore group : labelled) {
            double share = StrictMath.exp(group.score() - highest);
            all += share;
            own += group.label() == label ? share : 0;
        }
        return StrictMath.log(own) - StrictMath.log(all);
    }

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
     * or of its images without a label where it has no other.
     */
    public double of(int component, int label) {
        List<GroupScore> own = deciding(component);
        for (GroupScore group : own) {
            if (group.label() == label || group.label() == LabelRegistry.UNLABELLED) {
                return group.score();
            }
        }
        return Double.NEGATIVE_INFINITY;
    }

    /** Logarithm of the posterior of a component, up to the same constant: over all its classes. */
    public double of(int component) {
        List<GroupScore> own = deciding(component);
        double highest = own.stream().mapToDouble(GroupScore::score).max().orElse(Double.NEGATIVE_INFINITY);
        double sum = 0;
        for (GroupScore group : own) {
            sum += StrictMath.exp(group.score() - highest);
        }
        return own.isEmpty() ? highest : highest + StrictMath.log(sum);
    }

    /** A component's groups with a label; those without where it has no other. */
    private List<GroupScore> deciding(int component) {
        List<GroupScore> own =
                groups.stream().filter(group -> group.component() == component).toList();
        List<GroupScore> labelled = own.stream()
                .filter(group -> group.label() != LabelRegistry.UNLABELLED)
                .toList();
        return labelled.isEmpty() ? own : labelled;
    }
}
