package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The discriminant on whatever images may come, and against one that shares no line with it. */
class LinearDiscriminantTest {
    private static final int WIDTH = 18;
    private static final double SHRINKAGE = 1e-3;

    private static LinearDiscriminant discriminant() {
        return new LinearDiscriminant(TinyLearners.COMPUTE, WIDTH, SHRINKAGE);
    }

    /** Features of the images of each group. */
    private record Groups(List<List<float[]>> features) {
        LinearHead.Solution solve() {
            double[] moments = new double[WIDTH * (WIDTH + 1) / 2];
            List<double[]> sums = new ArrayList<>();
            for (List<float[]> group : features) {
                double[] sum = new double[WIDTH];
                for (float[] image : group) {
                    for (int i = 0, at = 0; i < WIDTH; at += ++i) {
                        sum[i] += image[i];
                        for (int j = 0; j <= i; j++) {
                            moments[at + j] += (double) image[i] * image[j];
                        }
                    }
                }
                sums.add(sum);
            }
            long[] counts = features.stream().mapToLong(List::size).toArray();
            return discriminant().solve(new LinearHead.Sums(moments, sums, counts, images()));
        }

        long images() {
            return features.stream().mapToLong(List::size).sum();
        }
    }

    /** Streams that have less in them than there are features. */
    enum Poor {
        BLACK {
            @Override
            float[] image(int group, float[] own, SplittableRandom random) {
                return new float[WIDTH];
            }
        },
        /** The same image for every label. */
        FROZEN {
            @Override
            float[] image(int group, float[] own, SplittableRandom random) {
                return LinearDiscriminantTest.image(i -> 0.1 * i);
            }
        },
        DUPLICATE {
            @Override
            float[] image(int group, float[] own, SplittableRandom random) {
                return own;
            }
        },
        RANK_ONE {
            @Override
            float[] image(int group, float[] own, SplittableRandom random) {
                float brightness = (float) random.nextDouble();
                return LinearDiscriminantTest.image(i -> brightness * own[i]);
            }
        },
        ONE_FEATURE {
            @Override
            float[] image(int group, float[] own, SplittableRandom random) {
                float[] image = own.clone();
                image[3] = (float) random.nextDouble();
                return image;
            }
        };

        /** @param own an image of the group */
        abstract float[] image(int group, float[] own, SplittableRandom random);

        Groups groups(long seed, int groups, int most, double scale) {
            SplittableRandom random = new SplittableRandom(seed);
            List<List<float[]>> all = new ArrayList<>();
            for (int g = 0; g < groups; g++) {
                float[] own = LinearDiscriminantTest.image(i -> random.nextDouble());
                List<float[]> members = new ArrayList<>();
                int count = 1 + random.nextInt(most);
                for (int n = 0; n < count; n++) {
                    float[] image = image(g, own, random);
                    members.add(LinearDiscriminantTest.image(i -> scale * image[i]));
                }
                all.add(members);
            }
            return new Groups(all);
        }
    }

