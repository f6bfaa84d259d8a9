package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FourierFeaturesTest {
    private static final ImageShape SHAPE = new ImageShape(6, 5, 2);

    private static byte[] image(SplittableRandom random) {
        byte[] pixels = new byte[SHAPE.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
        }
        return pixels;
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    /** |x - y|^2 of images without their means, at unit length. */
    private static double squaredDistance(byte[] a, byte[] b) {
        double[] x = unit(a);
        double[] y = unit(b);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += (x[i] - y[i]) * (x[i] - y[i]);
        }
        return sum;
    }

    private static double[] unit(byte[] pixels) {
        double[] x = new double[pixels.length];
        double mean = 0;
        for (byte pixel : pixels) {
            mean += (pixel & 0xFF) / (double) pixels.length;
        }
        double length = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = (pixels[i] & 0xFF) - mean;
            length += x[i] * x[i];
        }
        for (int i = 0; i < x.length; i++) {
            x[i] /= Math.sqrt(length);
        }
        return x;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void productsOfFeaturesAreTheGaussianKernel(long seed) {
        FourierFeatures features = new FourierFeatures(SHAPE, 2000);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] a = image(random);
        byte[] b = a.clone();
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
            b[random.nextInt(b.length)] = (byte) random.nextInt(256);
        }
        double kernel = Math.exp(-squaredDistance(a, b) / 2 / 0.25);
        assertThat(product(features.of(a), features.of(b))).isCloseTo(kernel, within(0.04));
        assertThat(features.width()).isEqualTo(18_000);
    }

    @Test
    void brightnessAndContrastDoNotMatter() {
        FourierFeatures features = new FourierFeatures(SHAPE, 3);
        byte[] image = new byte[SHAPE.size()];
        byte[] brighter = new byte[SHAPE.size()];
        for (int i = 0; i < image.length; i++) {
            image[i] = (byte) (i * 2);
            brighter[i] = (byte) (i * 4 + 10);
        }
        float[] of = features.of(image);
        float[] other = features.of(brighter);
        for (int i = 0; i < of.length; i++) {
            assertThat(other[i]).isCloseTo(of[i], within(1e-5f));
        }
        assertThat(features.of(new byte[SHAPE.size()])).doesNotContain(Float.NaN);
        assertThatThrownBy(() -> features.of(new byte[3])).hasMessage("image.pixels=3 must be 60");
    }

    @Test
    void randomSumsAreRectified() {
        FeatureMap features = new FourierFeatures(SHAPE, 2);
        RandomExpansion expansion = new RandomExpansion(features, 40);
        byte[] image = image(new SplittableRandom(1));
        float[] sums = expansion.of(image);
        assertThat(sums).hasSize(40).contains(0f);
        for (float sum : sums) {
            assertThat(sum).isBetween(0f, 3f);
        }
        float[] doubled = expansion
                .of(new FeatureMap() {
                    @Override
                    public int width() {
                        return features.width();
                    }

                    @Override
                    public float[] of(byte[] pixels) {
                        float[] twice = features.of(pixels);
                        for (int i = 0; i < twice.length; i++) {
                            twice[i] *= 2;
                        }
                        return twice;
                    }
                })
                .of(image);
        for (int i = 0; i < sums.length; i++) {
            assertThat(doubled[i]).isCloseTo(2 * sums[i], within(1e-5f)); // the same sums of other features
        }
    }
}
