package dev.levitstream.operator;

import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of the learner operator, and what it emits. */
final class LearnerHarness implements AutoCloseable {
    private final KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> harness;

    LearnerHarness(OperatorOptions options, int parallelism, int subtask) throws Exception {
        harness = Records.harness(options, parallelism, subtask);
    }

    /** A single subtask on another state backend. */
    LearnerHarness(OperatorOptions options, StateBackend backend) throws Exception {
        harness = Records.harness(options, 1, 0, backend);
    }

    KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> flink() {
        return harness;
    }

    void put(KeyedRecord record) throws Exception {
        harness.processElement(new StreamRecord<>(record, record.source().timestamp()));
    }

    /** Lets timers fire now and then, so that work is cut differently than without. */
    void tick(SplittableRandom random) throws Exception {
        if (random.nextInt(5) == 0) {
            harness.setProcessingTime(harness.getProcessingTime() + 1);
        }
    }

    void drainInto(Map<String, List<String>> outputs) {
        for (Prediction prediction : harness.extractOutputValues()) {
            outputs.computeIfAbsent(prediction.getStreamKey(), key -> new ArrayList<>())
                    .add(prediction.toString());
        }
        for (ComponentCreated created : side(Outputs.COMPONENTS_CREATED)) {
            outputs.computeIfAbsent(created.getStreamKey() + " created", key -> new ArrayList<>())
                    .add(created.toString());
        }
        for (StreamEvent event : side(Outputs.EVENTS)) {
            outputs.computeIfAbsent(event.getStreamKey() + " events", key -> new ArrayList<>())
                    .add(event.toString());
        }
        for (DeadLetter letter : side(Outputs.DEAD_LETTERS)) {
            outputs.computeIfAbsent("dead letters", key -> new ArrayList<>()).add(letter.toString());
        }
        harness.getOutput().clear();
    }

    /** What was emitted beside the predictions since it was last asked. */
    <T> List<T> side(OutputTag<T> tag) {
        Queue<StreamRecord<T>> queue = harness.getSideOutput(tag);
        List<T> values = new ArrayList<>();
        if (queue != null) {
            queue.forEach(record -> values.add(record.getValue()));
            queue.clear();
        }
        return values;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
