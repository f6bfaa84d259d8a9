package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The statistic against its definition, and its law against random scenes. */
class SceneTestTest {
    private static List<float[]> scenes(Random random, int count, double shift) {
        List<float[]> scenes = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] scene = new float[RandomProjection.SIZE];
            for (int i = 0; i < scene.length; i++) {
                scene[i] = (float) (Math.exp(-i / 8.0) * (random.nextGaussian() + shift)); // few directions matter
            }
            scenes.add(scene);
        }
        return scenes;
    }

    @Test
    void theStatisticIsTheMeanDiscrepancy() {
        Random random = new Random(1);
        List<float[]> all = scenes(random, 40, 0);
        all.addAll(scenes(random, 20, 1));
        Whitening whitening = Whitening.of(all, 0.5);
        List<float[]> z = all.stream().map(whitening::whiten).toList();
        double width = 0;
        for (float[] a : z) {
            for (float[] b : z) {
                width += squaredDistance(a, b) / (60 * 59);
            }
        }
        SceneTest test = new SceneTest(all);
        for (int newest : new int[] {10, 20, 44}) {
            List<float[]> after = z.subList(60 - newest, 60);
            List<float[]> before = z.subList(0, 60 - newest);
            double discrepancy =
                    mean(after, after, width) - 2 * mean(after, before, width) + mean(before, before, width);
            assertThat(test.statistic(newest))
                    .isCloseTo(discrepancy / (1.0 / newest + 1.0 / (60 - newest)), within(1e-6));
        }
        assertThat(test.sinceChange(30)).isBetween(18, 22);
        assertThat(test.probability(20)).isLessThan(1e-6);
    }

    private static double squaredDistance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return sum;
    }

    private static double mean(List<float[]> some, List<float[]> others, double width) {
        double sum = 0;
        for (float[] a : some) {
            for (float[] b : others) {
                sum += Math.exp(-squaredDistance(a, b) / width);
            }
        }
        return sum / some.size() / others.size();
    }

    @Test
    void fewScenesThatDoNotChangeFollowTheLaw() {
        Random random = new Random(2);
        int rare = 0;
        double sum = 0;
        for (int i = 0; i < 400; i++) {
            double probability = new SceneTest(scenes(random, 30, 0)).probability(12);
            rare += probability < 0.05 ? 1 : 0;
            sum += probability;
        }
        assertThat(rare).isBetween(5, 35);
        assertThat(sum / 400).isBetween(0.4, 0.6);
    }

    @Test
    void scenesThatFollowEachOtherCloselyAreLessOfAReason() {
        Random random = new Random(3);
        List<float[]> twice = new ArrayList<>();
        for (float[] scene : scenes(random, 40, 0)) {
            twice.add(scene);
            twice.add(scene);
        }
        int rare = 0;
        for (int newest = 10; newest < 60; newest++) {
            rare += new SceneTest(twice).probability(newest) < 1e-3 ? 1 : 0;
        }
        assertThat(rare).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aDifferenceThatIsOverDoesNotLast(long seed) {
        Random random = new Random(seed);
        List<float[]> lasting = scenes(random, 40, 0);
        lasting.addAll(scenes(random, 16, 0.7));
        List<float[]> over = new ArrayList<>(lasting.subList(0, 48));
        over.addAll(scenes(random, 8, 0));

        assertThat(new SceneTest(lasting).lasts(16)).isTrue();
        assertThat(new SceneTest(over).lasts(16)).isFalse();
    }

    /** Where the two distances are alike, the scenes before are not the nearer ones for being more. */
    @Test
    void whatIsNearerDoesNotDependOnHowManyThereAre() {
        Random random = new Random(3);
        int lasts = 0;
        for (int i = 0; i < 200; i++) {
            lasts += new SceneTest(scenes(random, 60, 0)).lasts(12) ? 1 : 0;
        }
        assertThat(lasts).isBetween(70, 130);
    }

    @Test
    void scenesThatNeverVaryAreNoChange() {
        List<float[]> same = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            same.add(new float[RandomProjection.SIZE]);
        }
        assertThat(new SceneTest(same).probability(20)).isEqualTo(1);
    }
}
