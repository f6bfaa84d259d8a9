package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import dev.levitstream.testing.TinyLearners;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both formats through the reader of frames, and on through the operator of learners. */
class FrameReaderTest {
    private static final byte[] CAMERA = "camera".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NO_PICTURE = "no picture".getBytes(StandardCharsets.UTF_8);
    private static final OperatorOptions OPTIONS = Records.options(TinyLearners.options("er"), Flush.SIZE);

    private static OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader(InputFormat format)
            throws Exception {
        return ProcessFunctionTestHarnesses.forProcessFunction(new FrameReader(format, OPTIONS));
    }

    private static ReceivedRecord picture(long offset, byte @Nullable [] key, byte @Nullable [] value) {
        return new ReceivedRecord(Records.source(offset, value), key, null, null, null);
    }

    private static byte[] png() {
        BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 4, 0xFFAA00);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static List<DeadLetter> letters(Iterable<StreamRecord<DeadLetter>> output) {
        List<DeadLetter> letters = new ArrayList<>();
        if (output != null) {
            output.forEach(record -> letters.add(record.getValue()));
        }
        return letters;
    }

    @ParameterizedTest
    @EnumSource(InputFormat.class)
    void noticesOfTheSourceBecomeEvents(InputFormat format) throws Exception {
        StreamEvent event = Outputs.event(EventKind.IMAGES_SKIPPED, "camera", 5, 0, "gone");
        byte[] value = new WireFormat<StreamEvent>(StreamEvent.getClassSchema()).frame(event);
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(format)) {
            reader.processElement(
                    ReceivedRecord.of(new SourceRecord(Records.TOPIC, 0, SourceRecord.NOTICE, 5, value)), 5);
            assertThat(reader.extractOutputValues()).isEmpty();
            assertThat(reader.getSideOutput(Outputs.EVENTS))
                    .singleElement()
                    .satisfies(record -> assertThat(record.getValue()).isEqualTo(event));
        }
    }

    @Test
    void unusablePicturesBecomeLettersWithTheirBytes() throws Exception {
        byte[] cut = Arrays.copyOf(png(), 50);
        byte[] message = Records.bytes("camera", "7", 9, TinyLearners.SHAPE, Encoding.RAW, new byte[64], null);
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(InputFormat.IMAGE)) {
            reader.processElement(picture(0, null, png()), 10);
            reader.processElement(picture(1, CAMERA, null), 11);
            reader.processElement(picture(2, CAMERA, new byte[0]), 12);
            reader.processElement(picture(3, CAMERA, message), 13);
            reader.processElement(picture(4, CAMERA, NO_PICTURE), 14);
            reader.processElement(picture(5, CAMERA, cut), 15);
            assertThat(reader.extractOutputValues()).isEmpty();
            assertThat(reader.getSideOutput(Outputs.DEAD_LETTERS))
                    .extracting(StreamRecord::getTimestamp)
                    .containsExactly(10L, 11L, 12L, 13L, 14L, 15L);
            List<DeadLetter> letters = letters(reader.getSideOutput(Outputs.DEAD_LETTERS));
            assertThat(letters.subList(0, 3))
                    .extracting(DeadLetter::getReason)
                    .containsExactly(
                            "topic images: key=null must be the stream key",
                            "topic images: value=null must be a picture",
                            "topic images: value.bytes=0 must be 1 to 16777216");
            assertThat(letters.subList(3, 6))
                    .extracting(DeadLetter::getReason)
                    .allMatch(reason -> reason.startsWith("topic images: bytes.picture."));
            assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
            assertThat(letters.get(1).getBytes()).isNull();
            byte[][] values = {png(), null, new byte[0], message, NO_PICTURE, cut};
            for (int i : new int[] {0, 2, 3, 4, 5}) {
                assertThat(Records.original(letters.get(i))).isEqualTo(values[i]);
            }
        }
    }

    @Test
    void aMessageThatCannotBeDecodedBecomesALetterWithItsBytes() throws Exception {
        byte[] value = Records.bytes("camera", "7", 9, TinyLearners.SHAPE, Encoding.RAW, new byte[63], null);
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(InputFormat.AVRO)) {
            reader.processElement(ReceivedRecord.of(Records.source(3, value)), 0);
            assertThat(reader.extractOutputValues()).isEmpty();
            assertThat(letters(reader.getSideOutput(Outputs.DEAD_LETTERS)))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.getReason()).isEqualTo("topic images: bytes.length=63 must be 64 for 8x8x1");
                        assertThat(letter.getOffset()).isEqualTo(3);
                        assertThat(Records.original(letter)).isEqualTo(value);
                    });
        }
    }

    @Test
    void aMessageIsDecodedAndGoesOnAsItCame() throws Exception {
        byte[] pixels = new byte[TinyLearners.SHAPE.size()];
        new SplittableRandom(5).nextBytes(pixels);
        SourceRecord source =
                Records.source(3, Records.bytes("camera", "7", 9, TinyLearners.SHAPE, Encoding.RAW, pixels, "cat"));
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(InputFormat.AVRO)) {
            reader.processElement(ReceivedRecord.of(source), 0);
            assertThat(reader.extractOutputValues()).singleElement().satisfies(keyed -> {
                assertThat(keyed.streamKey()).isEqualTo("camera");
                assertThat(keyed.source()).usingRecursiveComparison().isEqualTo(source);
                assertThat(keyed.frame().imageId()).isEqualTo("7");
                assertThat(keyed.frame().eventTime()).isEqualTo(9);
                assertThat(keyed.frame().pixels()).isEqualTo(pixels);
                assertThat(keyed.frame().label()).isEqualTo("cat");
            });
        }
    }

    /** The producer's own bytes are in the letter, from whichever task it comes. */
    @Test
    void picturesAreAnsweredOrLeaveAsTheyCame() throws Exception {
        OperatorOptions o = OPTIONS;
        OperatorOptions oneKey = new OperatorOptions(
                o.learner(),
                o.image(),
                new KeyOptions(1, 0, KeyOptions.Failure.ANSWER, Set.of(), Set.of()),
                o.flush(),
                o.gapMillis(),
                o.waitMillis(),
                o.residentKeys(),
                o.mostScores(),
                o.device(),
                o.eventTime(),
                o.pictures());
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(InputFormat.IMAGE);
                KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> learner =
                        Records.harness(oneKey, 1, 0)) {
            learner.open();
            reader.processElement(picture(0, "door".getBytes(StandardCharsets.UTF_8), NO_PICTURE), 0);
            reader.processElement(picture(1, CAMERA, png()), 0);
            reader.processElement(picture(2, "door".getBytes(StandardCharsets.UTF_8), png()), 0);
            for (KeyedRecord keyed : reader.extractOutputValues()) {
                learner.processElement(new StreamRecord<>(keyed, 0));
            }
            assertThat(letters(reader.getSideOutput(Outputs.DEAD_LETTERS)))
                    .extracting(DeadLetter::getOffset)
                    .containsExactly(0L);
            assertThat(learner.extractOutputValues())
                    .as("a record that is no picture has taken no key's room")
                    .singleElement()
                    .satisfies(answer -> assertThat(answer.getImageId()).isEqualTo("images-0-1"));
            DeadLetter letter =
                    letters(learner.getSideOutput(Outputs.DEAD_LETTERS)).get(0);
            assertThat(letter.getReason()).startsWith("topic images: streamKey=door must be one of the 1 keys");
            assertThat(letter.getOffset()).isEqualTo(2);
            assertThat(Records.original(letter)).isEqualTo(png());
        }
    }

    @Test
    void allThatIsReadIsCounted() throws Exception {
        RecordedMetrics metrics = new RecordedMetrics();
        StreamEvent gone = StreamEvent.newBuilder(Outputs.event(EventKind.IMAGES_SKIPPED, "camera", 5, 0, "gone"))
                .setCount(7L)
                .build();
        byte[] notice = new WireFormat<StreamEvent>(StreamEvent.getClassSchema()).frame(gone);
        try (MockEnvironment environment = new MockEnvironmentBuilder()
                        .setMetricGroup(metrics.task())
                        .build();
                OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader =
                        new OneInputStreamOperatorTestHarness<>(
                                new ProcessOperator<>(new FrameReader(InputFormat.IMAGE, OPTIONS)), environment)) {
            reader.open();
            reader.processElement(picture(0, CAMERA, png()), 0);
            reader.processElement(picture(1, CAMERA, NO_PICTURE), 0);
            reader.processElement(picture(2, CAMERA, png()), 0);
            reader.processElement(picture(3, null, png()), 0);
            reader.processElement(picture(4, CAMERA, png()), 0);
            reader.processElement(
                    ReceivedRecord.of(new SourceRecord(Records.TOPIC, 0, SourceRecord.NOTICE, 5, notice)), 5);
        }
        assertThat(metrics.count("images.decoded.count")).isEqualTo(3);
        assertThat(metrics.count("dead-letters.count")).isEqualTo(2);
        assertThat(metrics.count("dead-letters.by-part.count bytes")).isEqualTo(1);
        assertThat(metrics.count("dead-letters.by-part.count key")).isEqualTo(1);
        assertThat(metrics.count("images.skipped.count")).isEqualTo(7);
        Histogram micros = metrics.histogram("decode.micros");
        assertThat(micros.getCount()).isEqualTo(3);
        assertThat(micros.getStatistics().getMax()).isBetween(1L, 10_000_000L);
    }

    @Test
    void whatGoesToAKeyIsCopiedWholeWithoutAGenericType() throws IOException {
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false);
        TypeSerializer<KeyedRecord> serializer =
                TypeInformation.of(KeyedRecord.class).createSerializer(config);
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 50; i++) {
            byte[] value = new byte[random.nextInt(2000)];
            byte[] pixels = new byte[random.nextInt(2000)];
            random.nextBytes(value);
            random.nextBytes(pixels);
            String label = random.nextBoolean() ? null : "label " + i;
            KeyedRecord record =
                    new KeyedRecord("key " + i, Records.source(i, value), new Frame("id " + i, -i, pixels, label));
            DataOutputSerializer bytes = new DataOutputSerializer(100);
            serializer.serialize(record, bytes);
            assertThat(bytes.length())
                    .as("bytes that are neither value nor pixels")
                    .isBetween(value.length + pixels.length, value.length + pixels.length + 100);
            KeyedRecord copy = serializer.deserialize(new DataInputDeserializer(bytes.getCopyOfBuffer()));
            assertThat(copy).usingRecursiveComparison().isEqualTo(record);
        }
    }

    @Test
    void whatIsReceivedIsCopiedWhole() {
        TypeSerializer<ReceivedRecord> serializer =
                TypeInformation.of(ReceivedRecord.class).createSerializer(new SerializerConfigImpl());
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 50; i++) {
            byte[][] parts = new byte[5][];
            for (int p = 0; p < parts.length; p++) {
                parts[p] = random.nextBoolean() ? null : new byte[random.nextInt(9)];
                if (parts[p] != null) {
                    random.nextBytes(parts[p]);
                }
            }
            ReceivedRecord copy = serializer.copy(
                    new ReceivedRecord(Records.source(i, parts[0]), parts[1], parts[2], parts[3], parts[4]));
            assertThat(copy.source().value()).isEqualTo(parts[0]);
            assertThat(copy.key()).isEqualTo(parts[1]);
            assertThat(copy.imageId()).isEqualTo(parts[2]);
            assertThat(copy.label()).isEqualTo(parts[3]);
            assertThat(copy.eventTime()).isEqualTo(parts[4]);
        }
    }
}