    private static float[] image(IntToDoubleFunction value) {
        float[] image = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            image[i] = (float) value.applyAsDouble(i);
        }
        return image;
    }

    static Stream<Arguments> streamsAndScales() {
        return Stream.of(Poor.values())
                .flatMap(poor -> DoubleStream.of(1e-38, 1e-30, 1e-13, 1e-3, 1, 1e3, 1e18, 1e30, 1e38)
                        .mapToObj(scale -> Arguments.of(poor, scale)));
    }

    @ParameterizedTest(name = "{0}, scale {1}")
    @MethodSource("streamsAndScales")
    void everyNumberIsFiniteHoweverLittleThereIsInTheImages(Poor poor, double scale) {
        for (long seed = 0; seed < 10; seed++) {
            for (int groups : new int[] {1, 2, 7}) {
                for (int most : new int[] {1, 2, 100}) {
                    LinearHead.Solution solution =
                            poor.groups(seed, groups, most, scale).solve();
                    assertThat(solution.weights())
                            .as("seed %d, %d groups of up to %d", seed, groups, most)
                            .hasSize(groups)
                            .allSatisfy(weight -> assertFinite(weight));
                    assertFinite(solution.biases());
                }
            }
        }
    }

    private static void assertFinite(float[] values) {
        for (float value : values) {
            assertThat(value).isFinite();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void imagesThatNeverChangeFindTheirGroup(long seed) {
        for (double scale : new double[] {1e-6, 1, 1e6}) {
            Groups groups = Poor.DUPLICATE.groups(seed, 5, 100, scale);
            LinearHead.Solution solution = groups.solve();
            for (int g = 0; g < 5; g++) {
                assertThat(best(solution, groups.features().get(g).get(0)))
                        .as("scale %s", scale)
                        .isEqualTo(g);
            }
        }
    }

    private static int best(LinearHead.Solution solution, float[] image) {
        int best = 0;
        double highest = Double.NEGATIVE_INFINITY;
        for (int g = 0; g < solution.biases().length; g++) {
            double score = solution.biases()[g];
            for (int i = 0; i < WIDTH; i++) {
                score += (double) solution.weights().get(g)[i] * image[i];
            }
            if (score > highest) {
                highest = score;
                best = g;
            }
        }
        return best;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void weightsAreThoseOfTheTextbookAtEveryScale(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (double scale : new double[] {1e-12, 1e-6, 1, 1e6, 1e12}) {
            List<List<float[]>> features = new ArrayList<>();
            for (int g = 0; g < 3; g++) {
                float[] mean = image(i -> random.nextDouble());
                List<float[]> members = new ArrayList<>();
                for (int n = 0; n < 100; n++) {
                    members.add(image(i -> scale * (mean[i] + random.nextDouble())));
                }
                features.add(members);
            }
            Groups groups = new Groups(features);
            LinearHead.Solution solution = groups.solve();
            double[][] expected = naive(groups);
            for (int g = 0; g < 3; g++) {
                for (int i = 0; i < WIDTH; i++) {
                    assertThat(solution.weights().get(g)[i] * scale).isCloseTo(expected[g][i] * scale, within(1e-3));
                }
                assertThat((double) solution.biases()[g]).isCloseTo(expected[g][WIDTH], within(1e-3));
            }
        }
    }

    /**
     * S^-1 c m and the bias of each group, with c from the trace itself, S from differences to the means, and equations
     * solved by elimination.
     */
    private static double[][] naive(Groups groups) {
        return naive(groups, 1);
    }

    /** @param noise how much of it is taken away: 1, or 0 for the textbook's means */
    private static double[][] naive(Groups groups, int noise) {
        double[][] covariance = new double[WIDTH][WIDTH];
        List<double[]> means = new ArrayList<>();
        for (List<float[]> group : groups.features()) {
            double[] mean = new double[WIDTH];
            group.forEach(image -> Arrays.setAll(mean, i -> mean[i] + image[i] / (double) group.size()));
            means.add(mean);
            for (float[] image : group) {
                for (int i = 0; i < WIDTH; i++) {
                    for (int j = 0; j < WIDTH; j++) {
                        covariance[i][j] += (image[i] - mean[i]) * (image[j] - mean[j]) / groups.images();
                    }
                }
            }
        }
        double variance = 0;
        for (int i = 0; i < WIDTH; i++) {
            variance += covariance[i][i] / WIDTH;
        }
        double[] middle = new double[WIDTH];
        double directions = WIDTH;
        for (int i = 0; i < WIDTH; i++) {
            for (int g = 0; g < means.size(); g++) {
                middle[i] += means.get(g)[i] * groups.features().get(g).size() / groups.images();
            }
            double[] unit = new double[WIDTH];
            unit[i] = 1;
            directions -= SHRINKAGE * variance * solved(covariance, SHRINKAGE * variance, unit)[i];
        }
        double[][] results = new double[means.size()][];
        for (int g = 0; g < results.length; g++) {
            double[] mean = means.get(g).clone();
            Arrays.setAll(mean, i -> mean[i] - middle[i]);
            double[] weight = solved(covariance, SHRINKAGE * variance, mean);
            double distance = 0;
            double level = 0;
            for (int i = 0; i < WIDTH; i++) {
                distance += mean[i] * weight[i];
                level += middle[i] * weight[i];
            }
            int count = groups.features().get(g).size();
            double kept = Math.max(0, 1 - noise * directions / count / distance);
            results[g] = Arrays.copyOf(weight, WIDTH + 1);
            for (int i = 0; i < WIDTH; i++) {
                results[g][i] *= kept;
            }
            results[g][WIDTH] = Math.log(count) - kept * (kept * distance / 2 + level);
        }
        return results;
    }

    private static double[] solved(double[][] matrix, double ridge, double[] right) {
        double[][] rows = new double[WIDTH][];
        for (int i = 0; i < WIDTH; i++) {
            rows[i] = Arrays.copyOf(matrix[i], WIDTH + 1);
            rows[i][i] += ridge;
            rows[i][WIDTH] = right[i];
        }
        for (int pivot = 0; pivot < WIDTH; pivot++) {
            for (int i = 0; i < WIDTH; i++) {
                if (i != pivot) {
                    double factor = rows[i][pivot] / rows[pivot][pivot];
                    for (int k = pivot; k <= WIDTH; k++) {
                        rows[i][k] -= factor * rows[pivot][k];
                    }
                }
            }
        }
        double[] solution = new double[WIDTH];
        Arrays.setAll(solution, i -> rows[i][WIDTH] / rows[i][i]);
        return solution;
    }

    /** Images of four groups, each around a mean of its own. */
    private record World(SplittableRandom random, List<float[]> means) {
        static World of(long seed, double apart) {
            SplittableRandom random = new SplittableRandom(seed);
            List<float[]> means = new ArrayList<>();
            for (int g = 0; g < 4; g++) {
                means.add(image(i -> apart * (random.nextDouble() - 0.5)));
            }
            return new World(random, means);
        }

        List<float[]> images(int group, int count) {
            List<float[]> images = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                images.add(image(i -> means.get(group)[i] + random.nextDouble() - 0.5));
            }
            return images;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void aYoungGroupIsAnsweredThoughItsMeanIsMostlyNoise(long seed) {
        World world = World.of(seed, 0.8);
        List<List<float[]>> features = new ArrayList<>();
        for (int g = 0; g < 4; g++) {
            features.add(world.images(g, g == 3 ? 4 : 200));
        }
        LinearHead.Solution solution = new Groups(features).solve();
        for (int g = 0; g < 4; g++) {
            int group = g;
            long right = world.images(g, 200).stream()
                    .filter(image -> best(solution, image) == group)
                    .count();
            assertThat(right).as("group %d", g).isGreaterThan(g == 3 ? 60 : 120);
        }
    }

    /** Four images of the same as all others: what their mean differs by is noise, and none of it is kept. */
    @Test
    void whatIsNothingButNoiseCountsForLittle() {
        double kept = 0;
        for (long seed = 0; seed < 100; seed++) {
            World world = World.of(seed, 0);
            Groups groups = new Groups(List.of(world.images(0, 400), world.images(1, 4)));
            LinearHead.Solution solution = groups.solve();
            float[] weight = solution.weights().get(1);
            double[] plain = naive(groups, 0)[1];
            double own = 0;
            double whole = 0;
            for (int i = 0; i < WIDTH; i++) {
                own += weight[i] * plain[i];
                whole += plain[i] * plain[i];
            }
            kept += own / whole / 100;
        }
        assertThat(kept).isBetween(0.0, 0.2);
    }

    @Test
    void momentsThatNoImagesHaveGetAFloorThatMakesThemDefinite() {
        double[] sum = new double[WIDTH];
        Arrays.fill(sum, 20);
        LinearHead.Solution solution = discriminant()
                .solve(new LinearHead.Sums(new double[WIDTH * (WIDTH + 1) / 2], List.of(sum), new long[] {10}, 10));
        assertFinite(solution.weights().get(0));
        assertFinite(solution.biases());
    }

    @Test
    void whatIsNoNumberIsRefused() {
        double[] moments = new double[WIDTH * (WIDTH + 1) / 2];
        moments[0] = Double.NaN;
        assertThatThrownBy(() -> discriminant()
                        .solve(new LinearHead.Sums(moments, List.of(new double[WIDTH]), new long[] {1}, 1)))
                .isInstanceOf(NumericException.class)
                .hasMessage("the moments of 18 features must be finite");
    }
}
