package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.nn.engine.Compute;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values of the larger ops against their definitions, written as loops. */
class OpValueTest {
    private final Compute compute = new Compute("cpu");

    @AfterEach
    void close() {
        compute.close();
    }

    private double[] values(double[] parameters, Function<List<Array>, Array> function, long[]... shapes) {
        Recorded op =
                new Recorded("op", Stream.of(shapes).map(SymbolicShape::of).toList(), function);
        return op.results(compute, List.of(parameters)).get(0);
    }

    private static double[] random(int size) {
        return new SplittableRandom(size).doubles(size, -1, 1).toArray();
    }

    private static long[] by(long... sizes) {
        return sizes;
    }

    private static void assertClose(double found, double expected) {
        assertThat(found).isCloseTo(expected, within(1e-9));
    }

    @Test
    void geluWeighsAValueByTheNormalDistribution() {
        double[] x = {-3, -1, -0.5, 0, 0.5, 1, 3};
        // x Phi(x), from tables of the normal distribution
        double[] expected = {-0.0040496941, -0.1586552539, -0.1542687694, 0, 0.3457312306, 0.8413447461, 2.9959503059};
        double[] found = values(x, p -> p.get(0).gelu(), by(7));
        for (int i = 0; i < x.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(1e-9));
        }
    }

    @Test
    void layerNormHasMeanAndVarianceOfEachRow() {
        int width = 5;
        double[] p = random(3 * width + 2 * width);
        double[] found = values(p, a -> a.get(0).layerNorm(a.get(1), a.get(2)), by(3, width), by(width), by(width));
        for (int row = 0; row < 3; row++) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < width; i++) {
                mean += p[row * width + i] / width;
            }
            for (int i = 0; i < width; i++) {
                variance += Math.pow(p[row * width + i] - mean, 2) / width;
            }
            for (int i = 0; i < width; i++) {
                double normal = (p[row * width + i] - mean) / Math.sqrt(variance + 1e-5);
                assertClose(found[row * width + i], normal * p[3 * width + i] + p[4 * width + i]);
            }
        }
    }

    @Test
    void attentionMixesValuesByTheSoftmaxOfScoresAndMask() {
        int n = 2;
        int m = 3;
        int d = 4;
        double[] p = random(n * d + m * d + m + n * m);
        p[p.length - 1] = -1e9; // hides the last key from the last query
        double[] found = values(
                p,
                a -> a.get(0).attention(a.get(1), a.get(2), Optional.of(a.get(3))),
                by(1, n, d),
                by(1, m, d),
                by(1, m, 1),
                by(n, m));
        for (int query = 0; query < n; query++) {
            double sum = 0;
            double mixed = 0;
            for (int key = 0; key < m; key++) {
                double score = 0;
                for (int i = 0; i < d; i++) {
                    score += p[query * d + i] * p[n * d + key * d + i];
                }
                double weight = Math.exp(score / Math.sqrt(d) + p[n * d + m * d + m + query * m + key]);
                sum += weight;
                mixed += weight * p[n * d + m * d + key];
            }
            assertClose(found[query], mixed / sum);
        }
    }

    @Test
    void headsAttendByThemselvesEachToItsPartOfTheKeys() {
        int n = 2;
        int m = 3;
        int heads = 2;
        int width = 2; // of a head
        int all = heads * width;
        double[] p = random((n + 2 * m) * all);
        double[] found = values(
                p,
                a -> a.get(0).multiHeadAttention(a.get(1), a.get(2), heads),
                by(1, n, all),
                by(1, m, all),
                by(1, m, all));
        for (int i = 0; i < n * all; i++) {
            int query = i / all;
            int head = i % all / width;
            double sum = 0;
            double mixed = 0;
            for (int key = 0; key < m; key++) {
                double score = 0;
                for (int d = head * width; d < (head + 1) * width; d++) {
                    score += p[query * all + d] * p[(n + key) * all + d];
                }
                double weight = Math.exp(score / Math.sqrt(width));
                sum += weight;
                mixed += weight * p[(n + m + key) * all + i % all];
            }
            assertClose(found[i], mixed / sum);
        }
    }

    @Test
    void partsAreTakenAndRepeatedAsTheyLie() {
        double[] p = random(2 * 3 * 2);
        double[] found = values(p, a -> a.get(0).part(1, 1, 2), by(2, 3, 2));
        assertThat(found).containsExactly(p[2], p[3], p[4], p[5], p[8], p[9], p[10], p[11]);
        double[] repeated = values(p, a -> a.get(0).repeatedFor(a.get(1)), by(2), by(5, 2));
        assertThat(repeated).containsExactly(p[0], p[1], p[0], p[1], p[0], p[1], p[0], p[1], p[0], p[1]);
    }

    @Test
    void aConvolutionSlidesItsKernelAndATransposedOneScattersIt() {
        int in = 2;
        int out = 3;
        int side = 4;
        double[] p = random(in * side * side + out * in * 9 + out);
        for (int stride = 1; stride <= 2; stride++) {
            int step = stride;
            double[] found = values(
                    p,
                    a -> a.get(0).conv2d(a.get(1), a.get(2), step, 1),
                    by(1, in, side, side),
                    by(out, in, 3, 3),
                    by(out));
            int wide = (side - 1) / stride + 1;
            assertThat(found).hasSize(out * wide * wide);
            for (int i = 0; i < found.length; i++) {
                int row = i / wide % wide * stride - 1;
                int column = i % wide * stride - 1;
                assertClose(found[i], window(p, i / wide / wide, row, column));
            }
        }
        double[] found = values(
                p,
                a -> a.get(0).convTranspose2d(a.get(1), a.get(2), 2 * side, 2 * side),
                by(1, in, side, side),
                by(out, in, 3, 3),
                by(out));
        double[] expected = scattered(p, in, out, side);
        for (int i = 0; i < expected.length; i++) {
            assertClose(found[i], expected[i]);
        }
    }

    /** One value of the convolution of 2 channels of 4 x 4 to 3 channels. */
    private static double window(double[] p, int channel, int row, int column) {
        double sum = p[32 + 54 + channel];
        for (int c = 0; c < 2; c++) {
            for (int k = 0; k < 9; k++) {
                int y = row + k / 3;
                int x = column + k % 3;
                if (y >= 0 && y < 4 && x >= 0 && x < 4) {
                    sum += p[c * 16 + y * 4 + x] * p[32 + (channel * 2 + c) * 9 + k];
                }
            }
        }
        return sum;
    }

    private static double[] scattered(double[] p, int in, int out, int side) {
        int wide = 2 * side;
        double[] sum = new double[out * wide * wide];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = p[in * side * side + out * in * 9 + i / wide / wide];
        }
        for (int i = 0; i < in * side * side; i++) {
            for (int channel = 0; channel < out; channel++) {
                for (int k = 0; k < 9; k++) {
                    int y = 2 * (i / side % side) - 1 + k / 3;
                    int x = 2 * (i % side) - 1 + k % 3;
                    if (y >= 0 && y < wide && x >= 0 && x < wide) {
                        int weight = in * side * side + (channel * in + i / side / side) * 9 + k;
                        sum[(channel * wide + y) * wide + x] += p[i] * p[weight];
                    }
                }
            }
        }
        return sum;
    }
}
