package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.DeadLetter;
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
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both formats through the reader of stream keys, and on through the operator of learners. */
class StreamKeyReaderTest {
    private static final byte[] CAMERA = "camera".getBytes(StandardCharsets.UTF_8);

    private static OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader(InputFormat format)
            throws Exception {
        return ProcessFunctionTestHarnesses.forProcessFunction(new StreamKeyReader(format));
    }

    private static KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> learner() throws Exception {
        return Records.harness(Records.options(TinyLearners.options("er"), Flush.SIZE), 1, 0);
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
        byte[] lookalike = InputFormat.IMAGE
                .keyed(picture(9, CAMERA, png()), new ImageMessages())
                .source()
                .value(); // as if the job had made it
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(InputFormat.IMAGE)) {
            reader.processElement(picture(0, null, png()), 0);
            reader.processElement(picture(1, CAMERA, null), 0);
            reader.processElement(picture(2, CAMERA, new byte[0]), 0);
            reader.processElement(picture(3, null, lookalike), 0);
            assertThat(reader.extractOutputValues()).isEmpty();
            List<DeadLetter> letters = letters(reader.getSideOutput(Outputs.DEAD_LETTERS));
            assertThat(letters)
                    .extracting(DeadLetter::getReason)
                    .containsExactly(
                            "topic images: key=null must be the stream key",
                            "topic images: value=null must be a picture",
                            "topic images: value.bytes=0 must be 1 to 16777216",
                            "topic images: key=null must be the stream key");
            assertThat(Records.original(letters.get(0))).isEqualTo(png());
            assertThat(letters.get(1).getBytes()).isNull();
            assertThat(Records.original(letters.get(2))).isEmpty();
            assertThat(Records.original(letters.get(3))).isEqualTo(lookalike);
        }
    }

    @Test
    void picturesAreAnsweredOrLeaveAsTheyCame() throws Exception {
        byte[] noPicture = "no picture".getBytes(StandardCharsets.UTF_8);
        try (OneInputStreamOperatorTestHarness<ReceivedRecord, KeyedRecord> reader = reader(InputFormat.IMAGE);
                KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> learner = learner()) {
            learner.open();
            reader.processElement(picture(0, CAMERA, png()), 0);
            reader.processElement(picture(1, CAMERA, noPicture), 0);
            for (KeyedRecord keyed : reader.extractOutputValues()) {
                learner.processElement(new StreamRecord<>(keyed, 0));
            }
            assertThat(learner.extractOutputValues())
                    .singleElement()
                    .satisfies(answer -> assertThat(answer.getImageId()).isEqualTo("images-0-0"));
            DeadLetter letter =
                    letters(learner.getSideOutput(Outputs.DEAD_LETTERS)).get(0);
            assertThat(letter.getReason()).startsWith("topic images: bytes.picture.format=unknown must be ");
            assertThat(letter.getOffset()).isEqualTo(1);
            assertThat(Records.original(letter)).isEqualTo(noPicture);
        }
    }

    @Test
    void imagesOfBothFormatsWaitTogetherAndOutliveARestart() throws Exception {
        OperatorSubtaskState state;
        LabelledImage grey = new LabelledImage(new byte[TinyLearners.SHAPE.size()], Optional.empty());
        try (KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> learner = learner()) {
            learner.open();
            learner.processElement(new StreamRecord<>(Records.keyed("camera", 0, 1000, grey), 0));
            learner.processElement(
                    new StreamRecord<>(InputFormat.IMAGE.keyed(picture(1, CAMERA, png()), new ImageMessages()), 0));
            assertThat(learner.extractOutputValues()).hasSize(2);
            state = learner.snapshot(1, 1);
        }
        try (KeyedOneInputStreamOperatorTestHarness<String, KeyedRecord, Prediction> learner = learner()) {
            learner.initializeState(state);
            learner.open();
            learner.processElement(new StreamRecord<>(Records.keyed("camera", 2, 1002, grey), 0));
            learner.endInput();
            assertThat(learner.extractOutputValues())
                    .extracting(Prediction::getImageId)
                    .containsExactly("camera-2");
            assertThat(letters(learner.getSideOutput(Outputs.DEAD_LETTERS))).isEmpty();
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
