package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.common.StateCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When evidence began, and which images it is seen by, against loops over all images of the stream. */
class EvidenceTest {
    private static final int WIDTH = 40;
    private static final RandomProjection PROJECTION = new RandomProjection(WIDTH);
    private static final int BEFORE = 256;

    /** All images so far, also those that are the one before once more. */
    private final List<float[]> stream = new ArrayList<>();

    private ChangeDetector detector = detector();

    private static ChangeDetector detector() {
        return new ChangeDetector(PROJECTION, 3e-7, 9);
    }

    private static float[] image(int world, Random random) {
        Random directions = new Random(31L * world + random.nextInt(2));
        float[] features = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            features[i] = (float) (directions.nextGaussian() + random.nextGaussian());
        }
        return features;
    }

    private Optional<Change> observe(float[] image, int component) {
        stream.add(image);
        return detector.observe(image, component);
    }

    private byte[] written() {
        return RestoredDetector.written(detector);
    }

    private void restore() {
        detector = RestoredDetector.read(written(), detector());
    }

    /** Shows images of a world, some of them several times, until a change is told, at most {@code most} new ones. */
    private Optional<Change> show(int world, int most, Random random) {
        for (int n = 0; n < most; n++) {
            float[] image = image(world, random);
            for (int times = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 1; times > 0; times--) {
                Optional<Change> change = observe(image, world);
                if (stream.size() % 97 == 0) {
                    restore();
                }
                if (change.isPresent()) {
                    return change;
                }
            }
        }
        return Optional.empty();
    }

    /** Which images the detector compares: not those that are the one before once more. */
    private List<Integer> different(int from, int to) {
        List<Integer> different = new ArrayList<>();
        for (int i = from; i < to; i++) {
            if (i == 0 || !Arrays.equals(stream.get(i), stream.get(i - 1))) {
                different.add(i);
            }
        }
        return different;
    }

    private float[] projection(int image) {
        return PROJECTION.of(stream.get(image));
    }

    /** Ages of the three of some images nearest their mean, in double precision. */
    private List<Long> nearestTheMean(List<Integer> images, Whitening whitening) {
        double[] mean = new double[RandomProjection.SIZE];
        for (int image : images) {
            float[] z = whitening.whiten(projection(image));
            for (int i = 0; i < mean.length; i++) {
                mean[i] += z[i] / (double) images.size();
            }
        }
        return images.stream()
                .sorted(Comparator.comparingDouble(image -> {
                    float[] z = whitening.whiten(projection(image));
                    double sum = 0;
                    for (int i = 0; i < mean.length; i++) {
                        sum += (z[i] - mean[i]) * (z[i] - mean[i]);
                    }
                    return sum;
                }))
                .limit(3)
                .map(image -> stream.size() - 1L - image)
                .toList();
    }

    /** @param start image from which on the detector knew the world that ended */
    private int assertEvidence(Change change, int start) {
        Evidence evidence = change.evidence();
        int began = stream.size() - (int) evidence.images();
        List<Integer> known = different(start, stream.size());
        assertThat(known).contains(began);
        Whitening whitening = Whitening.of(known.subList(0, ChangeDetector.FIRST).stream()
                .map(this::projection)
                .toList());
        List<Integer> compared = known.subList(ChangeDetector.FIRST, known.size());
        int split = compared.indexOf(began);
        assertThat(evidence.typicalBefore())
                .isEqualTo(nearestTheMean(compared.subList(Math.max(0, split - BEFORE), split), whitening));
        assertThat(evidence.typicalAfter())
                .isEqualTo(nearestTheMean(compared.subList(split, compared.size()), whitening));
        return began;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theTypicalImagesAreThoseNearestTheMeanAndAllImagesSinceCount(long seed) {
        Random random = new Random(seed);
        int start = 0;
        show(1, 1000, random);
        for (int world = 2; world < 5; world++) {
            int change = stream.size();
            Optional<Change> told = show(world, 300, random);
            int began = assertEvidence(told.orElseThrow(), start);
            assertThat(began).isBetween(change - 20, change + 20);
            start = began;
            show(world, 900, random);
        }
    }

    @Test
    void aBoundaryThatSomebodyTellsChangesNoNumber() {
        Random random = new Random(7);
        show(1, 500, random);
        detector.restart();
        int start = stream.size();
        show(2, 900, random);
        assertEvidence(show(3, 300, random).orElseThrow(), start);
    }

    @Test
    void aWorldThatHasComeBackIsToldByTheComponentOfItsTime() {
        Random random = new Random(8);
        List<OptionalInt> told = new ArrayList<>();
        int component = 1; // the latest that was created stays active whatever comes back
        for (int world : new int[] {1, 2, 1, 2, 3, 1}) {
            for (int n = 0; n < 1000; n++) {
                Optional<Change> change = observe(image(world, random), component);
                change.ifPresent(one -> told.add(one.component()));
                component += change.isPresent() && !change.get().recurs() ? 1 : 0;
                if (n % 250 == 0) {
                    restore();
                }
            }
        }
        OptionalInt none = OptionalInt.empty();
        assertThat(told).containsExactly(none, OptionalInt.of(1), OptionalInt.of(2), none, OptionalInt.of(1));
        int header = StateCodec.seal(out -> {}).length;
        assertThat(ByteBuffer.wrap(written()).getInt(header))
                .as("each world is remembered once, however often it came back")
                .isEqualTo(3);
    }

    /** What a world was remembered by came too long ago to stand for what was before. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {9, 10, 11})
    void soonAfterAWorldHasComeBackOnlyItsNewImagesAreTypicalOfIt(long seed) {
        Random random = new Random(seed);
        show(1, 1000, random);
        show(2, 1000, random);
        show(2, 700, random);
        Optional<Change> returned = show(1, 300, random);
        assertThat(returned.orElseThrow().recurs()).isTrue();
        int since = stream.size() - (int) returned.get().evidence().images();
        show(1, 5, random);
        Optional<Change> change = show(3, 300, random);
        int began = stream.size() - (int) change.orElseThrow().evidence().images();
        assertThat(change.get().evidence().typicalBefore())
                .hasSize(3)
                .allSatisfy(age -> assertThat(stream.size() - 1 - age).isBetween((long) since, began - 1L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whereFeaturesAreComputedAnewNumbersStayIfAllImagesAreThere(boolean areAll) {
        Random random = new Random(10);
        show(1, 450, random);
        List<float[]> other = new ArrayList<>(stream.subList(areAll ? 0 : 1, stream.size()));
        detector.seesAnew(other);
        show(1, 150, random);
        Optional<Change> told = show(2, 300, random);
        if (areAll) {
            assertEvidence(told.orElseThrow(), 0);
        } else {
            assertThat(told.orElseThrow().evidence().typicalBefore())
                    .allSatisfy(age -> assertThat(stream.size() - age).isGreaterThan(other.size() + 1));
        }
    }

    /** Scenes of so many images, of which some come twice. */
    @ParameterizedTest
    @CsvSource({"25, 1", "25, 2", "60, 3", "100, 4"})
    void ofAVideoTheImagesAreCountedAndTypicalScenesShownByTheirMiddle(int length, long seed) {
        Random random = new Random(seed);
        List<Integer> begins = new ArrayList<>();
        Optional<Change> told = Optional.empty();
        for (int s = 0; told.isEmpty(); s++) {
            begins.add(stream.size());
            float[] scene = image(s < 50 ? 1 : 2, random);
            for (int n = 0; n < length && told.isEmpty(); n++) {
                float[] image = scene.clone();
                for (int i = 0; i < WIDTH; i++) {
                    image[i] += (float) (0.3 * random.nextGaussian());
                }
                for (int times = random.nextInt(4) == 0 ? 2 : 1; times > 0 && told.isEmpty(); times--) {
                    told = observe(image, 1);
                }
                if (n == 7 && told.isEmpty()) {
                    restore();
                }
            }
        }
        Evidence evidence = told.get().evidence();
        int began = stream.size() - (int) evidence.images();
        assertThat(begins).contains(began);
        assertThat(begins.indexOf(began)).isBetween(47, 53);
        assertScenes(evidence, began);
    }

    /** The scenes as the splitter ends them, all of them, measured in the space of all that the test compares. */
    private void assertScenes(Evidence evidence, int began) {
        List<Numbered> different = different(0, stream.size()).stream()
                .map(i -> new Numbered(i, projection(i)))
                .toList();
        SceneSplitter splitter = new SceneSplitter(Numbered.vectors(different.subList(0, ChangeDetector.FIRST)));
        List<SceneSplitter.Ended> scenes = new ArrayList<>();
        different.forEach(image -> splitter.add(image).ifPresent(scenes::add));
        Whitening whitening =
                Whitening.of(scenes.stream().map(SceneSplitter.Ended::mean).toList(), 0.5);
        int split = 0;
        while (scenes.get(split).first() < began) {
            split++;
        }
        assertThat(scenes.get(split).first()).isEqualTo(began);
        assertThat(evidence.typicalBefore()).isEqualTo(typical(scenes.subList(split - 16, split), whitening));
        assertThat(evidence.typicalAfter()).isEqualTo(typical(scenes.subList(split, scenes.size()), whitening));
    }

    private List<Long> typical(List<SceneSplitter.Ended> scenes, Whitening whitening) {
        double[] mean = new double[RandomProjection.SIZE];
        List<float[]> whitened =
                scenes.stream().map(scene -> whitening.whiten(scene.mean())).toList();
        for (float[] z : whitened) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += z[i] / (double) scenes.size();
            }
        }
        List<Integer> order = new ArrayList<>();
        for (int s = 0; s < scenes.size(); s++) {
            order.add(s);
        }
        order.sort(Comparator.comparingDouble(s -> {
            double sum = 0;
            for (int i = 0; i < mean.length; i++) {
                sum += Math.pow(whitened.get(s)[i] - mean[i], 2);
            }
            return sum;
        }));
        return order.subList(0, 3).stream()
                .map(s -> stream.size()
                        - 1L
                        - (scenes.get(s).first() + scenes.get(s).last()) / 2)
                .toList();
    }
}
