package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.LabelRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Scores of one image under the groups of {@link GroupStatistics}.
 *
 * @param groups one per group that was there at the last solution
 */
public record GroupScores(List<GroupScore> groups) {
    /** Groups whose scores are added up side by side. */
    private static final int TOGETHER = 4;

    /**
     * The score of one group.
     *
     * @param component index of the component that learnt the group
     * @param label class, or {@link LabelRegistry#UNLABELLED}
     * @param score logarithm of the posterior probability of the group, up to a constant
     */
    public record GroupScore(int component, int label, float score) {}

    /** What the solved groups' heads make of features. */
    static GroupScores of(List<FeatureGroup> solved, float[] features) {
        List<GroupScore> scores = new ArrayList<>(solved.size());
        for (int from = 0; from < solved.size(); from += TOGETHER) {
            scores.addAll(scores(features, solved.subList(from, Math.min(solved.size(), from + TOGETHER))));
        }
        return new GroupScores(scores);
    }

    /** Of one to four groups, side by side: in a single sum each addition waits for the one before. */
    private static List<GroupScore> scores(float[] features, List<FeatureGroup> some) {
        FeatureGroup first = some.get(0);
        FeatureGroup second = some.get(Math.min(1, some.size() - 1));
        FeatureGroup third = some.get(Math.min(2, some.size() - 1));
        FeatureGroup fourth = some.get(some.size() - 1);
        float a = first.bias;
        float b = second.bias;
        float c = third.bias;
        float d = fourth.bias;
        for (int i = 0; i < features.length; i++) {
            float value = features[i];
            a += value * first.weight[i];
            b += value * second.weight[i];
            c += value * third.weight[i];
            d += value * fourth.weight[i];
        }
        return Stream.of(first.scored(a), second.scored(b), third.scored(c), fourth.scored(d))
                .limit(some.size())
                .toList();
    }

    /** The same with all scores multiplied: below 1 the posterior is less sure. */
    public GroupScores times(double factor) {
        return factor == 1
                ? this
                : new GroupScores(groups.stream()
                        .map(group ->
                                new GroupScore(group.component(), group.label(), (float) (factor * group.score())))
                        .toList());
    }

    /** Classes up to the last of a component's (count); 0 where it has none. */
    public int classes(int component) {
        return groups.stream()
                .filter(group -> group.component() == component && group.label() != LabelRegistry.UNLABELLED)
                .mapToInt(group -> group.label() + 1)
                .max()
                .orElse(0);
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
     * Logarithms of the posterior of a component and each class, up to a constant: of the component's groups, or of its
     * images without a label where it has no other.
     *
     * @param classes how many, from the first on (count)
     */
    public double[] of(int component, int classes) {
        double[] scores = new double[classes];
        Arrays.fill(scores, Double.NEGATIVE_INFINITY);
        for (GroupScore group : deciding(component)) {
            if (group.label() == LabelRegistry.UNLABELLED) {
                Arrays.fill(scores, group.score());
            } else if (group.label() < classes) {
                scores[group.label()] = Math.max(scores[group.label()], group.score());
            }
        }
        return scores;
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
