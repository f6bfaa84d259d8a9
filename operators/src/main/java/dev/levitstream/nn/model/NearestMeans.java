package dev.levitstream.nn.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Nearest class mean: Gaussian groups of one variance v in all directions, log p(f | g) = -|f - m_g|^2 / 2v up to a
 * constant, hence w_g = m_g / v and b_g = log n_g - |m_g|^2 / 2v. v is the mean over features of the variance within
 * groups, (trace of moments - sum over groups of n |m|^2) / (images x width).
 */
public final class NearestMeans implements LinearHead {
    private static final double ROUNDING = Math.ulp(1.0);

    private final int width;

    /** @param width features (count) */
    public NearestMeans(int width) {
        this.width = width;
    }

    @Override
    public Solution solve(Sums sums) {
        double size = 0; // sum of squares of all features
        for (int i = 0, at = 0; i < width; at += ++i) {
            size += sums.moments()[at + i];
        }
        double between = 0;
        for (int g = 0; g < sums.counts().length; g++) {
            between += square(sums.sums().get(g)) / sums.counts()[g];
        }
        double images = sums.images();
        // of images that are all the same nothing is left but rounding
        double variance = Math.max(size - between, size * ROUNDING * images) / (images * width) + Float.MIN_NORMAL;
        List<float[]> weights = new ArrayList<>();
        float[] biases = new float[sums.counts().length];
        for (int g = 0; g < biases.length; g++) {
            double[] sum = sums.sums().get(g);
            double count = sums.counts()[g];
            float[] weight = new float[width];
            for (int i = 0; i < width; i++) {
                weight[i] = (float) (sum[i] / count / variance);
            }
            weights.add(weight);
            biases[g] = (float) (Math.log(count) - square(sum) / count / count / variance / 2);
        }
        return new Solution(weights, biases);
    }

    private static double square(double[] sum) {
        double square = 0;
        for (double value : sum) {
            square += value * value;
        }
        return square;
    }

    @Override
    public void probabilities(double[] scores) {
        LinearHead.softmax(scores);
    }
}
