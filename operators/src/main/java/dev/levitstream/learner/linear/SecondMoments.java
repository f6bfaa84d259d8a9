package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sum of f f' over the features f of all images. It is stored as the features themselves while those take less
 * room, as they do before a first update; which of the two is stored changes no bit of it.
 */
final class SecondMoments {
    private static final int MOST_PENDING = 64;
    private static final int MOST_EARLY = 64;

    private final int width;
    /** Lower triangle, row by row, without the pending images. */
    private final double[] sums;
    /** Features of the latest images. */
    private final List<double[]> pending = new ArrayList<>();
    /** Features of all images, in their order, up to {@value #MOST_EARLY}; then empty for ever. */
    private final List<float[]> early = new ArrayList<>();

    private long images;

    /** @param width of the features */
    SecondMoments(int width) {
        this.width = width;
        this.sums = new double[width * (width + 1) / 2];
    }

    /** Images added so far (count). */
    long images() {
        return images;
    }

    void add(float[] features) {
        if (early.size() == images) {
            early.add(features);
        }
        images++;
        if (images > MOST_EARLY) {
            early.clear();
        }
        addToSums(features);
    }

    /**
     * Takes the outer product of a mean away, count m m', so that some images count as what they vary around it.
     *
     * @param sum of their features
     * @param count of them
     */
    void subtractMean(double[] sum, long count) {
        addPending();
        early.clear();
        for (int i = 0, at = 0; i < width; at += ++i) {
            for (int j = 0; j <= i; j++) {
                sums[at + j] -= sum[i] * sum[j] / count;
            }
        }
    }

    /** Takes one image out again; others must be left. */
    void subtract(float[] features) {
        addPending();
        early.clear();
        images--;
        for (int i = 0, at = 0; i < width; at += ++i) {
            for (int j = 0; j <= i; j++) {
                sums[at + j] -= (double) features[i] * features[j];
            }
        }
    }

    /** Forgets all images. */
    void clear() {
        Arrays.fill(sums, 0);
        pending.clear();
        early.clear();
        images = 0;
    }

    /** The sum's lower triangle, row by row, {@code width (width + 1) / 2} values; borrowed. */
    double[] lowerTriangle() {
        addPending();
        return sums;
    }

    private void addToSums(float[] features) {
        double[] values = new double[width];
        for (int i = 0; i < width; i++) {
            values[i] = features[i];
        }
        pending.add(values);
        if (pending.size() == MOST_PENDING) {
            addPending();
        }
    }

    /**
     * Row by row in an array of its own, which the compiler knows to be no other's and so adds to in vectors; a sum
     * grows in the order of the images.
     */
    private void addPending() {
        if (pending.isEmpty()) {
            return;
        }
        double[] row = new double[width];
        for (int i = 0, at = 0; i < width; at += ++i) {
            System.arraycopy(sums, at, row, 0, i + 1);
            for (double[] image : pending) {
                addScaled(image[i], image, row, i + 1);
            }
            System.arraycopy(row, 0, sums, at, i + 1);
        }
        pending.clear();
    }

    private static void addScaled(double factor, double[] values, double[] to, int count) {
        for (int j = 0; j < count; j++) {
            to[j] += factor * values[j];
        }
    }

    void write(DataOutputStream out) throws IOException {
        boolean isShort = early.size() == images;
        out.writeBoolean(isShort);
        if (isShort) {
            for (float[] features : early) {
                StateCodec.writeFloats(out, features);
            }
        } else {
            StateCodec.writeDoubles(out, lowerTriangle());
        }
    }

    /** @param count images that were added when it was written */
    void read(StateCodec.Input in, long count) throws IOException {
        images = count;
        if (!in.isShort()) {
            StateCodec.readDoubles(in, sums);
            return;
        }
        for (int i = 0; i < count; i++) {
            float[] features = StateCodec.readFloats(in);
            early.add(features);
            addToSums(features);
        }
    }
}
