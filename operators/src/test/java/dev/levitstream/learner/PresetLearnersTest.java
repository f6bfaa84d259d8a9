package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The presets at their real sizes, convolutional VAE and all, for as long as a unit test may take. */
class PresetLearnersTest {
    @ParameterizedTest(name = "{0} x {1} x {2}")
    @CsvSource({"28, 28, 1", "32, 32, 3", "84, 84, 3", "24, 16, 4"})
    void aPresetLearnerTrainsExpandsAndRestores(int height, int width, int channels) {
        ImageShape shape = new ImageShape(height, width, channels);
        LearnerOptions options =
                TinyLearners.with(TinyLearners.stream("levit-dkf", shape), new BudgetOptions(1, 1, 0, 2));
        List<LabelledImage> images = new StreamSimulator(shape, 1).phase(0, 90, 0.1);
        try (Learner learner = TinyLearners.open(options, 1)) {
            int updates = 0;
            for (int i = 0; i < 70; i += 10) {
                updates += Learning.observe(learner, images.subList(i, i + 10)).updates();
            }
            assertThat(updates).isPositive();
            assertThat(learner.onEvent(LearnerEvent.BOUNDARY)).isPresent();
            Learning.observe(learner, images.subList(70, 80));
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(learner))) {
                List<ImagePrediction> expected = Learning.predict(learner, images.subList(80, 90));
                List<ImagePrediction> found = Learning.predict(restored, images.subList(80, 90));
                assertThat(expected)
                        .allSatisfy(answer -> assertThat(answer.isFinite()).isTrue());
                assertThat(LearnerContractTest.text(found)).isEqualTo(LearnerContractTest.text(expected));
            }
            LearnerContractTest.assertInvariants(learner, options);
        }
    }
}
