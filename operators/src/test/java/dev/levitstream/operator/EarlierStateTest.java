package dev.levitstream.operator;

import static dev.levitstream.operator.PendingFramesTest.BATCH;
import static dev.levitstream.operator.PendingFramesTest.KEY;
import static dev.levitstream.operator.PendingFramesTest.UNREADABLE;
import static dev.levitstream.operator.PendingFramesTest.options;
import static dev.levitstream.operator.PendingFramesTest.png;
import static dev.levitstream.operator.PendingFramesTest.records;
import static dev.levitstream.operator.PendingFramesTest.refusing;
import static dev.levitstream.operator.PendingFramesTest.restored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an earlier release left of the images that wait is decoded once. */
class EarlierStateTest {
    private static SourceRecord message(int offset) {
        byte[] pixels = new byte[TinyLearners.SHAPE.size()];
        return Records.source(
                offset, Records.bytes(KEY, KEY + "-" + offset, offset, TinyLearners.SHAPE, Encoding.RAW, pixels, "a"));
    }

    /** A bare picture as releases kept it that decoded late: in a message. */
    private static SourceRecord around(int offset, byte[] picture) {
        return around(offset, offset, picture);
    }

    private static SourceRecord around(int offset, long eventTime, byte[] picture) {
        ImageRecord image = new ImageRecord(
                KEY,
                KEY + "-" + offset,
                Instant.ofEpochMilli(eventTime),
                0,
                0,
                0,
                Encoding.PICTURE,
                ByteBuffer.wrap(picture),
                null);
        return Records.source(
                offset,
                new WireFormat<ImageRecord>(ImageRecord.getClassSchema(), EarlierRecords.AROUND_PICTURE).frame(image));
    }

    @Test
    void whatAnEarlierReleaseLeftIsDecodedOnce() throws Exception {
        byte[] noPicture = "no picture".getBytes(StandardCharsets.UTF_8);
        OperatorSubtaskState state = WrittenState.of(new WrittenState.Left(
                List.of(message(0), Records.source(1, UNREADABLE), around(2, png()), around(3, noPicture)),
                List.of(),
                null));
        try (LearnerHarness harness = restored(options("er"), state)) {
            harness.flink().setProcessingTime(5000);
            assertThat(harness.flink().extractOutputValues())
                    .extracting(Prediction::getImageId)
                    .containsExactly("camera-0", "camera-2");
            List<DeadLetter> letters = harness.side(Outputs.DEAD_LETTERS);
            assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(1L, 3L);
            assertThat(letters.get(0).getReason()).startsWith("topic images: message.bytes=3 must be");
            assertThat(letters.get(1).getReason()).startsWith("topic images: bytes.picture.");
            assertThat(Records.original(letters.get(0))).isEqualTo(UNREADABLE);
            assertThat(Records.original(letters.get(1))).isEqualTo(noPicture);
            state = harness.flink().snapshot(2, 2);
        }
        try (LearnerHarness harness = restored(refusing(options("er")), state)) {
            for (KeyedRecord record : records(3)) {
                harness.put(record);
                harness.flink().setProcessingTime(harness.flink().getProcessingTime() + 1000);
            }
            assertThat(harness.side(Outputs.DEAD_LETTERS)).isEmpty();
            assertThat(harness.flink().extractOutputValues())
                    .as("two that waited and two new ones were a batch")
                    .extracting(Prediction::getLearnerStep)
                    .containsExactly(0L, 0L, 1L);
        }
    }

    @Test
    void aPictureOfAnEarlierReleaseIsKeptAsItCame() throws Exception {
        EarlierRecords earlier = new EarlierRecords(FrameDecoder.of(options("er")));
        assertThat(earlier.decode(around(2, png())).source().value()).isEqualTo(png());
        assertThat(earlier.decode(message(3)).source())
                .usingRecursiveComparison()
                .isEqualTo(message(3));
    }

    @Test
    void aPictureOfAnEarlierReleaseIsRefusedByTheFieldThatItsTimeCameFrom() throws Exception {
        EarlierRecords earlier = new EarlierRecords(FrameDecoder.of(refusing(options("er"))));
        SourceRecord ofHeader = around(2, 2, png());
        SourceRecord ofTimestamp = around(2, 1002, png());
        assertThatThrownBy(() -> earlier.decode(ofHeader))
                .hasMessageStartingWith("topic images: header.event-time=1970-01-01T00:00:00.002Z must be");
        assertThatThrownBy(() -> earlier.decode(ofTimestamp))
                .hasMessageStartingWith("topic images: timestamp=1970-01-01T00:00:01.002Z must be");
    }

    @Test
    void whatWasAnsweredAndIsNoImageAnyMoreIsNotLearntAndNotTold() throws Exception {
        OperatorSubtaskState state = WrittenState.of(new WrittenState.Left(
                List.of(Records.source(0, UNREADABLE), message(1)), List.of(), new KeyStatus(2, 0, false, 0)));
        try (LearnerHarness harness = restored(options("er"), state)) {
            for (KeyedRecord record : records(4)) {
                harness.put(record);
                harness.flink().setProcessingTime(harness.flink().getProcessingTime() + 1000);
            }
            assertThat(harness.side(Outputs.DEAD_LETTERS)).isEmpty();
            assertThat(harness.flink().extractOutputValues())
                    .as("one that waited and three new ones were a batch")
                    .extracting(Prediction::getLearnerStep)
                    .containsExactly(0L, 0L, 0L, 1L);
        }
    }

    /** A job may be stopped and started many times before a key's next image comes. */
    @Test
    void whatWasDecodedIsStoredAlsoWhereNoImageCame() throws Exception {
        List<LabelledImage> images = new StreamSimulator(TinyLearners.SHAPE, 1).phase(0, 9, 0);
        OperatorSubtaskState state;
        try (LearnerHarness harness = new LearnerHarness(options("er"), 1, 0)) {
            harness.flink().open();
            for (int i = 0; i < BATCH + 2; i++) {
                harness.put(Records.keyed(KEY, i, i, images.get(i)));
                harness.flink().setProcessingTime(i + 1);
            }
            state = harness.flink().snapshot(1, 1);
        }
        try (LearnerHarness harness = restored(options("er"), WrittenState.withoutFrames(state))) {
            state = harness.flink().snapshot(2, 2);
        }
        try (LearnerHarness harness = restored(refusing(options("er")), state)) {
            for (int i = BATCH + 2; i < 9; i++) {
                harness.put(Records.keyed(KEY, i, i, images.get(i)));
                harness.flink().setProcessingTime(i + 1);
            }
            assertThat(harness.flink().extractOutputValues())
                    .as("two that waited and two new ones were a batch")
                    .extracting(Prediction::getLearnerStep)
                    .containsExactly(1L, 1L, 2L);
        }
    }

    /** A release that knows no frames would leave them as they are when it takes the records out. */
    @ParameterizedTest
    @CsvSource({"0, 5, frame", "0, 4, camera-5", "1, 5, camera-5"})
    void aFrameIsUsedForItsOwnRecordAlone(int partition, long offset, String expected) throws Exception {
        Frame frame = new Frame("frame", 7, new byte[TinyLearners.SHAPE.size()], null);
        OperatorSubtaskState state = WrittenState.of(
                new WrittenState.Left(List.of(message(5)), List.of(new PendingFrame(partition, offset, frame)), null));
        try (LearnerHarness harness = restored(options("er"), state)) {
            harness.flink().setProcessingTime(5000);
            assertThat(harness.flink().extractOutputValues())
                    .extracting(Prediction::getImageId)
                    .containsExactly(expected);
        }
    }
}
