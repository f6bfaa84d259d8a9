package dev.levitstream.learner.change;

import dev.levitstream.common.Check;
import dev.levitstream.common.Randomness;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.model.Dot;

/**
 * Few random sums of many features, y = R f with R_ij ~ N(0, 1 / width): distances are kept up to a constant (Johnson
 * and Lindenstrauss 1984), and a covariance of y is small enough to be known after a few hundred images.
 *
 * <p>Immutable and thread-safe; the same for every stream with features of that width.
 */
public final class RandomProjection {
    /** Values of y. */
    static final int SIZE = 64;

    private static final long SEED = 1;

    private final float[][] rows;

    /** @param width of the features, at least 1 */
    public RandomProjection(int width) {
        Check.that(width >= 1, "features.width", width, "must be at least 1");
        rows = new float[SIZE][width];
        for (int i = 0; i < SIZE; i++) {
            Randomness.normals(Randomness.at(SEED, Randomness.Purpose.INITIALISE, i), rows[i]);
        }
    }

    /** That of features of a width, held once for all learners. */
    public static RandomProjection shared(SharedWeights weights, int width) {
        return weights.get("random-projection/" + width, RandomProjection.class, () -> new RandomProjection(width));
    }

    /** The {@value #SIZE} sums of the features of one image. */
    float[] of(float[] features) {
        Check.that(features.length == rows[0].length, "features.width", features.length, "must be " + rows[0].length);
        float[] sums = new float[SIZE];
        double scale = 1 / Math.sqrt(features.length);
        for (int i = 0; i < SIZE; i++) {
            sums[i] = (float) (Dot.of(rows[i], features) * scale);
        }
        return sums;
    }
}
