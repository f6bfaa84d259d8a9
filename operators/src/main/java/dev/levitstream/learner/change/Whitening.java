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

    /** By the mean and covariance of some projections, at least two. */
    static Whitening of(List<float[]> projections) {
        return of(projections, RIDGE);
    }

    /** The same with a ridge of that many mean variances, as where there are few. */
    static Whitening of(List<float[]> projections, double ridge) {
        return Covariance.of(projections).whitening(Covariance.mean(projections), ridge);
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

    /** |L^-1 (a - b)|^2: about the number of values where a and b differ as much as is usual. */
    double squaredDistance(float[] a, float[] b) {
        double total = 0;
        for (int i = 0, at = 0; i < mean.length; at += ++i) {
            double sum = 0;
            for (int j = 0; j <= i; j++) {
                sum += inverse[at + j] * (a[j] - b[j]);
            }
            total += sum * sum;
        }
        return total;
    }

    void write(DataOutputStream out) throws IOException {
        StateCodec.writeFloats(out, mean);
        StateCodec.writeFloats(out, inverse);
    }

    static Whitening read(DataInputStream in) throws IOException {
        return new Whitening(StateCodec.readFloats(in), StateCodec.readFloats(in));
    }
}
