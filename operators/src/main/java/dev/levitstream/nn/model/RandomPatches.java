package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Fixed features of an image that are never learnt: random filters over contrast-normalised patches, rectified and
 * averaged over a 3 x 3 grid of the image (single-layer networks of Coates, Ng and Lee 2011, with random filters as in
 * Saxe et al. 2011).
 *
 * <p>For patch p at a place, f_k = max(0, w_k . (p - mean(p)) / sqrt(var(p) + 0.01) - 0.5), w_k a random direction of
 * zero mean and unit length; a feature is the mean of f_k over the places of one cell. Patches overlap by two thirds
 * and lie about 14 to a side, whatever the image's size. Why so: what does not change cannot be forgotten, so
 * statistics over these features stay exact for ever, in whatever order images come.
 *
 * <p>Plain Java on one image at a time: the bits depend on that image alone. Immutable and thread-safe.
 */
public final class RandomPatches {
    private static final long SEED = 0;
    private static final int GRID = 3;
    private static final int PLACES = 14;
    private static final float CONTRAST_FLOOR = 0.01f;
    private static final float BIAS = -0.5f;

    private final ImageShape image;
    private final int filters;
    private final int stride;
    private final int side;
    private final int rows;
    private final int columns;
    private final float[][] weights;

    /**
     * Draws the filters; the same for every learner of that shape and number.
     *
     * @param image shape of the images; a side under 3 pixels is one place
     * @param filters k, at least 1
     */
    public RandomPatches(ImageShape image, int filters) {
        Check.that(filters >= 1, "routing.filters", filters, "must be at least 1");
        this.image = image;
        this.filters = filters;
        int shorter = Math.min(image.height(), image.width());
        stride = Math.max(1, Math.round((float) shorter / PLACES));
        side = Math.min(shorter, 3 * stride);
        rows = (image.height() - side) / stride + 1;
        columns = (image.width() - side) / stride + 1;
        weights = filters(Randomness.at(SEED, Randomness.Purpose.INITIALISE, filters));
    }

    /** Filters as (patch values, k): zero mean, unit length. */
    private float[][] filters(SplittableRandom random) {
        int values = side * side * image.channels();
        float[][] byValue = new float[values][filters];
        float[] filter = new float[values];
        for (int k = 0; k < filters; k++) {
            Randomness.normals(random, filter);
            double mean = 0;
            for (float value : filter) {
                mean += value / values;
            }
            double squares = 0;
            for (float value : filter) {
                squares += (value - mean) * (value - mean);
            }
            double length = Math.sqrt(squares) + Float.MIN_NORMAL; // a patch of one value has no contrast
            for (int i = 0; i < values; i++) {
                byValue[i][k] = (float) ((filter[i] - mean) / length);
            }
        }
        return byValue;
    }

    /** Number of features. */
    public int width() {
        return GRID * GRID * filters;
    }

    /** Features of one image: H W C unsigned bytes to {@link #width} values, at least 0. */
    public float[] of(byte[] pixels) {
        Check.that(pixels.length == image.size(), "image.pixels", pixels.length, "must be " + image.size());
        float[] features = new float[width()];
        int[] places = new int[GRID * GRID];
        float[] patch = new float[weights.length];
        float[] responses = new float[filters];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                float scale = gather(pixels, row * stride, column * stride, patch);
                respond(patch, scale, responses);
                int cell = row * GRID / rows * GRID + column * GRID / columns;
                places[cell]++;
                for (int k = 0; k < filters; k++) {
                    features[cell * filters + k] += Math.max(0, responses[k]);
                }
            }
        }
        for (int i = 0; i < features.length; i++) {
            features[i] /= Math.max(1, places[i / filters]);
        }
        return features;
    }

    /** Copies a patch and returns 1 / contrast; its mean need not go, since the filters have none. */
    private float gather(byte[] pixels, int top, int left, float[] patch) {
        int width = side * image.channels();
        float sum = 0;
        float squares = 0;
        for (int y = 0; y < side; y++) {
            int from = ((top + y) * image.width() + left) * image.channels();
            for (int x = 0; x < width; x++) {
                float value = (pixels[from + x] & 0xFF) / 255f;
                patch[y * width + x] = value;
                sum += value;
                squares += value * value;
            }
        }
        float mean = sum / patch.length;
        return (float) (1 / Math.sqrt(Math.max(0, squares / patch.length - mean * mean) + CONTRAST_FLOOR));
    }

    /** Three values of a patch at a time, so that a response is fetched seldom; a patch has mostly nine or more. */
    private void respond(float[] patch, float scale, float[] responses) {
        Arrays.fill(responses, BIAS);
        int i = 0;
        for (; i + 3 <= patch.length; i += 3) {
            float a = patch[i] * scale;
            float b = patch[i + 1] * scale;
            float c = patch[i + 2] * scale;
            float[] ofA = weights[i];
            float[] ofB = weights[i + 1];
            float[] ofC = weights[i + 2];
            for (int k = 0; k < responses.length; k++) {
                responses[k] = responses[k] + a * ofA[k] + b * ofB[k] + c * ofC[k];
            }
        }
        for (; i < patch.length; i++) {
            float value = patch[i] * scale;
            float[] weight = weights[i];
            for (int k = 0; k < responses.length; k++) {
                responses[k] += value * weight[k];
            }
        }
    }
}
