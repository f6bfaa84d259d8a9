package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learnt filters against the same in plain loops and double precision. */
class FilterLearningTest {
    private static final ImageShape SHAPE = new ImageShape(8, 8, 1);
    private static final int FILTERS = 3;
    private static final int PATCHES = 60_000;
    private static final int VALUES = 9; // patches of 3 x 3, 36 of them

    /** Images of bars and noise. */
    private static List<byte[]> images(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> images = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            byte[] pixels = new byte[SHAPE.size()];
            boolean upright = random.nextBoolean();
            int bar = random.nextInt(8);
            for (int i = 0; i < pixels.length; i++) {
                boolean lit = (upright ? i % 8 : i / 8) == bar;
                pixels[i] = (byte) (lit ? 180 + random.nextInt(60) : random.nextInt(60));
            }
            images.add(pixels);
        }
        return images;
    }

    private static PatchFilters learn(List<byte[]> images) {
        return new FilterLearning(SHAPE, FILTERS, TinyLearners.COMPUTE).learn(images);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void filtersAreThoseOfPlainLoops(long seed) {
        List<byte[]> images = images(seed, 50);
        PatchFilters learnt = learn(images);
        double[][] naive = naive(images);
        for (int k = 0; k < FILTERS; k++) {
            double mean = 0;
            for (int i = 0; i < VALUES; i++) {
                mean += naive[k][i] / VALUES;
            }
            for (int i = 0; i < VALUES; i++) {
                assertThat((double) learnt.weights()[i][k])
                        .as("filter %s, value %s", k, i)
                        .isCloseTo(naive[k][i] - mean, within(0.02));
            }
            assertThat((double) learnt.biases()[k]).isCloseTo(naive[k][VALUES], within(0.02));
        }
    }

    /** For each filter its weights, then its bias. */
    private static double[][] naive(List<byte[]> images) {
        SplittableRandom random = Randomness.at(0, Randomness.Purpose.INITIALISE, FILTERS);
        double[][] patches = new double[PATCHES][];
        for (int n = 0; n < PATCHES; n++) {
            patches[n] = patch(images.get(n % images.size()), random.nextInt(36));
        }
        float[] start = new float[FILTERS * VALUES];
        Randomness.normals(random, start);
        double[] mean = new double[VALUES];
        for (double[] patch : patches) {
            for (int i = 0; i < VALUES; i++) {
                mean[i] += patch[i] / PATCHES;
            }
        }
        double[][] covariance = new double[VALUES][VALUES];
        for (double[] patch : patches) {
            for (int i = 0; i < VALUES; i++) {
                for (int j = 0; j < VALUES; j++) {
                    covariance[i][j] += (patch[i] - mean[i]) * (patch[j] - mean[j]) / PATCHES;
                }
            }
        }
        double[][] factor = new double[VALUES][VALUES];
        for (int i = 0; i < VALUES; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = covariance[i][j] + (i == j ? 0.1 : 0);
                for (int k = 0; k < j; k++) {
                    sum -= factor[i][k] * factor[j][k];
                }
                factor[i][j] = i == j ? Math.sqrt(sum) : sum / factor[j][j];
            }
        }
        double[][] whitened = new double[PATCHES][];
        for (int n = 0; n < PATCHES; n++) {
            whitened[n] = solved(factor, patches[n], mean);
        }
        double[][] directions = new double[FILTERS][VALUES];
        for (int k = 0; k < FILTERS; k++) {
            for (int i = 0; i < VALUES; i++) {
                directions[k][i] = start[k * VALUES + i];
            }
            toUnitLength(directions[k]);
        }
        for (int round = 0; round < 10; round++) {
            double[][] moved = new double[FILTERS][];
            for (int k = 0; k < FILTERS; k++) {
                moved[k] = directions[k].clone();
            }
            for (double[] z : whitened) {
                int best = 0;
                for (int k = 1; k < FILTERS; k++) {
                    best = dot(directions[k], z) > dot(directions[best], z) ? k : best;
                }
                double share = dot(directions[best], z);
                for (int i = 0; i < VALUES; i++) {
                    moved[best][i] += share * z[i];
                }
            }
            for (int k = 0; k < FILTERS; k++) {
                toUnitLength(moved[k]);
            }
            directions = moved;
        }
        double[][] filters = new double[FILTERS][VALUES + 1];
        for (int k = 0; k < FILTERS; k++) {
            double[] row = backwards(factor, directions[k]);
            System.arraycopy(row, 0, filters[k], 0, VALUES);
            filters[k][VALUES] = -dot(row, mean) - 0.5;
        }
        return filters;
    }

    /** (p - mean) / sqrt(var + 0.01) at one of 6 x 6 places. */
    private static double[] patch(byte[] pixels, int place) {
        double[] patch = new double[VALUES];
        double mean = 0;
        for (int i = 0; i < VALUES; i++) {
            patch[i] = (pixels[(place / 6 + i / 3) * 8 + place % 6 + i % 3] & 0xFF) / 255.0;
            mean += patch[i] / VALUES;
        }
        double variance = 0;
        for (double value : patch) {
            variance += (value - mean) * (value - mean) / VALUES;
        }
        for (int i = 0; i < VALUES; i++) {
            patch[i] = (patch[i] - mean) / Math.sqrt(variance + 0.01);
        }
        return patch;
    }

    /** z with L z = q - m. */
    private static double[] solved(double[][] factor, double[] q, double[] mean) {
        double[] z = new double[VALUES];
        for (int i = 0; i < VALUES; i++) {
            double sum = q[i] - mean[i];
            for (int j = 0; j < i; j++) {
                sum -= factor[i][j] * z[j];
            }
            z[i] = sum / factor[i][i];
        }
        return z;
    }

    /** v with L' v = w, so that v . (q - m) = w . z. */
    private static double[] backwards(double[][] factor, double[] w) {
        double[] v = new double[VALUES];
        for (int i = VALUES - 1; i >= 0; i--) {
            double sum = w[i];
            for (int j = i + 1; j < VALUES; j++) {
                sum -= factor[j][i] * v[j];
            }
            v[i] = sum / factor[i][i];
        }
        return v;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < VALUES; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void toUnitLength(double[] values) {
        double length = Math.sqrt(dot(values, values));
        for (int i = 0; i < VALUES; i++) {
            values[i] /= length;
        }
    }

    @Test
    void theSameImagesGiveTheSameFiltersAndOthersGiveOthers() {
        PatchFilters filters = learn(images(1, 20));
        assertThat(learn(images(1, 20)).weights()).isDeepEqualTo(filters.weights());
        assertThat(learn(images(2, 20)).weights()).isNotEqualTo(filters.weights());
    }

    @Test
    void imagesOfOneValueGiveFiniteFilters() {
        PatchFilters filters = learn(List.of(new byte[SHAPE.size()]));
        for (float[] row : filters.weights()) {
            assertThat(row).doesNotContain(Float.NaN);
        }
        assertThat(filters.biases()).containsOnly(-0.5f);
    }
}
