package dev.levitstream.learner.change;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.commons.statistics.distribution.GammaDistribution;

/**
 * How the two-sample statistic is distributed while nothing has changed. In the limit it is sum_i l_i c_i, with l_i the
 * eigenvalues of the centred kernel and c_i independent chi-squares of one degree (Gretton et al. 2012, theorem 12);
 * here a gamma law with the same mean sum l_i, variance 2 sum l_i^2 and third central moment 8 sum l_i^3, shifted to
 * have all three (Pearson's type III). With two moments alone, tails come out too light where one direction matters
 * most.
 *
 * @param mean in units of the statistic
 * @param variance in units of its square
 * @param third third central moment
 */
record NullLaw(double mean, double variance, double third) {
    private static final double LEAST_SKEWNESS = 1e-3;
    /** Below this nothing varies, and any difference is one. */
    private static final double LEAST_VARIANCE = 1e-18;

    /** By the moments of the centred kernel's eigenvalues over pairs and triples of different images, at least 3. */
    static NullLaw of(List<float[]> whitened) {
        int n = whitened.size();
        double[][] kernel = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double value = Kernel.of(whitened.get(i), whitened.get(j));
                kernel[i][j] = value;
                kernel[j][i] = value;
            }
        }
        centre(kernel);
        return ofCentred(kernel);
    }

    /** The same of a centred kernel, at least 3 x 3. */
    static NullLaw ofCentred(double[][] centred) {
        int n = centred.length;
        double diagonal = 0;
        double squares = 0;
        double cubes = 0;
        for (int i = 0; i < n; i++) {
            diagonal += centred[i][i];
            for (int j = 0; j < i; j++) {
                squares += 2 * centred[i][j] * centred[i][j];
                double path = 0;
                for (int k = 0; k < n; k++) {
                    path += k == i || k == j ? 0 : centred[i][k] * centred[j][k];
                }
                cubes += 2 * centred[i][j] * path;
            }
        }
        double pairs = n * (n - 1.0);
        return new NullLaw(diagonal / (n - 1), 2 * squares / pairs, 8 * Math.max(0, cubes / (pairs * (n - 2))));
    }

    /** Takes the means of rows and columns from a symmetric kernel, so that each adds up to 0. */
    static void centre(double[][] kernel) {
        int n = kernel.length;
        double[] means = new double[n];
        double total = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                means[i] += kernel[i][j] / n;
            }
            total += means[i] / n;
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                kernel[i][j] += total - means[i] - means[j];
            }
        }
    }

    /** The law of a statistic that is {@code factor} times as large, as where images follow each other closely. */
    NullLaw times(double factor) {
        return new NullLaw(mean * factor, variance * factor * factor, third * factor * factor * factor);
    }

    /** Probability of a statistic that large or larger. */
    double probability(double statistic) {
        if (variance < LEAST_VARIANCE) {
            return statistic - mean > Math.sqrt(LEAST_VARIANCE) ? 0 : 1;
        }
        double deviation = Math.sqrt(variance);
        double skewness = Math.max(LEAST_SKEWNESS, third / (variance * deviation));
        double shape = 4 / (skewness * skewness);
        double standard = shape + (statistic - mean) / deviation * Math.sqrt(shape);
        return standard <= 0 ? 1 : GammaDistribution.of(shape, 1).survivalProbability(standard);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeDouble(mean);
        out.writeDouble(variance);
        out.writeDouble(third);
    }

    static NullLaw read(DataInputStream in) throws IOException {
        return new NullLaw(in.readDouble(), in.readDouble(), in.readDouble());
    }
}
