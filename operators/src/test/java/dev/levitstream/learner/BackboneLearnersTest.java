package dev.levitstream.learner;

import static dev.levitstream.learner.LearnerContractTest.assertInvariants;
import static dev.levitstream.learner.LearnerContractTest.assertSameBytes;
import static dev.levitstream.learner.LearnerContractTest.observe;
import static dev.levitstream.learner.LearnerContractTest.stream;
import static dev.levitstream.learner.LearnerContractTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What learners promise, where they take a backbone's features. */
class BackboneLearnersTest {
    private static final int BATCH = 4;

    @TempDir
    private static Path dir;

    private static BackboneFile backbone = BackboneFile.NONE;
    private static BackboneFile failing = BackboneFile.NONE;

    @BeforeAll
    static void writeFiles() throws IOException {
        backbone = TinyBackbone.of(dir);
        failing = TinyBackbone.failingOnBlack(dir);
    }

    static Stream<Arguments> methodsAndSeeds() {
        return TinyBackbone.methods()
                .flatMap(method -> LongStream.range(0, 2).mapToObj(seed -> Arguments.of(method, seed)));
    }

    /** At any batch: what is restored goes on as if nothing had been. */
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("methodsAndSeeds")
    void aLearnerThatIsRestoredAgainAndAgainContinuesByteForByte(String method, long seed) {
        LearnerOptions options = TinyBackbone.options(method, backbone);
        List<LabelledImage> images = stream(seed);
        try (Learner whole = TinyLearners.open(options, seed)) {
            Learner restored = TinyLearners.open(options, seed);
            for (int i = 0; i < images.size(); i += BATCH) {
                Outcome expected = observe(whole, images, i);
                Outcome found = observe(restored, images, i);
                assertThat(text(found.predictions())).isEqualTo(text(expected.predictions()));
                assertThat(found.expansion()).isEqualTo(expected.expansion());
                if (i % 60 == 20) {
                    Map<String, byte[]> state = TinyLearners.state(restored);
                    restored.close();
                    restored = TinyLearners.restore(options, state);
                }
            }
            assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
            assertInvariants(restored, options);
            restored.close();
        }
    }

    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void anAnswerDependsOnItsImageAloneToTheBit(String method) {
        LearnerOptions options = TinyBackbone.options(method, backbone);
        List<LabelledImage> images = stream(3);
        try (Learner learner = TinyLearners.open(options, 3)) {
            for (int i = 0; i < 300; i += BATCH) {
                observe(learner, images, i);
            }
            List<LabelledImage> asked = images.subList(40, 60);
            List<String> alone = new ArrayList<>();
            for (LabelledImage image : asked) {
                alone.addAll(text(Learning.predict(learner, List.of(image))));
            }
            assertThat(text(Learning.predict(learner, asked))).isEqualTo(alone);
        }
    }

    /** The features of another file are others: what a learner answers comes from its file. */
    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void whatIsLearntComesFromTheFile(String method) throws IOException {
        BackboneFile other = TinyBackbone.file(
                dir.resolve("other.pt"), "return torch.flatten(torch.adaptive_avg_pool2d(x, [2, 2]), 1)");
        List<LabelledImage> images = stream(1);
        try (Learner one = TinyLearners.open(TinyBackbone.options(method, backbone), 1);
                Learner another = TinyLearners.open(TinyBackbone.options(method, other), 1)) {
            for (int i = 0; i < 120; i += BATCH) {
                observe(one, images, i);
                observe(another, images, i);
            }
            Map<String, byte[]> found = TinyLearners.state(another);
            assertThat(TinyLearners.state(one))
                    .anySatisfy((name, bytes) -> assertThat(bytes).isNotEqualTo(found.get(name)));
        }
    }

    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void anImageWithoutFeaturesIsTheTroubleOfItsLearner(String method) {
        LearnerOptions options = TinyBackbone.options(method, failing);
        LabelledImage black = new LabelledImage(new byte[TinyLearners.SHAPE.size()], Optional.empty());
        List<LabelledImage> images = stream(2);
        try (Learner learner = TinyLearners.open(options, 2)) {
            observe(learner, images, 0);
            assertThatThrownBy(() -> Learning.predict(learner, List.of(black)))
                    .isInstanceOf(NumericException.class)
                    .hasMessage(
                            "the backbone has no features of an image: image=8x8x1 gives values that are not finite");
            assertThat(Learning.predict(learner, images.subList(4, 8))).hasSize(4);
            assertThatThrownBy(() -> learner.predict(List.of(new byte[3])))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("image.pixels=3 must be 64");
        }
    }
}
