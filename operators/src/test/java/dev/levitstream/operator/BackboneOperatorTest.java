package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

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
}
