package dev.levitstream.operator;

import dev.levitstream.schema.DeadLetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** One subtask that embeds, and what it emits. */
final class EmbedHarness implements AutoCloseable {
    private final OneInputStreamOperatorTestHarness<KeyedRecord, KeyedRecord> harness;
    /** Flink's own way to hand over records: one object for all. */
    private final StreamRecord<KeyedRecord> reused = new StreamRecord<>(Records.keyed("none", 0, 0, Records.black()));

    /** @param environment of the process; several subtasks may have one */
    EmbedHarness(OperatorOptions options, MockEnvironment environment) throws Exception {
        harness = new OneInputStreamOperatorTestHarness<>(new EmbedOperatorFactory(options), environment);
        harness.setup(TypeInformation.of(KeyedRecord.class).createSerializer(new SerializerConfigImpl()));
    }

    /** One that is open, alone in its process. */
    static EmbedHarness opened(OperatorOptions options) throws Exception {
        EmbedHarness harness = new EmbedHarness(options, environment());
        harness.flink().open();
        return harness;
    }

    static MockEnvironment environment() {
        return new MockEnvironmentBuilder().build();
    }

    OneInputStreamOperatorTestHarness<KeyedRecord, KeyedRecord> flink() {
        return harness;
    }

    void put(KeyedRecord record) throws Exception {
        reused.replace(record, record.source().timestamp());
        harness.processElement(reused);
    }

    /** What went on to its key since this was last asked. */
    List<KeyedRecord> drain() {
        List<KeyedRecord> all = new ArrayList<>();
        for (StreamRecord<? extends KeyedRecord> record : harness.extractOutputStreamRecords()) {
            all.add(record.getValue());
        }
        harness.getOutput().clear();
        return all;
    }

    List<DeadLetter> letters() {
        Queue<StreamRecord<DeadLetter>> queue = harness.getSideOutput(Outputs.DEAD_LETTERS);
        return queue == null
                ? List.of()
                : queue.stream().map(StreamRecord::getValue).toList();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
