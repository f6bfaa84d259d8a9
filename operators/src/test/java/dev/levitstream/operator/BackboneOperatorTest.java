package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.EventKind;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator, where its learners take a backbone's features. */
class BackboneOperatorTest {
    @TempDir
    private static Path dir;

    private static OperatorOptions options(String method, BackboneFile backbone) {
        LearnerOptions learner = TinyBackbone.options(method, backbone);
        return Records.options(learner, Flush.SIZE);
    }

    private static LearnerHarness open(OperatorOptions options) throws Exception {
        LearnerHarness harness = new LearnerHarness(options, 1, 0);
        harness.flink().open();
        return harness;
    }

    @ParameterizedTest
    @MethodSource(TinyBackbone.METHODS)
    void aSubtaskThatIsRestoredAtAnyRecordEmitsTheSame(String method) throws Exception {
        OperatorOptions options = options(method, TinyBackbone.of(dir));
        List<LabelledImage> images = LearnerContractTest.stream(4).subList(0, 150);
        Map<String, List<String>> expected = new TreeMap<>();
        Map<String, List<String>> found = new TreeMap<>();
        LearnerHarness broken = open(options);
        try (LearnerHarness whole = open(options)) {
            for (int i = 0; i < images.size(); i++) {
                KeyedRecord record = Records.keyed("key " + i % 2, i, i, images.get(i));
                whole.put(record);
                broken.put(record);
                if (i % 13 == 5) {
                    broken.drainInto(found);
                    OperatorSubtaskState state = broken.flink().snapshot(i, i);
                    broken.close();
                    broken = new LearnerHarness(options, 1, 0);
                    broken.flink().initializeState(state);
                    broken.flink().open();
                }
            }
            whole.flink().endInput();
            broken.flink().endInput();
            whole.drainInto(expected);
            broken.drainInto(found);
            assertThat(found).isEqualTo(expected).containsKeys("key 0", "key 1");
        } finally {
            broken.close();
        }
    }

    @Test
    void aKeyWhoseImageHasNoFeaturesIsQuarantinedAndTheOthersGoOn() throws Exception {
        List<LabelledImage> images = LearnerContractTest.stream(4);
        LabelledImage black = new LabelledImage(new byte[TinyLearners.SHAPE.size()], Optional.of("dark"));
        try (LearnerHarness harness = open(options("slda", TinyBackbone.failingOnBlack(dir)))) {
            for (int i = 0; i < 24; i++) {
                harness.put(Records.keyed("good", i, i, images.get(i)));
                harness.put(Records.keyed("bad", i, i, i == 10 ? black : images.get(i)));
            }
            harness.flink().endInput();
            assertThat(harness.flink().extractOutputValues())
                    .filteredOn(prediction -> prediction.getStreamKey().equals("good"))
                    .hasSize(24);
            assertThat(harness.flink().extractOutputValues())
                    .filteredOn(prediction -> prediction.getStreamKey().equals("bad"))
                    .hasSize(23);
            assertThat(harness.side(Outputs.DEAD_LETTERS))
                    .extracting(DeadLetter::getReason)
                    .containsExactly("streamKey=bad is in quarantine bad#1");
            assertThat(harness.side(Outputs.EVENTS)).singleElement().satisfies(event -> {
                assertThat(event.getKind()).isEqualTo(EventKind.KEY_QUARANTINED);
                assertThat(event.getReason()).startsWith("the backbone has no features of an image: image=8x8x1 gives");
            });
        }
    }

    @Test
    void aFileThatIsMissingHereOrAnotherEndsTheJobBeforeAnyImage() throws Exception {
        Path path = dir.resolve("elsewhere.pt");
        BackboneFile started = TinyBackbone.file(path, "return torch.flatten(x, 1)");
        BackboneFile other = TinyBackbone.file(path, "return torch.flatten(torch.square(x), 1)");
        refusesToOpen(started, "backbone=" + path + " has SHA-256 " + other.sha256() + ", must have ");
        Files.delete(path);
        refusesToOpen(started, "backbone=" + path + " cannot be read: no such file");
    }

    private static void refusesToOpen(BackboneFile file, String message) throws Exception {
        try (LearnerHarness harness = new LearnerHarness(options("ncm", file), 1, 0)) {
            assertThatThrownBy(() -> harness.flink().open())
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageStartingWith(message)
                    .hasMessageNotContaining("\n");
        }
    }
}
