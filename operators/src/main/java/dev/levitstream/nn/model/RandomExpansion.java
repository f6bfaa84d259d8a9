package dev.levitstream.nn.model;

import dev.levitstream.common.Randomness;

/**
 * Random sums of other features, rectified (McDonnell et al. 2023, "RanPAC"): h = max(0, W f) with W_ij ~ N(0, 1 /
 * width of f), so that a linear head over h sees products of features too.
 */
public final class RandomExpansion implements FeatureMap {
    private static final long SEED = 3;

    private final FeatureMap features;
    private final float[][] weights;

    private RandomExpansion(FeatureMap features, float[][] weights) {
        this.features = features;
        this.weights = weights;
    }

    /**
     * The same sums for every learner of these sizes.
     *
     * @param features f
     * @param width values of h (count), at least 1
     */
    public RandomExpansion(FeatureMap features, int width) {
        this(features, new float[width][features.width()]);
        float scale = (float) (1 / Math.sqrt(features.width()));
        for (int k = 0; k < width; k++) {
            Randomness.normals(Randomness.at(SEED, Randomness.Purpose.INITIALISE, k), weights[k]);
            for (int i = 0; i < weights[k].length; i++) {
                weights[k][i] *= scale;
            }
        }
    }

    /** The same sums of other features of that number. */
    public RandomExpansion of(FeatureMap others) {
        return new RandomExpansion(others, weights);
    }

    @Override
    public int width() {
        return weights.length;
    }

    @Override
    public float[] of(byte[] pixels) {
        float[] f = features.of(pixels);
        float[] h = new float[weights.length];
        for (int k = 0; k < h.length; k++) {
            h[k] = Math.max(0, Dot.of(weights[k], f));
        }
        return h;
    }
}
