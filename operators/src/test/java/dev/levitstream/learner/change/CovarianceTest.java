package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CovarianceTest {
    private static List<float[]> projections(Random random, int count, int length) {
        List<float[]> projections = new ArrayList<>();
        float[] scene = new float[RandomProjection.SIZE];
        for (int n = 0; n < count; n++) {
            float[] projection = new float[scene.length];
            for (int i = 0; i < scene.length; i++) {
                if (n % length == 0) {
                    scene[i] = (float) (3 * random.nextGaussian());
                }
                projection[i] = scene[i] + (float) random.nextGaussian();
            }
            projections.add(projection);
        }
        return projections;
    }

    @Test
    void stepsSeeAllThatVariesWhereImagesAreShuffled() {
        List<float[]> shuffled = projections(new Random(1), 2000, 1);
        assertThat(Covariance.of(shuffled).meanVariance()).isCloseTo(10, within(0.3));
        assertThat(Covariance.ofSteps(shuffled).meanVariance()).isCloseTo(10, within(0.3));
        assertThat(SceneChanges.isLikely(shuffled)).isFalse();
    }

    @Test
    void stepsSeeJitterAloneWhereScenesLast() {
        List<float[]> video = projections(new Random(2), 2000, 100);
        assertThat(Covariance.of(video).meanVariance()).isGreaterThan(7);
        assertThat(Covariance.ofSteps(video).meanVariance()).isCloseTo(1.09, within(0.05));
        assertThat(SceneChanges.isLikely(video)).isTrue();
    }

    @Test
    void stepsOneByOneTendToTheirCovariance() {
        List<float[]> shuffled = projections(new Random(3), 4000, 1);
        Covariance covariance = Covariance.ofSteps(shuffled.subList(0, 2));
        for (int i = 1; i < shuffled.size(); i++) {
            covariance.add(shuffled.get(i - 1), shuffled.get(i), 0.01);
        }
        assertThat(covariance.meanVariance()).isCloseTo(10, within(1.0));
    }
}
