package dev.levitstream.nn.model;

import dev.levitstream.nn.engine.NumericException;
import java.util.List;

/**
 * A linear classifier that is solved from sums over features f: the score of group g is w_g f + b_g. Which images came
 * in which order does not matter, and none has to be kept.
 */
public interface LinearHead {
    /**
     * Sums over features f of (width) values each.
     *
     * @param moments lower triangle of the sum of f f' over all images, row by row; borrowed
     * @param sums of the features of each group; borrowed
     * @param counts images of each group (count), positive
     * @param images of which the moments say how they vary within groups (count), positive: mostly all of all groups
     */
    record Sums(double[] moments, List<double[]> sums, long[] counts, long images) {}

    /**
     * Scores of groups.
     *
     * @param weights w_g, (width) each
     * @param biases b_g
     */
    record Solution(List<float[]> weights, float[] biases) {
        /** Score of a group, w_g f + b_g. */
        public float score(int group, float[] features) {
            return Dot.of(weights.get(group), features) + biases[group];
        }
    }

    /**
     * Solves for them; finite for all finite sums of float features.
     *
     * @throws NumericException if a number is not finite
     */
    Solution solve(Sums sums);

    /**
     * Turns the scores of one image into probabilities of its groups, in place: at least 0, sum 1.
     *
     * @param scores at least one
     */
    void probabilities(double[] scores);

    /** exp(s_g) over their sum, in place. */
    static void softmax(double[] scores) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            highest = Math.max(highest, score);
        }
        double total = 0;
        for (int g = 0; g < scores.length; g++) {
            scores[g] = StrictMath.exp(scores[g] - highest);
            total += scores[g];
        }
        for (int g = 0; g < scores.length; g++) {
            scores[g] /= total;
        }
    }
}
