package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that are not shuffled: each image is shown for a while, with jitter. */
class ChangeOfScenesTest {
    private static final int WIDTH = 40;
    private static final RandomProjection PROJECTION = new RandomProjection(WIDTH);

    private final Random random = new Random(1);
    private final List<float[]> images = new ArrayList<>();
    private final ChangeDetector detector = new ChangeDetector(PROJECTION, 3e-7, 9);

    /** Of two classes of scenes with features of their own. */
    private float[] scene(int world) {
        Random directions = new Random(31L * world + random.nextInt(2));
        float[] features = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            features[i] = (float) (directions.nextGaussian() + random.nextGaussian());
        }
        return features;
    }

    private void show(float[] scene, int length, double jitter) {
        for (int n = 0; n < length; n++) {
            float[] image = scene.clone();
            for (int i = 0; i < WIDTH; i++) {
                image[i] += (float) (jitter * random.nextGaussian());
            }
            images.add(image);
        }
    }

    private void video(int world, int scenes, int length) {
        for (int s = 0; s < scenes; s++) {
            show(scene(world), length, 0.3);
        }
    }

    private void shuffled(int world, int count) {
        for (int i = 0; i < count; i++) {
            images.add(scene(world));
        }
    }

    private record Noticed(int after, Change change) {}

    private List<Noticed> run() {
        List<Noticed> all = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            int after = i + 1;
            detector.observe(images.get(i), 1).ifPresent(change -> all.add(new Noticed(after, change)));
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"25, 1", "25, 2", "25, 3", "100, 4", "100, 5", "300, 6", "300, 7"})
    void aChangeOfTheSetOfScenesIsNoticedOnceAndPlaced(int length, long seed) {
        random.setSeed(seed);
        video(1, 50, length);
        video(2, 40, length);
        video(1, 40, length);

        List<Noticed> noticed = run();

        assertThat(noticed).hasSize(2);
        for (int i = 0; i < 2; i++) {
            int change = length * (50 + 40 * i);
            Noticed one = noticed.get(i);
            assertThat(one.after()).isBetween(change + 7 * length, change + 35 * length);
            assertThat(one.after() - one.change().evidence().images())
                    .isBetween(change - 3L * length, change + 3L * length);
            assertThat(one.change().recurs()).isEqualTo(i == 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"12, 1", "25, 2", "100, 3", "300, 4"})
    void scenesOfOneSetAreNoChange(int length, long seed) {
        random.setSeed(seed);
        video(1, 10_000 / length, length);
        assertThat(run()).isEmpty();
        assertThat(detector.suspects()).isFalse();
    }

    @Test
    void scenesOfManyLengthsAreNoChange() {
        for (int s = 0; s < 200; s++) {
            video(1, 1, 10 + random.nextInt(200));
        }
        assertThat(run()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0", "0.05", "0.3"})
    void aCameraThatStandsStillIsNoWorld(double noise) {
        video(1, 60, 50);
        show(scene(1), 1500, noise);
        video(1, 60, 50);
        assertThat(run()).isEmpty();
    }

    @Test
    void aBurstIsNoWorld() {
        video(1, 60, 50);
        shuffled(2, 40);
        video(1, 60, 50);
        assertThat(run()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void aFewOddScenesAreNoWorld(long seed) {
        random.setSeed(seed);
        video(1, 60, 50);
        video(2, 5, 50);
        video(1, 60, 50);
        assertThat(run()).isEmpty();
    }

    @Test
    void theStreamItselfSaysWhetherItIsShuffled() {
        video(1, 60, 50);
        shuffled(1, 2500);
        int change = images.size();
        shuffled(2, 1000);

        List<Noticed> noticed = run();

        assertThat(noticed).hasSize(1);
        assertThat(noticed.get(0).after()).isBetween(change + 72, change + 130);
    }

    @Test
    void somebodyMaySayThatTheWorldHasChanged() {
        video(1, 60, 50);
        assertThat(run()).isEmpty();
        images.clear();
        detector.restart();
        video(2, 60, 50);
        assertThat(run()).isEmpty();
    }

    @Test
    void aRestoredOneGoesOnToTheSameBytes() {
        video(1, 60, 25);
        video(2, 60, 25);
        video(1, 400, 12);
        byte[] written = RestoredDetector.goesOnLike(() -> new ChangeDetector(PROJECTION, 3e-7, 9), images, 2);
        assertThat(written).hasSizeLessThan(200_000);
    }
}
