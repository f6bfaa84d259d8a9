package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** State of one key as some release may have written it. */
final class WrittenState {
    private WrittenState() {}

    /** What a release may have left of a key. */
    record Left(
            List<SourceRecord> pending,
            List<PendingFrame> frames,
            @Nullable KeyStatus status) {}

    /** Writes state as that release did; without frames it does not even know of them. */
    private static final class Writer extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<Left, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement(StreamRecord<Left> element) throws Exception {
            Left left = element.getValue();
            getKeyedStateStore().getListState(KeyState.PENDING).update(left.pending());
            getKeyedStateStore()
                    .getState(new ValueStateDescriptor<>(KeyState.TIMES, TypeInformation.of(KeyTimes.class)))
                    .update(KeyTimes.NONE);
            if (left.status() != null) {
                getKeyedStateStore()
                        .getState(new ValueStateDescriptor<>("status", TypeInformation.of(KeyStatus.class)))
                        .update(left.status());
            }
            if (!left.frames().isEmpty()) {
                getKeyedStateStore().getListState(KeyState.FRAMES).update(left.frames());
            }
        }
    }

    /** Takes the frames out of state. */
    private static final class Eraser extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<String, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement(StreamRecord<String> element) throws Exception {
            assertThat(getKeyedStateStore().getListState(KeyState.FRAMES).get()).isNotEmpty();
            getKeyedStateStore().getListState(KeyState.FRAMES).clear();
        }
    }

    static OperatorSubtaskState of(Left left) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, Left, String> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new Writer(), value -> PendingFramesTest.KEY, BasicTypeInfo.STRING_TYPE_INFO, 16, 1, 0)) {
            harness.open();
            harness.processElement(new StreamRecord<>(left));
            return harness.snapshot(1, 1);
        }
    }

    /** The same state without its frames. */
    static OperatorSubtaskState withoutFrames(OperatorSubtaskState state) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, String, String> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new Eraser(), value -> PendingFramesTest.KEY, BasicTypeInfo.STRING_TYPE_INFO, 16, 1, 0)) {
            harness.initializeState(state);
            harness.open();
            harness.processElement(new StreamRecord<>("erase"));
            return harness.snapshot(1, 1);
        }
    }
}
