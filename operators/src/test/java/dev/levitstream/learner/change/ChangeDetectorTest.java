package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeDetectorTest {
    private static final int WIDTH = 40;
    private static final double FALSE_ALARM = 3e-7;
    private static final RandomProjection PROJECTION = new RandomProjection(WIDTH);

    /** Two classes of images with features of their own, as in a stream of two labels. */
    private static float[] image(int world, Random random) {
        Random directions = new Random(31L * world + random.nextInt(2));
        float[] features = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            features[i] = (float) (directions.nextGaussian() + random.nextGaussian());
        }
        return features;
    }

    private static List<float[]> images(int world, int count, Random random) {
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(image(world, random));
        }
        return images;
    }

    /** One world after the other: worlds and counts of images in turn. */
    private static List<float[]> stream(Random random, int... worldsAndCounts) {
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < worldsAndCounts.length; i += 2) {
            images.addAll(images(worldsAndCounts[i], worldsAndCounts[i + 1], random));
        }
        return images;
    }

    private static ChangeDetector detector() {
        return new ChangeDetector(PROJECTION, FALSE_ALARM, 9);
    }

    /** What is noticed, by the images seen so far. */
    private record Noticed(int after, Change change) {}

    private static List<Noticed> run(ChangeDetector detector, List<float[]> images) {
        List<Noticed> all = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            int after = i + 1;
            detector.observe(images.get(i), 1).ifPresent(change -> all.add(new Noticed(after, change)));
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void changesAreNoticedOnceAndPlaced(long seed) {
        Random random = new Random(seed);
        List<float[]> images = stream(random, 1, 1000, 2, 1000, 3, 1000);

        List<Noticed> noticed = run(detector(), images);

        assertThat(noticed).hasSize(2);
        for (int i = 0; i < 2; i++) {
            int change = 1000 * (i + 1);
            assertThat(noticed.get(i).after()).isBetween(change + 72, change + 130);
            assertThat(noticed.get(i).after()
                            - noticed.get(i).change().evidence().images())
                    .isBetween(change - 10L, change + 10L);
            assertThat(noticed.get(i).change().evidence().probability().orElseThrow())
                    .isLessThan(FALSE_ALARM);
            assertThat(noticed.get(i).change().recurs()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingIsNoticedWhereNothingChanges(long seed) {
        assertThat(run(detector(), images(1, 5000, new Random(seed)))).isEmpty();
    }

    @Test
    void aWorldThatComesBackIsKnownAgain() {
        Random random = new Random(6);
        List<float[]> images = stream(random, 1, 1000, 2, 1000, 1, 600, 2, 600, 3, 1000);

        assertThat(run(detector(), images).stream()
                        .map(noticed -> noticed.change().recurs()))
                .containsExactly(false, true, true, false);
    }

    @Test
    void onlyAsManyWorldsAsAllowedAreKnownAgain() {
        Random random = new Random(7);
        List<float[]> images = stream(random, 1, 1000, 2, 1000, 3, 1000, 1, 800);

        ChangeDetector one = new ChangeDetector(PROJECTION, FALSE_ALARM, 1);
        assertThat(run(one, images).stream().map(noticed -> noticed.change().recurs()))
                .containsExactly(false, false, false);
        assertThat(run(detector(), images).stream()
                        .map(noticed -> noticed.change().recurs()))
                .containsExactly(false, false, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aBurstIsNoWorld(long seed) {
        Random random = new Random(seed);
        List<float[]> images = stream(random, 1, 1200, 2, 40, 1, 1000);

        assertThat(run(detector(), images)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aBurstInALongLifeIsNoWorldWhereverItFalls(long seed) {
        Random random = new Random(seed);
        int before = 3000 + random.nextInt(256);

        assertThat(run(detector(), stream(random, 1, before, 2, 40, 1, 2000))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.02})
    void aFrozenCameraIsNoWorld(double noise) {
        Random random = new Random(8);
        List<float[]> images = images(1, 1000, random);
        float[] frozen = image(1, random);
        for (int i = 0; i < 500; i++) {
            float[] frame = frozen.clone();
            for (int f = 0; f < WIDTH; f++) {
                frame[f] += (float) (noise * random.nextGaussian());
            }
            images.add(frame);
        }
        images.addAll(images(1, 1000, random));

        assertThat(run(detector(), images)).isEmpty();
    }

    @Test
    void aStreamThatNeverVariesIsNoChange() {
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            images.add(new float[WIDTH]);
        }
        assertThat(run(detector(), images)).isEmpty();
    }

    @Test
    void aRestoredOneGoesOnToTheSameBytes() {
        Random random = new Random(9);
        List<float[]> images = stream(random, 1, 2200, 2, 900, 1, 400);
        byte[] written = RestoredDetector.goesOnLike(ChangeDetectorTest::detector, images, 2);
        assertThat(written).hasSizeLessThan(600_000);
    }

    @Test
    void aFalseAlarmProbabilityIsAProbability() {
        assertThatThrownBy(() -> new ChangeDetector(PROJECTION, 0, 1))
                .hasMessage("false-alarm=0.0 must be above 0, at most 0.01");
    }
}
