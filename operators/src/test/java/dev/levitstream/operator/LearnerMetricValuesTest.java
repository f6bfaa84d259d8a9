package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.schema.Prediction;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Metrics of the learner operator say what it emits. */
class LearnerMetricValuesTest {
    private static final int IMAGES = 120;

    private final Map<String, Metric> metrics = new HashMap<>();

    @Test
    void accuracyLossesAndDeadLettersAreThoseOfWhatWasEmitted() throws Exception {
        TestingMetricRegistry registry = TestingMetricRegistry.builder()
                .setRegisterConsumer((metric, name, group) -> metrics.put(name, metric))
                .build();
        OperatorOptions options = Records.options(
                TinyLearners.withMostLabels(TinyLearners.options("levit-dkf"), 4), OperatorOptions.Flush.SIZE);
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, IMAGES, 0.2);
        int labelled = 0;
        int right = 0;
        try (MockEnvironment process = new MockEnvironmentBuilder()
                        .setMetricGroup(TaskManagerMetricGroup.createTaskManagerMetricGroup(
                                        registry, "host", ResourceID.generate())
                                .addJob(new JobID(), "job")
                                .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task"))
                        .setMaxParallelism(16)
                        .build();
                OneInputStreamOperatorTestHarness<KeyedRecord, Prediction> harness =
                        new OneInputStreamOperatorTestHarness<>(
                                new LearnerOperatorFactory(options, Map.of()), process)) {
            KeySelector<KeyedRecord, String> key = KeyedRecord::streamKey;
            harness.getStreamConfig().setStatePartitioner(0, key);
            harness.getStreamConfig().setStateKeySerializer(StringSerializer.INSTANCE);
            harness.getStreamConfig().serializeAllConfigs();
            harness.setup(new AvroTypeInfo<>(Prediction.class).createSerializer(new SerializerConfigImpl()));
            harness.open();
            assertThat(gauge("accuracy.window").doubleValue()).isNaN();
            assertThat(gauge("loss.vae").doubleValue()).isNaN();
            for (int i = 0; i < IMAGES; i++) {
                harness.processElement(new StreamRecord<>(Records.keyed("north", i, i, images.get(i)), i));
            }
            for (int i = 0; i < 5; i++) {
                LabelledImage odd = new LabelledImage(images.get(0).pixels(), Optional.of("odd-" + i));
                harness.processElement(new StreamRecord<>(Records.keyed("north", IMAGES + i, IMAGES, odd), IMAGES));
            }
            harness.endInput();
            List<Prediction> answers = harness.extractOutputValues();
            for (int i = 0; i < IMAGES; i++) {
                Optional<String> label = images.get(i).label();
                labelled += label.isPresent() ? 1 : 0;
                right += label.isPresent() && label.get().equals(answers.get(i).getPredictedLabel()) ? 1 : 0;
            }
            assertThat(gauge("keys.live.count")).isEqualTo(1);
            assertThat(gauge("components.largest.count").longValue()).isPositive();
            assertThat(gauge("memory.images").longValue()).isPositive();
            assertThat(gauge("work.queued").longValue()).isNotNegative();
            assertThat(gauge("loss.vae").doubleValue()).isFinite().isPositive();
            assertThat(gauge("loss.cross-entropy").doubleValue()).isFinite().isPositive();
        }
        long accepted = count("images.count");
        assertThat(count("dead-letters.by-part.count"))
                .isEqualTo(count("dead-letters.count"))
                .isPositive();
        long admitted = accepted - IMAGES; // odd labels that still found room, each answered wrongly
        assertThat(count("accuracy.images.count")).isEqualTo(labelled + admitted);
        assertThat(count("accuracy.right.count")).isEqualTo(right).isPositive();
        assertThat(gauge("accuracy.window").doubleValue()).isEqualTo((double) right / (labelled + admitted));
    }

    private Number gauge(String name) {
        return (Number) ((Gauge<?>) Objects.requireNonNull(metrics.get(name), name)).getValue();
    }

    private long count(String name) {
        return ((Counter) Objects.requireNonNull(metrics.get(name), name)).getCount();
    }
}
