package dev.levitstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.ImageShape;
import dev.levitstream.job.TinyVit;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.operator.OperatorOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs of learners that take a backbone's features. */
class BackboneRunTest {
    private static final ImageShape SHAPE = new ImageShape(8, 8, 1);

    @TempDir
    private static Path dir;

    private static String file = "";

    @BeforeAll
    static void writeFile() throws IOException {
        file = TinyVit.write(dir.resolve("tiny.safetensors"), 1).toString();
    }

    private static RunPlan plan(String batch) {
        return new RunPlan("slda", "stream", Map.of("backbone", file, "backbone.batch", batch), 1, false, 1);
    }

    @Test
    void aLearnerIsGivenWhatItsBackboneMakesOfEachImage() {
        RunResult alone = new InProcessRun(BenchTest.benchmark(), plan("1"), images -> {}).run();
        RunResult blocks = new InProcessRun(BenchTest.benchmark(), plan("7"), images -> {}).run();
        assertThat(alone.accuracies().test().perImage()).isGreaterThan(0.5);
        assertThat(alone.accuracies().prequential()).isGreaterThan(0.5);
        assertThat(blocks.accuracies()).isEqualTo(alone.accuracies());
        assertThat(blocks.trace()).isEqualTo(alone.trace());
    }

    @Test
    void inputsAreImagesOrTokens() {
        List<LabelledImage> images = BenchTest.benchmark().tasks().get(0).test();
        OperatorOptions tokens = plan("3").operator(SHAPE);
        try (LearnerInputs inputs = LearnerInputs.open(tokens)) {
            List<LabelledImage> made = inputs.of(images);
            assertThat(made)
                    .extracting(LabelledImage::label)
                    .isEqualTo(images.stream().map(LabelledImage::label).toList());
            assertThat(made)
                    .allSatisfy(image ->
                            assertThat(HalfFloats.decode(image.pixels())).hasSize(4));
            LabelledImage cut = new LabelledImage(new byte[3], Optional.empty());
            assertThatThrownBy(() -> inputs.of(List.of(images.get(0), cut)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("image.pixels=3 must be 64");
        }
        try (LearnerInputs inputs = LearnerInputs.open(BenchTest.plan("er", 0).operator(SHAPE))) {
            assertThat(inputs.of(images)).isSameAs(images);
        }
    }
}
