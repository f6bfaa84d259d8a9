package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets at their real sizes, convolutional VAE and all, for as long as a unit test may take. */
class PresetLearnersTest {
    @ParameterizedTest(name = "{0} x {1} x {2}")
    @CsvSource({"28, 28, 1", "32, 32, 3", "84, 84, 3", "24, 16, 4"})
    void aPresetLearnerTrainsExpandsAndRestores(int height, int width, int channels) {
        ImageShape shape = new ImageShape(height, width, channels);
        LearnerOptions options = TinyLearners.with(Presets.STREAM.options(shape), new BudgetOptions(1, 1, 0, 2, 2));
        List<LabelledImage> images = new StreamSimulator(shape, 1).phase(0, 90, 0.1);
        try (Learner learner = TinyLearners.open(options, 1)) {
            int updates = 0;
            for (int i = 0; i < 70; i += 10) {
                updates += learner.observe(images.subList(i, i + 10)).lesson().updates();
            }
            assertThat(updates).isPositive();
            assertThat(learner.onEvent(LearnerEvent.MANUAL)).isPresent();
            learner.observe(images.subList(70, 80));
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(learner))) {
                List<ImagePrediction> expected = learner.predict(images.subList(80, 90));
                List<ImagePrediction> found = restored.predict(images.subList(80, 90));
                List<Float> novelties = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    assertThat(expected.get(i).isFinite()).isTrue();
                    assertThat(found.get(i).scores()).isEqualTo(expected.get(i).scores());
                    novelties.add(found.get(i).novelty());
                }
                assertThat(novelties)
                        .isEqualTo(
                                expected.stream().map(ImagePrediction::novelty).toList());
            }
            LearnerContractTest.assertInvariants(learner, options);
        }
    }
}
