package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * Measures projections in units of what is usual in a world: z = L^-1 (y - m), with the mean m and the covariance C = L
 * L' of its first images. A ridge on the diagonal keeps C definite where images hardly differ.
 *
 * @param mean m
 * @param inverse lower triangle of L^-1, row by row
 */
record Whitening(float[] mean, float[] inverse) {
    private static final double RIDGE = 1e-3;
    private static final double LEAST_VARIANCE = 1e-8;

    /** By the mean and covariance of some projections, at least two. */
    static Whitening of(List<float[]> projections) {
        int size = RandomProjection.SIZE;
        double[] mean = new double[size];
        for (float[] y : projections) {
            for (int i = 0; i < size; i++) {
                mean[i] += y[i] / (double) projections.size();
            }
        }
        double[][] covariance = new double[size][size];
        for (float[] y : projections) {
            for (int i = 0; i < size; i++) {
                for (int j = 0; j <= i; j++) {
                    covariance[i][j] += (y[i] - mean[i]) * (y[j] - mean[j]) / (projections.size() - 1);
                }
            }
        }
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += covariance[i][i];
        }
        for (int i = 0; i < size; i++) {
            covariance[i][i] += RIDGE * trace / size + LEAST_VARIANCE;
        }
        return new Whitening(floats(mean), floats(inverse(cholesky(covariance))));
    }

    /** L of a definite matrix whose lower triangle is given. */
    private static double[][] cholesky(double[][] matrix) {
        int size = matrix.length;
        double[][] factor = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = i == j ? Math.sqrt(sum) : sum / factor[j][j];
            }
        }
        return factor;
    }

    /** The inverse of a lower triangle, row by row. */
    private static double[] inverse(double[][] factor) {
        int size = factor.length;
        double[] inverse = new double[size * (size + 1) / 2];
        for (int i = 0, at = 0; i < size; at += ++i) {
            for (int j = 0; j <= i; j++) {
                double sum = i == j ? 1 : 0;
                for (int k = j; k < i; k++) {
                    sum -= factor[i][k] * inverse[k * (k + 1) / 2 + j];
                }
                inverse[at + j] = sum / factor[i][i];
            }
        }
        return inverse;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** z of one projection y. */
    float[] whiten(float[] projection) {
        float[] whitened = new float[mean.length];
        for (int i = 0, at = 0; i < whitened.length; at += ++i) {
            double sum = 0;
            for (int j = 0; j <= i; j++) {
                sum += inverse[at + j] * (projection[j] - mean[j]);
            }
            whitened[i] = (float) sum;
        }
        return whitened;
    }

    void write(DataOutputStream out) throws IOException {
        StateCodec.writeFloats(out, mean);
        StateCodec.writeFloats(out, inverse);
    }

    static Whitening read(DataInputStream in) throws IOException {
        return new Whitening(StateCodec.readFloats(in), StateCodec.readFloats(in));
    }
}
