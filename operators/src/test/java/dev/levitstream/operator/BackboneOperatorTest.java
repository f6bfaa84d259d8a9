package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.testing.TinyBackbone;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        List<LabelledImage> images = TinyBackbone.embedded(
                options.learner(), LearnerContractTest.stream(4).subList(0, 150));
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

    /** From the bytes of images to what is learnt, the graph's two operators, with restarts of both at any image. */
    @Test
    void anImageIsEmbeddedOnceAndItsTokensComeBackFromState() throws Exception {
        BackboneFile file = TinyBackbone.inBlocks(Path.of(TinyBackbone.of(dir).path()), 3);
        OperatorOptions options = options("slda", file);
        List<LabelledImage> images = LearnerContractTest.stream(5).subList(0, 90);
        Map<String, List<String>> expected = new TreeMap<>();
        Map<String, List<String>> found = new TreeMap<>();
        LearnerHarness broken = open(options);
        EmbedHarness embed = EmbedHarness.opened(options);
        try (LearnerHarness whole = open(options)) {
            for (int i = 0; i < images.size(); i++) {
                embed.put(Records.keyed("key", i, i, images.get(i)));
                if (i % 13 == 4) {
                    embed.flink().prepareSnapshotPreBarrier(i);
                }
                for (KeyedRecord record : embed.drain()) {
                    assertThat(record.frame().pixels()).hasSize(192);
                    whole.put(record);
                    broken.put(record);
                }
                if (i % 13 == 4) {
                    broken.drainInto(found);
                    OperatorSubtaskState state = broken.flink().snapshot(i, i);
                    broken.close();
                    embed.close();
                    embed = EmbedHarness.opened(options);
                    broken = PendingFramesTest.restored(options, state);
                }
            }
            whole.flink().endInput();
            broken.flink().endInput();
            whole.drainInto(expected);
            broken.drainInto(found);
            assertThat(found).isEqualTo(expected).containsOnlyKeys("key");
        } finally {
            broken.close();
            embed.close();
        }
    }

    /** What waits in state of earlier releases are images, decoded or not: nothing here embeds them. */
    @Test
    void stateInWhichImagesWaitIsRefusedInOneLine() throws Exception {
        OperatorOptions options = options("slda", TinyBackbone.of(dir));
        KeyedRecord image = Records.keyed(
                PendingFramesTest.KEY, 5, 5, LearnerContractTest.stream(4).get(0));
        OperatorSubtaskState decoded = WrittenState.of(new WrittenState.Left(
                List.of(image.source()),
                List.of(new PendingFrame(0, 5, image.frame())),
                new KeyStatus(0, 0, false, 0)));
        refusesToGoOn(options, decoded);
        refusesToGoOn(options, WrittenState.of(new WrittenState.Left(List.of(image.source()), List.of(), null)));
    }

    private static void refusesToGoOn(OperatorOptions options, OperatorSubtaskState state) throws Exception {
        List<LabelledImage> embedded = TinyBackbone.embedded(
                options.learner(), LearnerContractTest.stream(4).subList(0, 1));
        try (LearnerHarness harness = PendingFramesTest.restored(options, state)) {
            assertThatThrownBy(() -> harness.put(Records.keyed(PendingFramesTest.KEY, 6, 6, embedded.get(0))))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessage("image=1 tokens of 96 must be what waits in the restored state: images of 64 bytes");
        }
    }
}
