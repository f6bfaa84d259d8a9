package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.StateEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LearnerStoreTest {
    /** Runs one step of a test under the key "k". */
    private static final class Host extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<Step, String> {
        private static final long serialVersionUID = 1L;
        private transient List<LearnerStore> stores = new ArrayList<>();

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            stores = new ArrayList<>(List.of(new LearnerStore(context)));
        }

        @Override
        public void processElement(StreamRecord<Step> element) throws Exception {
            element.getValue().run(stores.get(0));
        }
    }

    private interface Step {
        void run(LearnerStore store) throws Exception;
    }

    private static StateEntry entry(String name, long revision, boolean once, Supplier<byte[]> content) {
        return new StateEntry(name, revision, once, content);
    }

    private static void with(Step step) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, Step, String> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new Host(), value -> "k", BasicTypeInfo.STRING_TYPE_INFO)) {
            harness.open();
            harness.processElement(new StreamRecord<>(step));
        }
    }

    @Test
    void whatIsWrittenIsReadAlsoInChunksAndWhatIsGoneIsRemoved() throws Exception {
        byte[] large = new byte[(9 << 20) + 5];
        large[large.length - 1] = 7;
        with(store -> {
            LearnerStore.Written written = new LearnerStore.Written();
            store.write(
                    List.of(
                            entry("a", 1, false, () -> large),
                            entry("b", 1, false, () -> new byte[] {1}),
                            entry("f", 0, true, () -> large)),
                    written);
            LearnerStore.Written restored = new LearnerStore.Written();
            Map<String, byte[]> read = store.read(restored);
            assertThat(read.keySet()).containsExactlyInAnyOrder("a", "b", "f");
            assertThat(read.get("a")).isEqualTo(large);
            assertThat(read.get("f")).isEqualTo(large);
            store.write(
                    List.of(entry("a", 2, false, () -> new byte[] {2}), entry("f", 0, true, () -> large)), restored);
            Map<String, byte[]> again = store.read(new LearnerStore.Written());
            assertThat(again.keySet()).containsExactlyInAnyOrder("a", "f");
            assertThat(again.get("a")).containsExactly(2);
        });
    }

    /** Components go for good when two merge; what is large lies in several chunks. */
    @Test
    void aFrozenEntryThatIsGoneIsRemovedAlsoAfterARestore() throws Exception {
        byte[] large = new byte[(2 << 20) + 5];
        StateEntry first = entry("f", 0, true, () -> large);
        StateEntry second = entry("g", 0, true, () -> large);
        StateEntry third = entry("h", 0, true, () -> new byte[] {3});
        with(store -> {
            LearnerStore.Written written = new LearnerStore.Written();
            store.write(List.of(first, second), written);
            store.write(List.of(second, third), written);
            LearnerStore.Written restored = new LearnerStore.Written();
            assertThat(store.read(restored)).containsOnlyKeys("g", "h");
            store.write(List.of(third), restored);
            assertThat(store.read(new LearnerStore.Written()))
                    .containsOnlyKeys("h")
                    .containsEntry("h", new byte[] {3});
            // a name that comes again is another entry
            store.write(List.of(third, entry("g", 0, true, () -> new byte[] {7})), restored);
            assertThat(store.read(new LearnerStore.Written())).containsEntry("g", new byte[] {7});
        });
    }

    @Test
    void unchangedAndFrozenEntriesAreNotMadeAgain() throws Exception {
        List<String> made = new ArrayList<>();
        with(store -> {
            LearnerStore.Written written = new LearnerStore.Written();
            for (long revision : new long[] {1, 1, 2}) {
                store.write(
                        List.of(
                                entry("changing", revision, false, () -> {
                                    made.add("changing");
                                    return new byte[] {1};
                                }),
                                entry("frozen", 0, true, () -> {
                                    made.add("frozen");
                                    return new byte[] {1};
                                })),
                        written);
            }
            // another live copy, as after a restore: the frozen entry is there and stays untouched
            LearnerStore.Written restored = new LearnerStore.Written();
            store.read(restored);
            store.write(
                    List.of(entry("frozen", 0, true, () -> {
                        made.add("frozen");
                        return new byte[] {2};
                    })),
                    restored);
        });
        assertThat(made).containsExactlyInAnyOrder("changing", "frozen", "changing");
    }
}
