package dev.levitstream.learner.levit;

import dev.levitstream.learner.linear.GroupScores;
import java.util.List;

/**
 * What is answered to one image.
 *
 * @param component index of the component that answers
 * @param probabilities of the classes, sum 1; empty while the component knows no label
 */
record AnswerProduct(int component, float[] probabilities) {
    /** A classifier that is sure may be wrong: probabilities below count as this. */
    private static final double SMALLEST = 1e-6;

    /**
     * Whether another component's answer may be seen: whether a pair of it and a class may weigh more than
     * {@value #SMALLEST} of the likeliest pair of the first component. If not, it cannot win either.
     *
     * @param own answer of the first component, not empty
     * @param classes that the other one knows (count)
     */
    static boolean matters(GroupScores scores, int first, float[] own, int other, int classes) {
        double highest = Double.NEGATIVE_INFINITY;
        for (int y = 0; y < own.length; y++) {
            highest = Math.max(highest, log(scores, first, own, y));
        }
        double most = Double.NEGATIVE_INFINITY;
        for (int y = 0; y < classes; y++) {
            most = Math.max(most, scores.of(other, y)); // as if its answer were certain
        }
        return !(most < highest + StrictMath.log(SMALLEST));
    }

    private static double log(GroupScores scores, int component, float[] own, int label) {
        return scores.of(component, label) + StrictMath.log(Math.max(own[label], SMALLEST));
    }

    /**
     * p(c, y | x) ~ p(c, y | f(x)) p_c(y | x) over components c and their classes y, with the router's posterior p(c, y
     * | f(x)) and the component's own answer p_c(y | x): a product of experts (Hinton 2002). The component of the
     * likeliest pair answers; classes add up over components.
     *
     * @param candidates components, at least one
     * @param own answer of each, at least one of them not empty
     */
    static AnswerProduct product(GroupScores scores, List<Integer> candidates, List<float[]> own) {
        int classes = own.stream().mapToInt(answer -> answer.length).max().orElse(0);
        double[][] logs = new double[own.size()][];
        int best = candidates.get(0);
        double highest = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < logs.length; k++) {
            logs[k] = new double[own.get(k).length];
            for (int y = 0; y < logs[k].length; y++) {
                logs[k][y] = log(scores, candidates.get(k), own.get(k), y);
                if (logs[k][y] > highest) {
                    highest = logs[k][y];
                    best = candidates.get(k);
                }
            }
        }
        double[] sums = new double[classes];
        double total = 0;
        for (double[] ofComponent : logs) {
            for (int y = 0; y < ofComponent.length; y++) {
                double share = StrictMath.exp(ofComponent[y] - highest);
                sums[y] += share;
                total += share;
            }
        }
        float[] probabilities = new float[classes];
        for (int y = 0; y < classes; y++) {
            probabilities[y] = (float) (sums[y] / total);
        }
        return new AnswerProduct(best, probabilities);
    }
}
