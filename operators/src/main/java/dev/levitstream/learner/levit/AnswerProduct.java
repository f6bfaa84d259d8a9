package dev.levitstream.learner.levit;

import dev.levitstream.learner.linear.GroupScores;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * What is answered to one image.
 *
 * @param component index of the component that answers
 * @param probabilities of the classes, sum 1; empty while the component knows no label
 */
record AnswerProduct(int component, float[] probabilities) {
    /** A classifier that is sure may be wrong: probabilities below count as this. */
    private static final double SMALLEST = 1e-6;
    /** A component that is so much less likely than another is not heard. */
    private static final double UNHEARD = 1e-4;

    /** Whether another component may be seen in the answer: a share of it that is not next to nothing. */
    static boolean matters(GroupScores posterior, int first, int other) {
        return posterior.of(other) - posterior.of(first) > StrictMath.log(UNHEARD);
    }

    /**
     * p(c, y | x) ~ p(c | f(x)) q_c(y), q_c(y) ~ p(y | c, f(x)) p_c(y | x)^T_c with sum 1 over the classes y of
     * component c: the router's posterior p(c, y | f(x)) says which component, and within it is multiplied with the
     * component's own answer p_c(y | x), a product of experts (Hinton 2002). With T = 0 the router answers alone. The
     * component of the likeliest pair answers; classes add up over components.
     *
     * @param candidates components, at least one
     * @param own answer of each, at least one of them not empty
     * @param exponents T of each component, at least 0
     */
    static AnswerProduct product(
            GroupScores posterior, List<Integer> candidates, List<float[]> own, IntToDoubleFunction exponents) {
        int classes = own.stream().mapToInt(answer -> answer.length).max().orElse(0);
        double most = candidates.stream().mapToDouble(posterior::of).max().orElse(0);
        double[] sums = new double[classes];
        double total = 0;
        int best = candidates.get(0);
        double highest = -1;
        for (int k = 0; k < own.size(); k++) {
            int component = candidates.get(k);
            double share = StrictMath.exp(posterior.of(component) - most);
            double[] within = within(posterior, component, own.get(k), exponents.applyAsDouble(component));
            for (int y = 0; y < within.length; y++) {
                double pair = share * within[y];
                sums[y] += pair;
                total += pair;
                if (pair > highest) {
                    highest = pair;
                    best = component;
                }
            }
        }
        float[] probabilities = new float[classes];
        for (int y = 0; y < classes; y++) {
            probabilities[y] = (float) (sums[y] / total);
        }
        return new AnswerProduct(best, probabilities);
    }

    /** q_c, by class; all 0 where the router has seen none of the classes that the component knows. */
    private static double[] within(GroupScores posterior, int component, float[] own, double exponent) {
        double[] logs = posterior.of(component, own.length);
        for (int y = 0; y < logs.length; y++) {
            logs[y] += exponent * StrictMath.log(Math.max(own[y], SMALLEST));
        }
        double highest = Arrays.stream(logs).max().orElse(0);
        double sum = 0;
        for (int y = 0; y < logs.length; y++) {
            logs[y] = highest == Double.NEGATIVE_INFINITY ? 0 : StrictMath.exp(logs[y] - highest);
            sum += logs[y];
        }
        for (int y = 0; y < logs.length && sum > 0; y++) {
            logs[y] /= sum;
        }
        return logs;
    }
}
