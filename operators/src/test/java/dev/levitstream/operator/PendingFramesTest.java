package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.picture.Fit;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What waits comes back from state as it was decoded; what an earlier release left is decoded once. */
class PendingFramesTest {
    private static final String KEY = "camera";
    private static final int BATCH = 4;
    private static final byte[] UNREADABLE = {1, 2, 3};

    /** What a release may have left of a key. */
    private record Left(
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

    private static OperatorSubtaskState state(Left left) throws Exception {
        try (KeyedOneInputStreamOperatorTestHarness<String, Left, String> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new Writer(), value -> KEY, BasicTypeInfo.STRING_TYPE_INFO, 16, 1, 0)) {
            harness.open();
            harness.processElement(new StreamRecord<>(left));
            return harness.snapshot(1, 1);
        }
    }

    private static OperatorOptions options(String method) {
        return Records.options(TinyLearners.options(method), Flush.SIZE);
    }

    /** Under these no record of the tests could be decoded. */
    private static OperatorOptions refusing(OperatorOptions o) {
        return new OperatorOptions(
                o.learner(),
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

    private static LearnerHarness restored(OperatorOptions options, OperatorSubtaskState state) throws Exception {
        LearnerHarness harness = new LearnerHarness(options, 1, 0);
        harness.flink().initializeState(state);
        harness.flink().open();
        return harness;
    }

    private static List<KeyedRecord> records(int count) {
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

    private static byte[] png() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }

    @Test
    void whatAnEarlierReleaseLeftIsDecodedOnce() throws Exception {
        byte[] noPicture = "no picture".getBytes(StandardCharsets.UTF_8);
        OperatorSubtaskState state = state(new Left(
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
        OperatorSubtaskState state = state(
                new Left(List.of(Records.source(0, UNREADABLE), message(1)), List.of(), new KeyStatus(2, 0, false, 0)));
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

    /** A release that knows no frames would leave them as they are when it takes the records out. */
    @ParameterizedTest
    @CsvSource({"0, 5, frame", "0, 4, camera-5", "1, 5, camera-5"})
    void aFrameIsUsedForItsOwnRecordAlone(int partition, long offset, String expected) throws Exception {
        Frame frame = new Frame("frame", 7, new byte[TinyLearners.SHAPE.size()], null);
        OperatorSubtaskState state =
                state(new Left(List.of(message(5)), List.of(new PendingFrame(partition, offset, frame)), null));
        try (LearnerHarness harness = restored(options("er"), state)) {
            harness.flink().setProcessingTime(5000);
            assertThat(harness.flink().extractOutputValues())
                    .extracting(Prediction::getImageId)
                    .containsExactly(expected);
        }
    }
}
