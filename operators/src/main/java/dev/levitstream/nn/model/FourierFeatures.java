package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import java.util.SplittableRandom;

/**
 * Random Fourier features (Rahimi and Recht 2007) of a whole image: f_k = sqrt(2 / D) cos(w_k . x + b_k) with w_k ~
 * N(0, I / s^2) and b_k uniform over a turn, so that f . g approximates exp(-|x - y|^2 / 2 s^2). x is the image with
 * its mean taken away, at unit length: brightness and contrast do not matter, and one width s = {@value #KERNEL_WIDTH}
 * serves all images. Where things are in an image matters, and nothing of its neighbourhoods: for images whose patches
 * mean nothing.
 */
public final class FourierFeatures implements FeatureMap {
    private static final double KERNEL_WIDTH = 0.5;
    private static final long SEED = 2;

    private final ImageShape image;
    private final float[][] directions;
    private final float[] phases;

    /**
     * The same for every learner of that shape and number.
     *
     * @param filters a ninth of D, so that there are as many features as by patches (count), at least 1
     */
    public FourierFeatures(ImageShape image, int filters) {
        Check.that(filters >= 1, "filters", filters, "must be at least 1");
        int width = PatchGrid.CELLS * filters;
        this.image = image;
        directions = new float[width][image.size()];
        phases = new float[width];
        for (int k = 0; k < width; k++) {
            SplittableRandom random = Randomness.at(SEED, Randomness.Purpose.INITIALISE, k);
            Randomness.normals(random, directions[k]);
            for (int i = 0; i < directions[k].length; i++) {
                directions[k][i] /= (float) KERNEL_WIDTH;
            }
            phases[k] = (float) (2 * Math.PI * random.nextDouble());
        }
    }

    @Override
    public int width() {
        return phases.length;
    }

    @Override
    public float[] of(byte[] pixels) {
        Check.that(pixels.length == image.size(), "image.pixels", pixels.length, "must be " + image.size());
        float[] x = normalised(pixels);
        float[] features = new float[phases.length];
        double scale = Math.sqrt(2.0 / phases.length);
        for (int k = 0; k < features.length; k++) {
            features[k] = (float) (scale * StrictMath.cos(Dot.of(directions[k], x) + phases[k]));
        }
        return features;
    }

    private static float[] normalised(byte[] pixels) {
        double mean = 0;
        for (byte pixel : pixels) {
            mean += (pixel & 0xFF) / (double) pixels.length;
        }
        double squares = 0;
        for (byte pixel : pixels) {
            squares += ((pixel & 0xFF) - mean) * ((pixel & 0xFF) - mean);
        }
        double length = Math.sqrt(squares) + Float.MIN_NORMAL; // an image of one value has no contrast
        float[] x = new float[pixels.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (((pixels[i] & 0xFF) - mean) / length);
        }
        return x;
    }
}
