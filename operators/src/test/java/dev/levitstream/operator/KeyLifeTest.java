package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.learner.replay.ReplayOptions;
import dev.levitstream.operator.KeyOptions.Failure;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One key's life and trouble are its own: snapshots of it, its failure, its end. */
class KeyLifeTest {
    private static final LearnerOptions ER = TinyLearners.options("er");

    private static List<LabelledImage> images(int count) {
        return new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, count, 0);
    }

    private static OperatorOptions options(LearnerOptions learner, KeyOptions keys) {
        OperatorOptions o = Records.options(learner, Flush.SIZE);
        return new OperatorOptions(
                learner,
                o.image(),
                keys,
                o.flush(),
                o.gapMillis(),
                o.waitMillis(),
                2,
                o.mostScores(),
                o.device(),
                o.eventTime(),
                o.pictures());
    }

    private static KeyOptions keys(Failure failure, Set<String> released, Set<String> reset) {
        return new KeyOptions(100, 0, failure, released, reset);
    }

    private static LearnerHarness open(OperatorOptions options, OperatorSubtaskState... state) throws Exception {
        LearnerHarness harness = new LearnerHarness(options, 1, 0);
        if (state.length > 0) {
            harness.flink().initializeState(state[0]);
        }
        harness.flink().open();
        return harness;
    }

    /** What the next records come to. */
    private static Map<String, List<String>> outputs(LearnerHarness harness, List<KeyedRecord> records)
            throws Exception {
        harness.drainInto(new TreeMap<>());
        for (KeyedRecord record : records) {
            harness.put(record);
        }
        harness.flink().setProcessingTime(harness.flink().getProcessingTime() + 1000);
        Map<String, List<String>> outputs = new TreeMap<>();
        harness.drainInto(outputs);
        return outputs;
    }

    /** A small reservoir, so that images in it are replaced all the time. */
    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void everySnapshotOfOneLiveLearnerIsThatLearner(String method) throws Exception {
        LearnerOptions learner = TinyLearners.with(
                TinyLearners.options(method),
                new MemoryOptions(64, MemoryOptions.Admission.RESERVOIR, MemoryOptions.Unlabelled.ALL));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 3);
        List<LabelledImage> images = new ArrayList<>(simulator.phase(0, 200, 0.2));
        images.addAll(simulator.phase(1, 90, 0.2));
        List<KeyedRecord> records = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            records.add(Records.keyed("north", i, i, images.get(i)));
        }
        OperatorOptions options = options(learner, KeyOptions.DEFAULT);
        try (LearnerHarness live = open(options)) {
            for (int i = 0; i + 40 < records.size(); i += 7) {
                for (KeyedRecord record : records.subList(Math.max(0, i - 7), i)) {
                    live.put(record);
                }
                OperatorSubtaskState state = live.flink().snapshot(i, i);
                if (i % 49 == 0) {
                    try (LearnerHarness one = open(options, state);
                            LearnerHarness other = open(options, one.flink().snapshot(i, i))) {
                        assertThat(outputs(other, records.subList(i, i + 40)))
                                .as("after " + i)
                                .isEqualTo(outputs(one, records.subList(i, i + 40)))
                                .isEqualTo(expected(options, records, i));
                    }
                }
            }
        }
    }

    private static Map<String, List<String>> expected(OperatorOptions options, List<KeyedRecord> records, int from)
            throws Exception {
        try (LearnerHarness whole = open(options)) {
            for (KeyedRecord record : records.subList(0, from)) {
                whole.put(record);
            }
            return outputs(whole, records.subList(from, from + 40));
        }
    }

    private static LearnerOptions diverging() {
        TrainingOptions t = ((ReplayOptions) ER.own()).training();
        return TinyLearners.with(
                ER, new TrainingOptions(t.batch(), 1e38, 1, t.beta1(), t.beta2(), t.klWeight(), t.augmentation()));
    }

    private static List<Long> answered(List<Prediction> predictions, String key) {
        return predictions.stream()
                .filter(prediction -> prediction.getStreamKey().equals(key))
                .map(Prediction::getLearnerStep)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aLearnerThatDivergesIsQuarantinedAndTheOthersGoOn(Failure failure) throws Exception {
        List<LabelledImage> images = images(40);
        OperatorOptions options = options(diverging(), keys(failure, Set.of(), Set.of()));
        OperatorSubtaskState state;
        int answered;
        try (LearnerHarness harness = open(options)) {
            for (int i = 0; i < 40; i++) {
                harness.put(Records.keyed("bad", i, i, images.get(i)));
                harness.flink().setProcessingTime(i + 1);
                if (i % 14 == 0) {
                    harness.put(Records.keyed("good", i, i, images.get(i)));
                }
            }
            List<Prediction> predictions = harness.flink().extractOutputValues();
            assertThat(answered(predictions, "good")).hasSize(3);
            answered = answered(predictions, "bad").size();
            assertThat(answered).isBetween(1, 39);
            assertThat(harness.side(Outputs.DEAD_LETTERS))
                    .hasSize(40 - answered)
                    .extracting(DeadLetter::getReason)
                    .containsOnly("streamKey=bad is in quarantine bad#1");
            assertThat(harness.side(Outputs.EVENTS)).singleElement().satisfies(event -> {
                assertThat(event.getKind()).isEqualTo(EventKind.KEY_QUARANTINED);
                assertThat(event.getStreamKey()).isEqualTo("bad");
                assertThat(event.getReason()).contains("must be finite", "quarantine.release=bad#1");
            });
            state = harness.flink().snapshot(1, 1);
        }
        try (LearnerHarness harness = open(options, state)) {
            harness.put(Records.keyed("bad", 40, 40, images.get(0)));
            assertThat(harness.side(Outputs.EVENTS)).as("told once").isEmpty();
            assertThat(harness.side(Outputs.DEAD_LETTERS)).hasSize(1);
        }
        assertReset(options, state, images);
    }

    /** A quarantine is ended by its name, and no later one with it. */
    private static void assertReset(OperatorOptions options, OperatorSubtaskState state, List<LabelledImage> images)
            throws Exception {
        KeyOptions reset = keys(options.keys().failure(), Set.of(), Set.of("bad#1"));
        KeyOptions released = keys(options.keys().failure(), Set.of("bad#1"), Set.of());
        try (LearnerHarness harness = open(options(diverging(), released), state)) {
            harness.put(Records.keyed("bad", 40, 40, images.get(0)));
            assertThat(harness.side(Outputs.EVENTS))
                    .extracting(StreamEvent::getKind)
                    .as("its parameters are what they were")
                    .containsExactly(EventKind.KEY_RELEASED, EventKind.KEY_QUARANTINED);
        }
        try (LearnerHarness harness = open(options(diverging(), reset), state)) {
            for (int i = 0; i < 40; i++) {
                harness.put(Records.keyed("bad", 40 + i, 40 + i, images.get(i)));
                harness.flink().setProcessingTime(i + 1);
            }
            assertThat(answered(harness.flink().extractOutputValues(), "bad"))
                    .as("as new")
                    .startsWith(0L, 0L, 0L, 0L, 1L);
            assertThat(harness.side(Outputs.EVENTS))
                    .extracting(event -> event.getKind() + " " + event.getCount())
                    .containsExactly("KEY_RESET 1", "KEY_QUARANTINED 2");
        }
    }

    @Test
    void aQuarantineIsNamedByKeyAndNumber() {
        assertThatThrownBy(() -> keys(Failure.ANSWER, Set.of("bad"), Set.of()))
                .hasMessage("quarantine.release=bad must be KEY#N, as the event KEY_QUARANTINED says");
    }

    @Test
    void imagesOfKeysBeyondTheMostAreDeadLettersAlsoAfterARestore() throws Exception {
        KeyOptions two = new KeyOptions(2, 0, Failure.ANSWER, Set.of(), Set.of());
        List<LabelledImage> images = images(3);
        OperatorSubtaskState state;
        try (LearnerHarness harness = open(options(ER, two))) {
            for (String key : List.of("one", "two", "one", "three", "two")) {
                harness.put(Records.keyed(key, 0, 0, images.get(0)));
            }
            assertThat(harness.flink().extractOutputValues()).hasSize(4);
            assertThat(harness.side(Outputs.DEAD_LETTERS))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.getReason())
                            .isEqualTo("topic images: streamKey=three must be one of the 2 keys of this subtask"
                                    + " (option keys.max)"));
            state = harness.flink().snapshot(1, 1);
        }
        try (LearnerHarness harness = open(options(ER, two), state)) {
            harness.put(Records.keyed("four", 0, 0, images.get(0)));
            harness.put(Records.keyed("two", 1, 1, images.get(1)));
            assertThat(harness.side(Outputs.DEAD_LETTERS)).hasSize(1);
            assertThat(harness.flink().extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void aKeyThatWasSilentForTooLongStartsAnewWhetherTheWatermarkSawItOrNot() throws Exception {
        KeyOptions hour = new KeyOptions(1, 3_600_000, Failure.ANSWER, Set.of(), Set.of());
        List<LabelledImage> images = images(6);
        for (boolean watermark : new boolean[] {false, true}) {
            try (LearnerHarness harness = open(options(ER, hour))) {
                for (int i = 0; i < 5; i++) {
                    harness.put(Records.keyed("north", i, 1000 + i * 3_600_000L, images.get(i)));
                    harness.flink().setProcessingTime(i + 1);
                }
                long last = 1000 + 4 * 3_600_000L;
                harness.flink().snapshot(1, 1); // so that there is state to remove
                if (watermark) {
                    harness.flink().processWatermark(new Watermark(last + 2 * 3_600_000L - 1));
                    assertThat(harness.side(Outputs.EVENTS)).isEmpty();
                    harness.flink().processWatermark(new Watermark(last + 2 * 3_600_000L));
                    assertThat(harness.side(Outputs.EVENTS))
                            .extracting(StreamEvent::getKind)
                            .containsExactly(EventKind.KEY_EXPIRED);
                    assertThat(harness.flink().numKeyedStateEntries()).isZero();
                    assertThat(harness.flink().numEventTimeTimers()).isZero();
                }
                harness.put(Records.keyed("north", 5, last + 3_600_001L, images.get(5)));
                assertThat(answered(harness.flink().extractOutputValues(), "north"))
                        .containsExactly(0L, 0L, 0L, 0L, 1L, 0L);
                assertThat(harness.side(Outputs.EVENTS)).hasSize(watermark ? 0 : 1);
                harness.put(Records.keyed("east", 6, last, images.get(5)));
                assertThat(harness.side(Outputs.DEAD_LETTERS))
                        .as("an expired key has made room for one")
                        .hasSize(1);
            }
        }
    }

    @Test
    void aKeyThatHasLearntLittleTakesLittleRoom() throws Exception {
        ImageShape mnist = new ImageShape(28, 28, 1);
        LearnerOptions learner = TinyLearners.stream("levit-dkf", mnist);
        List<LabelledImage> images = new StreamSimulator(mnist, 1).phase(0, 60, 0);
        try (LearnerHarness harness = open(options(learner, KeyOptions.DEFAULT))) {
            for (int k = 0; k < 30; k++) {
                harness.put(Records.keyed("key-" + k, 0, 0, images.get(k), mnist));
            }
            assertThat(harness.flink().snapshot(1, 1).getStateSize() / 30)
                    .as("bytes of a key with one image of 784 bytes, in its record and decoded")
                    .isLessThan(2500);
        }
        try (LearnerHarness harness = open(options(learner, KeyOptions.DEFAULT))) {
            for (int i = 0; i < 60; i++) {
                harness.put(Records.keyed("north", i, i, images.get(i), mnist));
                harness.flink().setProcessingTime(i + 1);
            }
            assertThat(harness.flink().snapshot(1, 1).getStateSize())
                    .as("bytes before the first update")
                    .isLessThan(700_000);
        }
    }
}
