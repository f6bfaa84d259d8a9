package dev.levitstream.learner.change;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * The covariance of {@value RandomProjection#SIZE} values, as its lower triangle C, by two estimators: from all images,
 * or from steps between neighbours, mean (y_t - y_(t-1)) (y_t - y_(t-1))' / 2 (von Neumann 1941). The two agree where
 * images follow each other at random; where neighbours show the same scene, steps see its jitter only.
 */
final class Covariance {
    private static final double LEAST_VARIANCE = 1e-8;

    private final double[][] values = new double[RandomProjection.SIZE][RandomProjection.SIZE];

    /** Of some projections around their mean, at least two. */
    static Covariance of(List<float[]> projections) {
        Covariance covariance = new Covariance();
        double[] mean = mean(projections);
        for (float[] y : projections) {
            double[] difference = new double[mean.length];
            for (int i = 0; i < mean.length; i++) {
                difference[i] = y[i] - mean[i];
            }
            covariance.mix(1, difference, 1.0 / (projections.size() - 1));
        }
        return covariance;
    }

    /** Of the steps between neighbours among some projections, at least two. */
    static Covariance ofSteps(List<float[]> projections) {
        Covariance covariance = new Covariance();
        for (int i = 1; i < projections.size(); i++) {
            covariance.mix(1, step(projections.get(i - 1), projections.get(i)), 0.5 / (projections.size() - 1));
        }
        return covariance;
    }

    /** Moves a little towards one step: C := (1 - rate) C + rate (to - from)(to - from)' / 2. */
    void add(float[] from, float[] to, double rate) {
        mix(1 - rate, step(from, to), rate / 2);
    }

    private static double[] step(float[] from, float[] to) {
        double[] step = new double[from.length];
        for (int i = 0; i < step.length; i++) {
            step[i] = (double) to[i] - from[i];
        }
        return step;
    }

    static double[] mean(List<float[]> projections) {
        double[] mean = new double[RandomProjection.SIZE];
        for (float[] y : projections) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += y[i] / (double) projections.size();
            }
        }
        return mean;
    }

    /** C := keep C + weight d d'. */
    private void mix(double keep, double[] difference, double weight) {
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j <= i; j++) {
                values[i][j] = keep * values[i][j] + weight * difference[i] * difference[j];
            }
        }
    }

    /** Mean variance of a value. */
    double meanVariance() {
        double trace = 0;
        for (int i = 0; i < values.length; i++) {
            trace += values[i][i];
        }
        return trace / values.length;
    }

    /**
     * The whitening z = L^-1 (y - m) with L L' = C + (ridge v + {@value #LEAST_VARIANCE}) I, v the mean variance; the
     * ridge keeps it definite where images hardly differ, or where there are few.
     */
    Whitening whitening(double[] mean, double ridge) {
        double added = ridge * meanVariance() + LEAST_VARIANCE;
        return new Whitening(floats(mean), floats(inverse(cholesky(added))));
    }

    /** L of C + added I. */
    private double[][] cholesky(double added) {
        int size = values.length;
        double[][] factor = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = values[i][j];
                if (i == j) {
                    sum += added;
                }
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

    static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    void write(DataOutputStream out) throws IOException {
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j <= i; j++) {
                out.writeDouble(values[i][j]);
            }
        }
    }

    static Covariance read(DataInputStream in) throws IOException {
        Covariance covariance = new Covariance();
        for (int i = 0; i < covariance.values.length; i++) {
            for (int j = 0; j <= i; j++) {
                covariance.values[i][j] = in.readDouble();
            }
        }
        return covariance;
    }
}
