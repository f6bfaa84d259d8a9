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
     * Two rows and four images at a time, so that a row is fetched seldom and each value of an image serves twice; the
     * order in which a sum grows stays that of the images.
     */
    private void addPending() {
        int row = 0;
        int at = 0;
        for (; row + 2 <= width; row += 2) {
            int k = 0;
            for (; k + 4 <= pending.size(); k += 4) {
                addToTwoRows(row, at, pending.get(k), pending.get(k + 1), pending.get(k + 2), pending.get(k + 3));
            }
            for (; k < pending.size(); k++) {
                addToRow(row, at, pending.get(k));
                addToRow(row + 1, at + row + 1, pending.get(k));
            }
            at += 2 * row + 3;
        }
        if (row < width) {
            for (double[] image : pending) {
                addToRow(row, at, image);
            }
        }
        pending.clear();
    }

    private void addToTwoRows(int i, int at, double[] a, double[] b, double[] c, double[] d) {
        int next = at + i + 1;
        double ai = a[i];
        double bi = b[i];
        double ci = c[i];
        double di = d[i];
        double aj = a[i + 1];
        double bj = b[i + 1];
        double cj = c[i + 1];
        double dj = d[i + 1];
        for (int j = 0; j <= i; j++) {
            sums[at + j] = sums[at + j] + ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
            sums[next + j] = sums[next + j] + aj * a[j] + bj * b[j] + cj * c[j] + dj * d[j];
        }
        int end = next + i + 1;
        sums[end] = sums[end] + aj * aj + bj * bj + cj * cj + dj * dj;
    }

    private void addToRow(int i, int at, double[] a) {
        double ai = a[i];
        for (int j = 0; j <= i; j++) {
            sums[at + j] += ai * a[j];
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
