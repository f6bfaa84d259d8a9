package dev.levitstream.learner;

import static dev.levitstream.learner.LearnerContractTest.assertInvariants;
import static dev.levitstream.learner.LearnerContractTest.assertSameBytes;
import static dev.levitstream.learner.LearnerContractTest.observe;
import static dev.levitstream.learner.LearnerContractTest.stream;
import static dev.levitstream.learner.LearnerContractTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What learners promise, where they take a backbone's features or tokens. */
class BackboneLearnersTest {
    private static final int BATCH = 4;

    @TempDir
    private static Path dir;

    private static BackboneFile backbone = BackboneFile.NONE;

    @BeforeAll
    static void writeFiles() throws IOException {
        backbone = TinyBackbone.of(dir);
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
        List<LabelledImage> images = TinyBackbone.embedded(options, stream(seed));
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
        List<LabelledImage> images = TinyBackbone.embedded(options, stream(3));
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
        LearnerOptions ofOne = TinyBackbone.options(method, backbone);
        LearnerOptions ofAnother = TinyBackbone.options(method, other);
        List<LabelledImage> seenByOne = TinyBackbone.embedded(ofOne, stream(1));
        List<LabelledImage> seenByAnother = TinyBackbone.embedded(ofAnother, stream(1));
        try (Learner one = TinyLearners.open(ofOne, 1);
                Learner another = TinyLearners.open(ofAnother, 1)) {
            for (int i = 0; i < 120; i += BATCH) {
                observe(one, seenByOne, i);
                observe(another, seenByAnother, i);
            }
            Map<String, byte[]> found = TinyLearners.state(another);
            assertThat(TinyLearners.state(one))
                    .anySatisfy((name, bytes) -> assertThat(bytes).isNotEqualTo(found.get(name)));
        }
    }

    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void anInputOfAnotherLengthIsRefused(String method) {
        LearnerOptions options = TinyBackbone.options(method, backbone);
        try (Learner learner = TinyLearners.open(options, 2)) {
            int right = options.input().bytes();
            for (int length : new int[] {0, 64, right - 1, right + 1}) {
                assertThatThrownBy(() -> learner.predict(List.of(new byte[length])))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("image.pixels=" + length + " must be " + right);
            }
        }
    }

    /** State that was learnt from images, as by an earlier release, is not that of a learner of features. */
    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void stateOfALearnerOfImagesIsRefused(String method) {
        LearnerOptions options = TinyBackbone.options(method, backbone);
        try (Learner learner = TinyLearners.open(TinyLearners.options(method), 0)) {
            observe(learner, stream(0), 0);
            Map<String, byte[]> state = TinyLearners.state(learner);
            assertThatThrownBy(() -> TinyLearners.restore(options, state))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("image=" + options.input() + " must be 8x8x1 as in the restored state");
        }
    }

    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void aMethodOfSumsIsGivenOneTokenOfAnImageAndLevitAll(String method) {
        TokenShape expected = TinyLearners.isLevit(method) ? new TokenShape(16, 24) : new TokenShape(1, 96);
        assertThat(TinyBackbone.options(method, backbone).input()).isEqualTo(expected);
        assertThat(TinyLearners.options(method).input()).isEqualTo(TinyLearners.SHAPE);
    }
}
