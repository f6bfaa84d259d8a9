package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.Prediction;
import dev.levitstream.testing.Seeds;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator on Flink's harness: what is snapshotted and restored, anywhere, changes no byte of any output. */
class LearnerOperatorTest {
    private static final List<String> KEYS = List.of("north", "east", "south");
    private static final int RECORDS = 330;

    /** Three keys in random order, irregular event times, at last now and then a label too many. */
    private static List<KeyedRecord> stream(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        List<LabelledImage> images = new ArrayList<>(simulator.phase(0, RECORDS * 2 / 3, 0.2));
        images.addAll(simulator.phase(1, RECORDS / 3, 0.2));
        List<KeyedRecord> records = new ArrayList<>();
        long time = 0;
        for (int i = 0; i < images.size(); i++) {
            time += random.nextInt(10) == 0 ? 80 : 10;
            String key = KEYS.get(random.nextInt(KEYS.size()));
            boolean isOdd = i > RECORDS * 5 / 6 && random.nextInt(8) == 0;
            LabelledImage image = images.get(i);
            records.add(Records.keyed(
                    key, i, time, isOdd ? new LabelledImage(image.pixels(), Optional.of("odd-" + i)) : image));
        }
        return records;
    }

    private static LearnerOptions learner(String method) {
        return TinyLearners.withMostLabels(TinyLearners.options(method), 4); // those of the stream
    }

    private static Map<String, List<String>> unbroken(OperatorOptions options, List<KeyedRecord> records)
            throws Exception {
        Map<String, List<String>> outputs = new TreeMap<>();
        try (LearnerHarness harness = new LearnerHarness(options, 1, 0)) {
            harness.flink().open();
            for (KeyedRecord record : records) {
                harness.put(record);
            }
            harness.flink().endInput();
            harness.drainInto(outputs);
        }
        return outputs;
    }

    static Stream<Arguments> learnersFlushesAndSeeds() {
        return TinyLearners.methods()
                .flatMap(method -> Stream.of(Flush.SIZE, Flush.GAP)
                        .flatMap(flush -> Seeds.few().mapToObj(seed -> Arguments.of(method, flush, seed))));
    }

    @ParameterizedTest(name = "{0}, flush {1}, seed {2}")
    @MethodSource("learnersFlushesAndSeeds")
    void aSnapshotAtAnyRecordARescaleThereAndBackAndEvictionChangeNoByte(String method, Flush flush, long seed)
            throws Exception {
        List<KeyedRecord> records = stream(seed);
        Map<String, List<String>> expected = unbroken(Records.options(learner(method), flush), records);
        OperatorOptions options = Records.options(learner(method), flush, 1 + (int) seed % KEYS.size());

        SplittableRandom random = new SplittableRandom(seed + 77);
        int first = 1 + random.nextInt(RECORDS / 2);
        int second = first + 1 + random.nextInt(RECORDS / 3);
        Map<String, List<String>> found = new TreeMap<>();
        OperatorSubtaskState state;
        try (LearnerHarness one = new LearnerHarness(options, 1, 0)) {
            one.flink().open();
            for (KeyedRecord record : records.subList(0, first)) {
                one.put(record);
                one.tick(random);
            }
            state = one.flink().snapshot(1, 1);
            one.drainInto(found);
        }
        state = onTwoSubtasks(options, records.subList(first, second), state, found);
        try (LearnerHarness one = new LearnerHarness(options, 1, 0)) {
            one.flink().initializeState(state);
            one.flink().open();
            for (KeyedRecord record : records.subList(second, records.size())) {
                one.put(record);
                one.tick(random);
            }
            one.flink().endInput();
            one.drainInto(found);
        }
        assertThat(withSortedDeadLetters(found)).isEqualTo(withSortedDeadLetters(expected));
        long images = records.stream()
                .filter(record -> !String.valueOf(record.frame().label()).startsWith("odd"))
                .count();
        assertThat(predictions(found)).as("one prediction per image").isEqualTo(images);
    }

