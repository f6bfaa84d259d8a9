package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.common.StateCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes that the newest images and those just before them do not show. */
class SlowlyChangingStreamTest {
    private static final int WIDTH = 40;
    private static final double FALSE_ALARM = 3e-7;
    private static final RandomProjection PROJECTION = new RandomProjection(WIDTH);
    private static final int BEFORE = 1500;
    private static final int FADE = 4000;

    private final Random random = new Random(1);
    private final List<float[]> images = new ArrayList<>();

    /** Of one of two classes of a world, which lie that far from the middle (in deviations of a feature). */
    private float[] image(int world, int label, double distance) {
        Random directions = new Random(31L * world + label);
        float[] features = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            features[i] = (float) (distance * directions.nextGaussian() + random.nextGaussian());
        }
        return features;
    }

    private float[] image(int world, double distance) {
        return image(world, random.nextInt(2), distance);
    }

    private static ChangeDetector detector() {
        return new ChangeDetector(PROJECTION, FALSE_ALARM, 9);
    }

    /** What is noticed, by the images seen so far. */
    private record Noticed(int after, Change change) {}

    private List<Noticed> run() {
        ChangeDetector detector = detector();
        List<Noticed> all = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            int after = i + 1;
            detector.observe(images.get(i), 1).ifPresent(change -> all.add(new Noticed(after, change)));
        }
        return all;
    }

    /** Whether the newest images differ from those before them anywhere. */
    private boolean isSeenFromNear() {
        List<float[]> projections = images.stream().map(PROJECTION::of).toList();
        TwoSampleTest near = new TwoSampleTest(Whitening.of(projections.subList(0, ChangeDetector.FIRST)));
        boolean isSeen = false;
        for (int i = ChangeDetector.FIRST; i < projections.size(); i++) {
            near.add(new Numbered(i, projections.get(i)));
            isSeen |= i % ChangeDetector.EVERY == 0
                    && near.isReady()
                    && near.probability() < 0.02
                    && LastingChange.of(near, near.probability(), FALSE_ALARM).isPresent();
        }
        return isSeen;
    }

    private void assertNoticedFromAfarAlone() {
        List<Noticed> noticed = run();
        assertThat(noticed).hasSizeBetween(1, 2);
        assertThat(noticed.get(0).after()).isBetween(BEFORE, BEFORE + FADE + 550);
        assertThat(noticed.get(0).change().recurs()).isFalse();
        assertThat(noticed.get(0).change().evidence().images()).isEqualTo(256);
        assertThat(noticed.get(0).change().evidence().probability().orElseThrow())
                .isLessThan(1.6e-5);
        assertThat(isSeenFromNear()).isFalse();
    }

    /** How far the change has come, 0 to 1. */
    private double share() {
        return Math.min(1, Math.max(0, (images.size() - BEFORE) / (double) FADE));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void aCrossfadeIsNoticed(long seed) {
        random.setSeed(seed);
        while (images.size() < BEFORE + FADE + 600) {
            images.add(image(random.nextDouble() < share() ? 2 : 1, 0.3));
        }
        assertNoticedFromAfarAlone();
    }

    @Test
    void aDuskIsNoticed() {
        while (images.size() < BEFORE + FADE + 600) {
            float[] image = image(1, 1);
            for (int i = 0; i < WIDTH; i++) {
                image[i] = (float) ((1 - 0.08 * share()) * (3 + image[i]));
            }
            images.add(image);
        }
        assertNoticedFromAfarAlone();
    }

    @Test
    void aSlowTurnIsNoticed() {
        while (images.size() < BEFORE + FADE + 600) {
            float[] image = image(1, 1);
            double angle = 0.3 * share();
            for (int i = 0; i < WIDTH; i += 2) {
                double x = image[i];
                double y = image[i + 1];
                image[i] = (float) (Math.cos(angle) * x - Math.sin(angle) * y);
                image[i + 1] = (float) (Math.sin(angle) * x + Math.cos(angle) * y);
            }
            images.add(image);
        }
        assertNoticedFromAfarAlone();
    }

    /** The world that ended is known by its whole life, so it comes back also as it was long ago. */
    @Test
    void aWorldThatFadedComesBackAsItWas() {
        while (images.size() < BEFORE + FADE + 600) {
            images.add(image(random.nextDouble() < share() ? 2 : 1, 0.3));
        }
        int back = images.size();
        while (images.size() < back + 1500) {
            images.add(image(1, 0.3));
        }
        List<Noticed> noticed = run();
        assertThat(noticed.get(noticed.size() - 1).change().recurs()).isTrue();
        assertThat(noticed.get(noticed.size() - 1).after()).isGreaterThan(back);
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 10"})
    void labelsThatComeInTurnAreNoChange(long seed, int labels) {
        random.setSeed(seed);
        for (int i = 0; i < 3000; i++) {
            images.add(image(1, i % labels, 1));
        }
        assertThat(run()).isEmpty();
    }

    /** Too short to be told as scenes, so images are compared one by one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void shortScenesAreNoChange(long seed) {
        random.setSeed(seed);
        while (images.size() < 4000) {
            float[] scene = image(1, 1);
            int length = 1 + random.nextInt(6);
            for (int i = 0; i < length; i++) {
                float[] image = scene.clone();
                for (int f = 0; f < WIDTH; f++) {
                    image[f] += (float) (0.5 * random.nextGaussian());
                }
                images.add(image);
            }
        }
        assertThat(run()).isEmpty();
    }

    @Test
    void aCameraThatFreezesInALongLifeIsNoWorld() {
        for (int i = 0; i < 2000; i++) {
            images.add(image(1, 1));
        }
        float[] frozen = image(1, 1);
        for (int i = 0; i < 1100; i++) {
            float[] image = frozen.clone();
            for (int f = 0; f < WIDTH; f++) {
                image[f] += (float) (0.02 * random.nextGaussian());
            }
            images.add(image);
        }
        for (int i = 0; i < 600; i++) {
            images.add(image(1, 1));
        }
        assertThat(run()).isEmpty();
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aLongLifeWithoutAChangeRaisesNoAlarm(long seed) {
        random.setSeed(seed);
        for (int i = 0; i < 50_000; i++) {
            images.add(image(1, 1));
        }
        assertThat(run()).isEmpty();
    }

    @Test
    void aRestoredOneNoticesTheSame() {
        while (images.size() < BEFORE + FADE + 600) {
            images.add(image(random.nextDouble() < share() ? 2 : 1, 0.3));
        }
        byte[] written = RestoredDetector.goesOnLike(SlowlyChangingStreamTest::detector, images, 1);
        assertThat(written).hasSizeLessThan(800_000);
    }

    /** The life of its world begins when it is read. */
    @Test
    void stateOfFormat8IsRead() {
        while (images.size() < 2000) {
            images.add(image(1, 1));
        }
        ChangeDetector detector = detector();
        images.forEach(image -> detector.observe(image, 1));
        int life = Integer.BYTES + 256 * (Integer.BYTES + 64 * Float.BYTES) + Long.BYTES + Integer.BYTES;
        byte[] present = StateCodec.seal(detector::write);
        byte[] whole = RestoredDetector.written(detector);
        byte[] older = StateCodec.seal(out -> {
            out.write(present, 12, present.length - life - 12);
            out.write(whole, present.length, whole.length - present.length);
        });
        ByteBuffer.wrap(older).putInt(4, 8);

        ChangeDetector restored = RestoredDetector.read(older, detector());

        assertThat(RestoredDetector.written(restored))
                .hasSize(older.length + Integer.BYTES + Long.BYTES + Integer.BYTES);
        for (int i = 0; i < 1000; i++) {
            assertThat(restored.observe(image(1, 1), 1)).isEmpty();
        }
        int after = 0;
        while (restored.observe(image(2, 1), 1).isEmpty()) {
            after++;
        }
        assertThat(after).isBetween(72, 130);
    }
}
