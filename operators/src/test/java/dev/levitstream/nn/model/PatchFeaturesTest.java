package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PatchFeaturesTest {
    @Test
    void featuresAreRectifiedFilterResponsesOverAGrid() {
        ImageShape shape = new ImageShape(9, 12, 3);
        PatchFeatures patches = new PatchFeatures(shape, PatchFilters.random(shape, 5), false);
        byte[] pixels = new byte[shape.size()];
        new Random(1).nextBytes(pixels);
        float[] features = patches.of(pixels);
        assertThat(features).hasSize(45);
        for (float feature : features) {
            assertThat(feature).isBetween(0f, 10f);
        }
        // a uniform image has no contrast: every response is the bias, and none survives
        byte[] grey = new byte[shape.size()];
        Arrays.fill(grey, (byte) 128);
        for (float feature : patches.of(grey)) {
            assertThat((double) feature).isCloseTo(0, within(1e-3));
        }
        // brighter and twice the contrast: much the same features, since patches are normalised
        byte[] soft = new byte[shape.size()];
        for (int i = 0; i < soft.length; i++) {
            soft[i] = (byte) (((pixels[i] & 0xFF) + 255) / 2);
        }
        float[] softened = patches.of(soft);
        for (int i = 0; i < softened.length; i++) {
            assertThat(softened[i]).isCloseTo(features[i], within(0.35f));
        }
        assertThat(new PatchFeatures(shape, PatchFilters.random(shape, 5), false).of(pixels))
                .isEqualTo(features);
    }

    @Test
    void mirroredFeaturesAreTheMeanOfThoseOfTheImageAndOfItsMirrorImage() {
        ImageShape shape = new ImageShape(9, 12, 3);
        PatchFilters filters = PatchFilters.random(shape, 4);
        byte[] pixels = new byte[shape.size()];
        new Random(2).nextBytes(pixels);
        byte[] mirror = new byte[shape.size()];
        for (int i = 0; i < pixels.length; i++) {
            int pixel = i / 3;
            mirror[(pixel / 12 * 12 + 11 - pixel % 12) * 3 + i % 3] = pixels[i];
        }
        float[] plain = new PatchFeatures(shape, filters, false).of(pixels);
        float[] other = new PatchFeatures(shape, filters, false).of(mirror);
        float[] both = new PatchFeatures(shape, filters, true).of(pixels);
        assertThat(other).isNotEqualTo(plain);
        for (int i = 0; i < both.length; i++) {
            assertThat(both[i]).isCloseTo((plain[i] + other[i]) / 2, within(1e-5f));
        }
    }
}
