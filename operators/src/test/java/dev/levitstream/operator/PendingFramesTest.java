package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.picture.Fit;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What waits comes back from state as it came and as it was decoded. */
class PendingFramesTest {
    static final String KEY = "camera";
    static final int BATCH = 4;
    static final byte[] UNREADABLE = {1, 2, 3};

    static OperatorOptions options(String method) {
        return Records.options(TinyLearners.options(method), Flush.SIZE);
    }

    /** Under these no record of the tests could be decoded. */
    static OperatorOptions refusing(OperatorOptions o) {
        return new OperatorOptions(
                o.learner(),
                o.image(),
                o.keys(),
                o.flush(),
                o.gapMillis(),
                o.waitMillis(),
                o.residentKeys(),
                o.mostScores(),
                o.device(),
                new EventTimeOptions(Instant.parse("2100-01-01T00:00:00Z"), 0),
                o.pictures().with(Fit.EXACT));
    }

    static LearnerHarness restored(OperatorOptions options, OperatorSubtaskState state) throws Exception {
        LearnerHarness harness = new LearnerHarness(options, 1, 0);
        harness.flink().initializeState(state);
        harness.flink().open();
        return harness;
    }

    static List<KeyedRecord> records(int count) {
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, count, 0);
        return IntStream.range(0, count)
                .mapToObj(i -> Records.keyed(KEY, i, i, images.get(i)))
                .map(keyed -> new KeyedRecord(KEY, Records.source(keyed.source().offset(), UNREADABLE), keyed.frame()))
                .toList();
    }

    private static Map<String, List<String>> outputs(LearnerHarness harness, List<KeyedRecord> records)
            throws Exception {
        Map<String, List<String>> outputs = new TreeMap<>();
        for (KeyedRecord record : records) {
            harness.put(record);
            harness.flink().setProcessingTime(harness.flink().getProcessingTime() + 1000);
        }
        harness.flink().endInput();
        harness.drainInto(outputs);
        return outputs;
    }

    /** Their records could not be decoded again by any release, nor their event times be believed. */
    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void aRestoreDecodesNothingWhateverTheOptionsAreNow(String method) throws Exception {
        List<KeyedRecord> records = records(30);
        for (int waiting = 1; waiting < BATCH; waiting++) {
            OperatorSubtaskState state;
            Map<String, List<String>> expected;
            try (LearnerHarness harness = new LearnerHarness(options(method), 1, 0)) {
                harness.flink().open();
                for (KeyedRecord record : records.subList(0, BATCH + waiting)) {
                    harness.put(record);
                    harness.flink().setProcessingTime(harness.flink().getProcessingTime() + 1000);
                }
                state = harness.flink().snapshot(1, 1);
                harness.drainInto(new TreeMap<>());
                expected = outputs(harness, records.subList(BATCH + waiting, 30));
            }
            try (LearnerHarness harness = restored(refusing(options(method)), state)) {
                assertThat(outputs(harness, records.subList(BATCH + waiting, 30)))
                        .as("%d images waited", waiting)
                        .isEqualTo(expected);
            }
        }
    }

    static byte[] png() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }

    @Test
    void whatWaitsForAFailedLearnerBecomesLettersWithTheBytesThatCame() throws Exception {
        OperatorOptions o = options("er");
        OperatorOptions letters = new OperatorOptions(
                o.learner(),
                o.image(),
                new KeyOptions(100, 0, KeyOptions.Failure.DEAD_LETTER, Set.of(), Set.of()),
                o.flush(),
                o.gapMillis(),
                o.waitMillis(),
                o.residentKeys(),
                o.mostScores(),
                o.device(),
                o.eventTime(),
                o.pictures());
        KeyedRecord next = records(1).get(0);
        OperatorSubtaskState state = WrittenState.of(new WrittenState.Left(
                List.of(Records.source(5, png())),
                List.of(new PendingFrame(0, 5, next.frame())),
                new KeyStatus(0, 1, true, 0)));
        try (LearnerHarness harness = restored(letters, state)) {
            harness.put(next);
            List<DeadLetter> found = harness.side(Outputs.DEAD_LETTERS);
            assertThat(found).extracting(DeadLetter::getOffset).containsExactly(5L, 0L);
            assertThat(found)
                    .extracting(DeadLetter::getReason)
                    .containsOnly("streamKey=camera is in quarantine camera#1");
            assertThat(Records.original(found.get(0))).isEqualTo(png());
            assertThat(Records.original(found.get(1))).isEqualTo(UNREADABLE);
        }
    }
}
