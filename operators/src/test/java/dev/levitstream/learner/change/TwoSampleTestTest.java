package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sums that are carried along against the same by the definition, and the law against random numbers. */
class TwoSampleTestTest {
    private static float[] projection(Random random, double shift) {
        float[] projection = new float[RandomProjection.SIZE];
        for (int i = 0; i < projection.length; i++) {
            projection[i] = (float) ((1 + i % 5) * random.nextGaussian() + shift);
        }
        return projection;
    }

    private static List<float[]> projections(Random random, int count) {
        List<float[]> projections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            projections.add(projection(random, 0));
        }
        return projections;
    }

    @Test
    void carriedSumsAreThoseOfTheDefinition() {
        Random random = new Random(1);
        Whitening whitening = Whitening.of(projections(random, ChangeDetector.FIRST));
        TwoSampleTest test = new TwoSampleTest(whitening);
        List<float[]> whitened = new ArrayList<>();
        for (int i = 0; i < 1700; i++) {
            float[] projection = projection(random, i < 1500 ? 0 : 1);
            test.add(new Numbered(i, projection));
            whitened.add(whitening.whiten(projection));
            if (i == 450 || i == 1127 || i == 1128 || i == 1699) {
                int window = whitened.size() - TwoSampleTest.WINDOW;
                List<float[]> newest = whitened.subList(window, whitened.size());
                List<float[]> past = whitened.subList(Math.max(0, window - TwoSampleTest.MOST), window);
                assertThat(test.statistic()).isCloseTo(statistic(newest, past, 1), within(1e-9));
                assertThat(test.meanOfBlocks()).isCloseTo(meanOfBlocks(past), within(1e-9));
            }
        }
        assertThat(test.probability()).isLessThan(1e-6);
        assertThat(test.bestSplit().newer()).isBetween(198, 202);
    }

    @Test
    void theBestSplitIsThatOfTheDefinition() {
        Random random = new Random(3);
        Whitening whitening = Whitening.of(projections(random, ChangeDetector.FIRST));
        TwoSampleTest test = new TwoSampleTest(whitening);
        List<float[]> whitened = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            float[] projection = projection(random, i < 330 ? 0 : 0.1);
            test.add(new Numbered(i, projection));
            whitened.add(whitening.whiten(projection));
        }
        double largest = 0;
        int best = 0;
        for (int newer = 10; newer <= 700 - TwoSampleTest.LEAST; newer++) {
            double statistic = statistic(whitened.subList(700 - newer, 700), whitened.subList(0, 700 - newer), 1);
            if (statistic > largest) {
                largest = statistic;
                best = newer;
            }
        }
        assertThat(test.bestSplit().newer()).isEqualTo(best);
        assertThat(test.bestSplit().statistic()).isCloseTo(largest, within(1e-9));
        assertThat(test.probability(test.bestSplit())).isLessThan(test.probability());
    }

    /** X with 1/b + 1/n, or 1/b - 1/n where the block is a part of the past. */
    private static double statistic(List<float[]> block, List<float[]> past, int sign) {
        double discrepancy = mean(block, block) - 2 * mean(block, past) + mean(past, past);
        return discrepancy / (1.0 / block.size() + sign * 1.0 / past.size());
    }

    private static double meanOfBlocks(List<float[]> past) {
        double within = mean(past, past);
        double sum = 0;
        int blocks = past.size() - TwoSampleTest.WINDOW + 1;
        for (int from = 0; from < blocks; from++) {
            List<float[]> block = past.subList(from, from + TwoSampleTest.WINDOW);
            sum += mean(block, block) - 2 * mean(block, past) + within;
        }
        return sum / blocks / (1.0 / TwoSampleTest.WINDOW - 1.0 / past.size());
    }

    private static double mean(List<float[]> some, List<float[]> others) {
        double sum = 0;
        for (float[] a : some) {
            for (float[] b : others) {
                sum += Kernel.of(a, b);
            }
        }
        return sum / some.size() / others.size();
    }

    @Test
    void statisticsOfAnUnchangedWorldFollowTheLaw() {
        Random random = new Random(2);
        Whitening whitening = Whitening.of(projections(random, ChangeDetector.FIRST));
        List<float[]> past =
                projections(random, 256).stream().map(whitening::whiten).toList();
        NullLaw law = NullLaw.of(past);
        int rare = 0;
        double sum = 0;
        for (int i = 0; i < 200; i++) {
            List<float[]> block =
                    projections(random, 32).stream().map(whitening::whiten).toList();
            double probability = law.probability(statistic(block, past, 1));
            rare += probability < 0.05 ? 1 : 0;
            sum += probability;
        }
        assertThat(rare).isBetween(2, 22);
        assertThat(sum / 200).isBetween(0.4, 0.6);
    }

    @Test
    void theTailOfTheLawIsThatOfAWeightedSumOfChiSquares() {
        double[] weights = {0.25, 0.1, 0.05, 0.05, 0.05};
        double mean = 0;
        double variance = 0;
        double third = 0;
        for (double weight : weights) {
            mean += weight;
            variance += 2 * weight * weight;
            third += 8 * weight * weight * weight;
        }
        NullLaw law = new NullLaw(mean, variance, third);
        Random random = new Random(3);
        int draws = 1_000_000;
        double limit = 2.6;
        int beyond = 0;
        for (int i = 0; i < draws; i++) {
            double sum = 0;
            for (double weight : weights) {
                double normal = random.nextGaussian();
                sum += weight * normal * normal;
            }
            beyond += sum > limit ? 1 : 0;
        }
        assertThat(law.probability(limit) * draws).isBetween(0.7 * beyond, 1.4 * beyond);
        assertThat(law.times(2).probability(2 * limit)).isCloseTo(law.probability(limit), within(1e-12));
    }

    @Test
    void whatNeverVariesHasOneValue() {
        List<float[]> same = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            same.add(new float[RandomProjection.SIZE]);
        }
        NullLaw law = NullLaw.of(same);
        assertThat(law.probability(0)).isEqualTo(1);
        assertThat(law.probability(0.1)).isEqualTo(0);
    }

    @Test
    void whitenedValuesHaveUnitVarianceAndNoCorrelation() {
        Random random = new Random(4);
        List<float[]> projections = projections(random, ChangeDetector.FIRST);
        Whitening whitening = Whitening.of(projections);
        List<float[]> whitened = projections.stream().map(whitening::whiten).toList();
        for (int i = 0; i < RandomProjection.SIZE; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (float[] z : whitened) {
                    sum += z[i] * z[j];
                }
                assertThat(sum / (whitened.size() - 1)).isCloseTo(i == j ? 1 : 0, within(0.02));
            }
        }
    }
}
