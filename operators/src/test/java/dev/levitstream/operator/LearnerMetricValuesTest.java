package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.schema.Prediction;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** Metrics of the learner operator say what it emits. */
class LearnerMetricValuesTest {
    private static final int IMAGES = 120;

    private final RecordedMetrics metrics = new RecordedMetrics();

    @Test
    void accuracyLossesAndDeadLettersAreThoseOfWhatWasEmitted() throws Exception {
        OperatorOptions options = Records.options(
                TinyLearners.withMostLabels(TinyLearners.options("levit-dkf"), 4), OperatorOptions.Flush.SIZE);
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, IMAGES, 0.2);
        int labelled = 0;
        int right = 0;
        try (MockEnvironment process = new MockEnvironmentBuilder()
                        .setMetricGroup(metrics.task())
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
            assertThat(metrics.gauge("accuracy.window").doubleValue()).isNaN();
            assertThat(metrics.gauge("loss.vae").doubleValue()).isNaN();
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
            assertThat(metrics.gauge("keys.live.count")).isEqualTo(1);
            assertThat(metrics.gauge("components.largest.count").longValue()).isPositive();
            assertThat(metrics.gauge("memory.images").longValue()).isPositive();
            assertThat(metrics.gauge("loss.vae").doubleValue()).isFinite().isPositive();
            assertThat(metrics.gauge("loss.cross-entropy").doubleValue())
                    .isFinite()
                    .isPositive();
        }
        long accepted = metrics.count("images.count");
        assertThat(metrics.count("dead-letters.by-part.count label"))
                .isEqualTo(metrics.count("dead-letters.count"))
                .isPositive();
        long admitted = accepted - IMAGES; // odd labels that still found room, each answered wrongly
        assertThat(metrics.count("accuracy.images.count")).isEqualTo(labelled + admitted);
        assertThat(metrics.count("accuracy.right.count")).isEqualTo(right).isPositive();
        assertThat(metrics.gauge("accuracy.window").doubleValue()).isEqualTo((double) right / (labelled + admitted));
    }

    @Test
    void learnersAreCountedWhileTheyAreInMemory() {
        LearnerMetrics learners = new LearnerMetrics(metrics.task());
        learners.gauges(() -> 3, () -> 0);
        learners.loaded("a", description(1, 10, 2), 1);
        learners.loaded("b", description(4, 20, 30), 1);
        learners.loaded("c", LearnerDescription.ofLabels(List.of("one")), 1);
        assertHeld(3, 4, 30, 32);
        learners.learnt("a", description(6, 15, 0));
        assertHeld(3, 6, 35, 30);
        learners.evicted("a");
        assertHeld(2, 4, 20, 30);
        learners.forgotten("b");
        assertHeld(1, 0, 0, 0);
    }

    private static LearnerDescription description(int components, int memoryImages, long queuedWork) {
        return new LearnerDescription(
                List.of(), 0, OptionalInt.of(components), OptionalInt.of(memoryImages), queuedWork, Optional.empty());
    }

    private void assertHeld(int learners, long largest, long images, long queued) {
        assertThat(metrics.gauge("keys.live.count")).isEqualTo(learners);
        assertThat(metrics.gauge("components.largest.count")).isEqualTo(largest);
        assertThat(metrics.gauge("memory.images")).isEqualTo(images);
        assertThat(metrics.gauge("work.queued")).isEqualTo(queued);
    }
}
