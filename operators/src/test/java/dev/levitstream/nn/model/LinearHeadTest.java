package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The heads that are solved from sums, against loops over the images themselves. */
class LinearHeadTest {
    private static final int WIDTH = 12;
    private static final double RIDGE = 0.05;

    /** Images of some groups, each around a mean of its own. */
    private record Images(List<float[]> features, List<Integer> groups) {
        static Images of(long seed, int count) {
            SplittableRandom random = new SplittableRandom(seed);
            float[][] means = new float[3][];
            for (int g = 0; g < means.length; g++) {
                means[g] = vector(random, 1);
            }
            List<float[]> features = new ArrayList<>();
            List<Integer> groups = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                int g = random.nextInt(3);
                float[] f = vector(random, 0.3);
                for (int i = 0; i < WIDTH; i++) {
                    f[i] += means[g][i];
                }
                features.add(f);
                groups.add(g);
            }
            return new Images(features, groups);
        }

        private static float[] vector(SplittableRandom random, double size) {
            float[] values = new float[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                values[i] = (float) (size * random.nextDouble());
            }
            return values;
        }

        LinearHead.Sums sums() {
            double[] moments = new double[WIDTH * (WIDTH + 1) / 2];
            List<double[]> sums = List.of(new double[WIDTH], new double[WIDTH], new double[WIDTH]);
            long[] counts = new long[3];
            for (int n = 0; n < features.size(); n++) {
                float[] f = features.get(n);
                counts[groups.get(n)]++;
                for (int i = 0, at = 0; i < WIDTH; at += ++i) {
                    sums.get(groups.get(n))[i] += f[i];
                    for (int j = 0; j <= i; j++) {
                        moments[at + j] += (double) f[i] * f[j];
                    }
                }
            }
            return new LinearHead.Sums(moments, sums, counts, features.size());
        }
    }

    private static double score(LinearHead.Solution solution, int group, float[] f) {
        double score = solution.biases()[group];
        for (int i = 0; i < WIDTH; i++) {
            score += (double) solution.weights().get(group)[i] * f[i];
        }
        return score;
    }

    /** At the least-squares solution the gradient of the squared errors and of the ridge is 0. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void ridgeRegressionLeavesNoGradient(long seed) {
        Images images = Images.of(seed, 100);
        LinearHead.Solution solution = new RidgeRegression(TinyLearners.COMPUTE, WIDTH, RIDGE).solve(images.sums());
        double squares = images.features().stream()
                .mapToDouble(f -> {
                    double sum = 0;
                    for (float value : f) {
                        sum += (double) value * value;
                    }
                    return sum;
                })
                .sum();
        for (int g = 0; g < 3; g++) {
            double[] gradient = new double[WIDTH];
            for (int n = 0; n < 100; n++) {
                float[] f = images.features().get(n);
                double error = score(solution, g, f) - (images.groups().get(n) == g ? 1 : 0);
                for (int i = 0; i < WIDTH; i++) {
                    gradient[i] += error * f[i];
                }
            }
            for (int i = 0; i < WIDTH; i++) {
                gradient[i] += RIDGE * squares / WIDTH * solution.weights().get(g)[i];
                assertThat(gradient[i]).isCloseTo(0, within(1e-4));
            }
        }
    }

    /** Differences of scores are those of ln n - |f - m|^2 / 2v. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void nearestMeansGoesByDistancesInUnitsOfTheVariance(long seed) {
        Images images = Images.of(seed, 100);
        LinearHead.Solution solution = new NearestMeans(WIDTH).solve(images.sums());
        double[][] means = new double[3][WIDTH];
        double[] counts = new double[3];
        images.groups().forEach(g -> counts[g]++);
        for (int n = 0; n < 100; n++) {
            for (int i = 0; i < WIDTH; i++) {
                int g = images.groups().get(n);
                means[g][i] += images.features().get(n)[i] / counts[g];
            }
        }
        double variance = 0;
        for (int n = 0; n < 100; n++) {
            variance += distance(images.features().get(n), means[images.groups().get(n)]) / 100 / WIDTH;
        }
        for (float[] f : Images.of(seed + 100, 20).features()) {
            for (int g = 1; g < 3; g++) {
                double expected = Math.log(counts[g] / counts[0])
                        + (distance(f, means[0]) - distance(f, means[g])) / 2 / variance;
                assertThat(score(solution, g, f) - score(solution, 0, f)).isCloseTo(expected, within(1e-3));
            }
        }
    }

    private static double distance(float[] f, double[] mean) {
        double distance = 0;
        for (int i = 0; i < WIDTH; i++) {
            distance += (f[i] - mean[i]) * (f[i] - mean[i]);
        }
        return distance;
    }

    static Stream<LinearHead> heads() {
        return Stream.of(
                new LinearDiscriminant(TinyLearners.COMPUTE, WIDTH, RIDGE),
                new RidgeRegression(TinyLearners.COMPUTE, WIDTH, RIDGE),
                new NearestMeans(WIDTH));
    }

    @ParameterizedTest
    @MethodSource("heads")
    void probabilitiesAreShares(LinearHead head) {
        for (double[] scores :
                List.of(new double[] {1, 2, -3}, new double[] {-1, -2}, new double[] {1e4, 0.5}, new double[] {0})) {
            int best = 0;
            for (int i = 0; i < scores.length; i++) {
                best = scores[i] > scores[best] ? i : best;
            }
            head.probabilities(scores);
            double sum = 0;
            for (double share : scores) {
                assertThat(share).isBetween(0.0, 1.0);
                sum += share;
                assertThat(share).isLessThanOrEqualTo(scores[best]);
            }
            assertThat(sum).isCloseTo(1, within(1e-12));
        }
    }

    static Stream<Arguments> headsAndNothing() {
        return heads().flatMap(head -> Stream.of(0.0, 1e-30, 1e30).map(value -> Arguments.of(head, value)));
    }

    @ParameterizedTest
    @MethodSource("headsAndNothing")
    void imagesThatAreAllTheSameGiveFiniteScores(LinearHead head, double value) {
        float[] same = new float[WIDTH];
        Arrays.fill(same, (float) value);
        List<float[]> features = List.of(same, same, same, same);
        LinearHead.Solution solution = head.solve(new Images(features, List.of(0, 1, 2, 0)).sums());
        for (int g = 0; g < 3; g++) {
            assertThat(solution.biases()[g]).isFinite();
            for (float weight : solution.weights().get(g)) {
                assertThat(weight).isFinite();
            }
        }
    }

    @Test
    void imagesWithoutAGroupCountForTheCovarianceAlone() {
        Images images = Images.of(1, 200);
        LinearHead.Sums all = images.sums();
        LinearDiscriminant head = new LinearDiscriminant(TinyLearners.COMPUTE, WIDTH, RIDGE);
        LinearHead.Solution whole = head.solve(all);
        // the last group leaves: what it varies around its mean stays
        double[] moments = all.moments().clone();
        double[] gone = all.sums().get(2);
        for (int i = 0, at = 0; i < WIDTH; at += ++i) {
            for (int j = 0; j <= i; j++) {
                moments[at + j] -= gone[i] * gone[j] / all.counts()[2];
            }
        }
        LinearHead.Solution left = head.solve(new LinearHead.Sums(
                moments, all.sums().subList(0, 2), new long[] {all.counts()[0], all.counts()[1]}, all.images()));
        for (float[] f : images.features()) {
            double expected = score(whole, 1, f) - score(whole, 0, f);
            // but for what the middle of all images says of noise
            assertThat(score(left, 1, f) - score(left, 0, f))
                    .isCloseTo(expected, within(0.5 + 0.02 * Math.abs(expected)));
        }
    }
}
