package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SceneSplitterTest {
    private static final double JITTER = 0.4;

    private static float[] scene(Random random) {
        float[] scene = new float[RandomProjection.SIZE];
        for (int i = 0; i < scene.length; i++) {
            scene[i] = (float) random.nextGaussian();
        }
        return scene;
    }

    private static List<float[]> images(float[] scene, int count, Random random) {
        List<float[]> images = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            float[] image = scene.clone();
            for (int i = 0; i < image.length; i++) {
                image[i] += (float) (JITTER * random.nextGaussian());
            }
            images.add(image);
        }
        return images;
    }

    private static List<float[]> run(SceneSplitter splitter, List<float[]> images) {
        List<float[]> ended = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            splitter.add(new Numbered(i, images.get(i))).ifPresent(scene -> ended.add(scene.mean()));
        }
        return ended;
    }

    /** What a splitter is made of: some scenes of 25 images. */
    private static SceneSplitter splitter(Random random) {
        List<float[]> first = new ArrayList<>();
        for (int s = 0; s < 12; s++) {
            first.addAll(images(scene(random), 25, random));
        }
        return new SceneSplitter(first);
    }

    @ParameterizedTest
    @CsvSource({"12, 1", "25, 2", "100, 3", "300, 4"})
    void eachSceneIsOneObservationHoweverLong(int length, long seed) {
        Random random = new Random(seed);
        SceneSplitter splitter = splitter(random);
        List<float[]> scenes = new ArrayList<>();
        List<float[]> images = new ArrayList<>();
        for (int s = 0; s < 41; s++) {
            scenes.add(scene(random));
            images.addAll(images(scenes.get(s), length, random));
        }

        List<float[]> ended = run(splitter, images);

        assertThat(ended).hasSize(40);
        for (int s = 0; s < 40; s++) {
            for (int i = 0; i < RandomProjection.SIZE; i++) {
                assertThat(ended.get(s)[i])
                        .isCloseTo(scenes.get(s)[i], within((float) (6 * JITTER / Math.sqrt(length - 3))));
            }
        }
        assertThat(splitter.isRestless()).isFalse();
    }

    @Test
    void aSceneThatIsShownAgainIsNoOtherObservation() {
        Random random = new Random(5);
        SceneSplitter splitter = splitter(random);
        float[][] scenes = {scene(random), scene(random), scene(random)};
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            images.addAll(images(scenes[i % 3], 40, random));
        }
        assertThat(run(splitter, images)).hasSize(3);
    }

    @Test
    void oddImagesAreNoScenes() {
        Random random = new Random(6);
        SceneSplitter splitter = splitter(random);
        float[] scene = scene(random);
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            images.addAll(images(scene, 40, random));
            images.add(scene(random));
        }
        images.addAll(images(scene(random), 20, random));
        assertThat(run(splitter, images)).hasSize(1);
    }

    @Test
    void imagesThatAreShuffledAreRestlessAndNoScenes() {
        Random random = new Random(7);
        SceneSplitter splitter = splitter(random);
        List<float[]> images = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            images.add(scene(random));
        }
        assertThat(run(splitter, images)).hasSizeLessThan(5);
        assertThat(splitter.isRestless()).isTrue();
    }

    /** Numbers have gaps, where images were left out. */
    @ParameterizedTest
    @CsvSource({"12, 1", "25, 2", "100, 3"})
    void aSceneKnowsItsFirstImageAndItsLast(int length, long seed) {
        Random random = new Random(seed);
        SceneSplitter splitter = splitter(random);
        List<SceneSplitter.Ended> ended = new ArrayList<>();
        long number = 1000;
        List<Long> begins = new ArrayList<>();
        for (int s = 0; s < 41; s++) {
            begins.add(number);
            for (float[] image : images(scene(random), length, random)) {
                splitter.add(new Numbered(number, image)).ifPresent(ended::add);
                number += 3;
            }
        }
        assertThat(ended).hasSize(40);
        for (int s = 0; s < 40; s++) {
            assertThat(ended.get(s).first()).isEqualTo(begins.get(s));
            assertThat(ended.get(s).last()).isEqualTo(begins.get(s + 1) - 3);
            assertThat(ended.get(s).middle()).isBetween(begins.get(s) + length, begins.get(s) + 2L * length);
        }
    }
}