    private static OperatorSubtaskState onTwoSubtasks(
            OperatorOptions options,
            List<KeyedRecord> records,
            OperatorSubtaskState state,
            Map<String, List<String>> found)
            throws Exception {
        OperatorSubtaskState left = AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 16, 1, 2, 0);
        OperatorSubtaskState right = AbstractStreamOperatorTestHarness.repartitionOperatorState(state, 16, 1, 2, 1);
        try (LearnerHarness a = new LearnerHarness(options, 2, 0);
                LearnerHarness b = new LearnerHarness(options, 2, 1)) {
            a.flink().initializeState(left);
            b.flink().initializeState(right);
            a.flink().open();
            b.flink().open();
            for (KeyedRecord record : records) {
                (subtask(record.streamKey()) == 0 ? a : b).put(record);
            }
            OperatorSubtaskState both = AbstractStreamOperatorTestHarness.repackageState(
                    a.flink().snapshot(2, 2), b.flink().snapshot(2, 2));
            a.drainInto(found);
            b.drainInto(found);
            return AbstractStreamOperatorTestHarness.repartitionOperatorState(both, 16, 2, 1, 0);
        }
    }

    private static int subtask(String key) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, 16, 2);
    }

    private static Map<String, List<String>> withSortedDeadLetters(Map<String, List<String>> outputs) {
        Map<String, List<String>> sorted = new TreeMap<>(outputs);
        sorted.computeIfPresent(
                "dead letters", (key, letters) -> letters.stream().sorted().toList());
        return sorted;
    }

    private static long predictions(Map<String, List<String>> outputs) {
        return outputs.values().stream()
                .flatMap(List::stream)
                .filter(line -> line.contains("learnerStep"))
                .count();
    }

    @Test
    void theStreamsOfTheTestsMakeLearnersExpand() throws Exception {
        List<String> lines = unbroken(Records.options(learner("levit-dkf"), Flush.SIZE), stream(0)).values().stream()
                .flatMap(List::stream)
                .toList();
        assertThat(lines).anyMatch(line -> line.contains("componentCount"));
        assertThat(lines).anyMatch(line -> line.contains("must be one of the 4 labels known"));
    }

    /** Batches that the learner of "north" had learnt from before each of its answers. */
    private static List<Long> stepsOfNorth(LearnerHarness harness) {
        return harness.flink().extractOutputValues().stream()
                .filter(prediction -> prediction.getStreamKey().equals("north"))
                .map(Prediction::getLearnerStep)
                .toList();
    }

    @Test
    void aGapInTheKeysOwnEventTimesClosesItsBatch() throws Exception {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 1);
        List<LabelledImage> images = simulator.phase(0, 4, 0);
        OperatorOptions options = Records.options(learner("er"), Flush.GAP);
        try (LearnerHarness harness = new LearnerHarness(options, 1, 0)) {
            harness.flink().open();
            harness.put(Records.keyed("north", 0, 0, images.get(0)));
            harness.put(Records.keyed("north", 1, 50, images.get(1)));
            harness.put(Records.keyed("east", 2, 5000, images.get(2)));
            assertThat(stepsOfNorth(harness))
                    .as("answered as they come; no gap yet, another key's time does not count")
                    .containsExactly(0L, 0L);
            harness.put(Records.keyed("north", 3, 101, images.get(3)));
            assertThat(stepsOfNorth(harness)).as("learnt before the next").containsExactly(0L, 0L, 1L);
        }
    }

    @ParameterizedTest
    @EnumSource(Flush.class)
    void everyImageIsAnsweredWhenItComesAlsoTheLastAndAnOnlyOne(Flush flush) throws Exception {
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, 11, 0);
        LearnerOptions oneSlice = TinyLearners.with(learner("er"), new BudgetOptions(0, 1, 0, 50));
        try (LearnerHarness harness = new LearnerHarness(Records.options(oneSlice, flush), 1, 0)) {
            harness.flink().open();
            harness.put(Records.keyed("only-one-image", 0, 0, images.get(0)));
            assertThat(harness.flink().extractOutputValues()).hasSize(1);
            for (int i = 0; i < 11; i++) {
                harness.put(Records.keyed("north", i, i, images.get(i)));
                assertThat(stepsOfNorth(harness)).hasSize(i + 1).endsWith((long) i / 4);
            }
        }
    }

    @Test
    void aWaitingBatchIsLearntWhenItsTimeIsUpAlsoAfterARestore() throws Exception {
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, 2, 0);
        OperatorOptions options = Records.options(learner("levit-dkf"), Flush.WAIT);
        OperatorSubtaskState state;
        try (LearnerHarness harness = new LearnerHarness(options, 1, 0)) {
            harness.flink().open();
            harness.flink().setProcessingTime(1000);
            harness.put(Records.keyed("north", 0, 0, images.get(0)));
            harness.flink().setProcessingTime(1099);
            state = harness.flink().snapshot(1, 1);
        }
        for (int after : new int[] {1099, 1100}) {
            try (LearnerHarness harness = new LearnerHarness(options, 1, 0)) {
                harness.flink().initializeState(state);
                harness.flink().open();
                harness.flink().setProcessingTime(after);
                harness.put(Records.keyed("north", 1, 1, images.get(1)));
                assertThat(stepsOfNorth(harness)).containsExactly(after - 1099L);
            }
        }
    }

    static Stream<Arguments> bounds() {
        LearnerOptions options = learner("levit-dkf");
        return Stream.of(
                Arguments.of(
                        TinyLearners.withClasses(options, 2), "must be one of the 2 classes known (option classes)"),
                Arguments.of(
                        TinyLearners.withMostLabels(options, 2),
                        "must be one of the 2 labels known (option labels.max)"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("bounds")
    void aLabelBeyondTheMostBecomesADeadLetterAndTheStreamGoesOn(LearnerOptions options, String rule) throws Exception {
        List<LabelledImage> images = new ArrayList<>(new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, 30, 0));
        images.addAll(new StreamSimulator(TinyLearners.SHAPE, 1).phase(1, 3, 0));
        try (LearnerHarness harness = new LearnerHarness(Records.options(options, Flush.SIZE), 1, 0)) {
            harness.flink().open();
            for (int i = 0; i < images.size(); i++) {
                harness.put(Records.keyed("north", i, i, images.get(i)));
            }
            harness.flink().endInput();
            assertThat(harness.flink().extractOutputValues()).hasSize(30);
            assertThat(harness.side(Outputs.DEAD_LETTERS))
                    .hasSize(3)
                    .allMatch(letter -> letter.getReason().endsWith(rule));
        }
    }
}
