package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.levit.ExpansionOptions;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.SharedStateRegistry;
import org.apache.flink.runtime.state.SharedStateRegistryImpl;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.junit.jupiter.api.Test;

/**
 * Components that merge, through incremental checkpoints: what is gone leaves the state, and restores change no byte.
 */
class MergedComponentsTest {
    private static final int MOST = 3;
    private static final int RECORDS = 720;
    private static final String KEY = "north";

    /** Every fill of the memory expands. */
    private static OperatorOptions options() {
        LearnerOptions base = TinyLearners.options("levit-no-dkf");
        ExpansionOptions e = TinyLearners.levit(base).expansion();
        LearnerOptions options = TinyLearners.with(
                base,
                new ExpansionOptions(
                        e.criterion(),
                        e.scale(),
                        1e-6,
                        e.codes(),
                        e.samples(),
                        e.evidence(),
                        e.warmUp(),
                        true,
                        0,
                        MOST,
                        e.falseAlarm()));
        return Records.options(options, Flush.SIZE);
    }

    private static List<KeyedRecord> records() {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 1);
        List<KeyedRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            LabelledImage image = simulator.phase(i / 120, 1, 0.2).get(0);
            // the same labels in every phase: else a world would merge with whichever has none of its own
            Optional<String> label = image.label().map(name -> name.substring(name.indexOf('-') + 1));
            records.add(Records.keyed(KEY, i, i, new LabelledImage(image.pixels(), label)));
        }
        return records;
    }

    /** Names of the frozen entries that are stored of the key. */
    private static List<String> frozen(LearnerHarness harness) throws Exception {
        KeyedStateBackend<String> backend =
                ((AbstractStreamOperator<?>) harness.flink().getOperator()).getKeyedStateBackend();
        backend.setCurrentKey(KEY);
        MapState<String, byte[]> stored = backend.getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new MapStateDescriptor<>(
                        "learner-frozen",
                        BasicTypeInfo.STRING_TYPE_INFO,
                        PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        List<String> names = new ArrayList<>();
        stored.keys().forEach(names::add);
        return names;
    }

    private static Map<String, List<String>> unbroken() throws Exception {
        Map<String, List<String>> outputs = new TreeMap<>();
        try (LearnerHarness harness = new LearnerHarness(options(), 1, 0)) {
            harness.flink().open();
            for (KeyedRecord record : records()) {
                harness.put(record);
            }
            harness.flink().endInput();
            harness.drainInto(outputs);
        }
        return outputs;
    }

    @Test
    void whatIsGoneLeavesTheStateAndARestoreFromAnyIncrementalCheckpointChangesNoByte() throws Exception {
        Map<String, List<String>> expected = unbroken();
        Map<String, List<String>> found = new TreeMap<>();
        List<KeyedRecord> records = records();
        SharedStateRegistry registry = new SharedStateRegistryImpl();
        TreeSet<String> everStored = new TreeSet<>();
        LearnerHarness harness = new LearnerHarness(options(), ResidentKeysTest.backend());
        try {
            harness.flink().open();
            for (int i = 0; i < RECORDS; i++) {
                harness.put(records.get(i));
                if (i % 40 == 39) {
                    int checkpoint = i / 40 + 1;
                    OperatorSubtaskState state = harness.flink().snapshot(checkpoint, checkpoint);
                    state.registerSharedStates(registry, checkpoint);
                    harness.flink().notifyOfCompletedCheckpoint(checkpoint);
                    List<String> stored = frozen(harness);
                    assertThat(stored).hasSizeLessThan(MOST).doesNotHaveDuplicates();
                    everStored.addAll(stored);
                    if (checkpoint % 3 == 0) {
                        harness.drainInto(found);
                        harness.close();
                        harness = new LearnerHarness(options(), ResidentKeysTest.backend());
                        harness.flink().initializeState(state);
                        harness.flink().open();
                        assertThat(frozen(harness)).containsExactlyInAnyOrderElementsOf(stored);
                    }
                }
            }
            harness.flink().endInput();
            harness.drainInto(found);
        } finally {
            harness.close();
        }
        assertThat(found).isEqualTo(expected);
        assertThat(everStored).as("components that were frozen").hasSizeGreaterThan(MOST);
    }

    @Test
    void anEventNamesBothComponentsAndIdsAreNeverGivenAgain() throws Exception {
        try (LearnerHarness harness = new LearnerHarness(options(), 1, 0)) {
            harness.flink().open();
            for (KeyedRecord record : records()) {
                harness.put(record);
            }
            harness.flink().endInput();
            List<ComponentCreated> created = harness.side(Outputs.COMPONENTS_CREATED);
            assertThat(created)
                    .extracting(ComponentCreated::getComponentId)
                    .isEqualTo(IntStream.range(2, created.size() + 2).boxed().toList());
            assertThat(created)
                    .extracting(ComponentCreated::getComponentCount)
                    .startsWith(2, MOST)
                    .endsWith(MOST, MOST);
            List<StreamEvent> events = harness.side(Outputs.EVENTS);
            assertThat(events).hasSize(created.size() - MOST + 1).allSatisfy(event -> {
                assertThat(event.getKind()).isEqualTo(EventKind.WORLDS_MERGED);
                assertThat(event.getStreamKey()).isEqualTo(KEY);
                assertThat(event.getProbability()).isNull();
                assertThat(event.getImages()).isNull();
                assertThat(event.getReason())
                        .matches("component \\d+ with \\d+ images has become part of component "
                                + event.getNearestComponentId() + ": .+");
            });
            assertThat(events.stream().map(event -> event.getReason().split(" ", -1)[1]))
                    .as("each goes once")
                    .doesNotHaveDuplicates();
        }
    }
}
