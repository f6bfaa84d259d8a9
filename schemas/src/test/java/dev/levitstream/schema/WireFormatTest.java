package dev.levitstream.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireFormatTest {
    private static final WireFormat<ImageRecord> IMAGES = new WireFormat<>(ImageRecord.getClassSchema());

    private static ImageRecord image(@Nullable Object label) {
        return new ImageRecord(
                "camera-ü",
                "id",
                Instant.ofEpochMilli(1234),
                2,
                3,
                1,
                Encoding.RAW,
                ByteBuffer.wrap(new byte[6]),
                label);
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    @Test
    void whatIsFramedIsReadBackWithEveryKindOfLabel() {
        for (Object label : Arrays.asList("seven", 7, null)) {
            assertThat(IMAGES.unframe("t", IMAGES.frame(image(label)))).isEqualTo(image(label));
        }
    }

    @Test
    void predictionsEventsAndDeadLettersAreReadBack() {
        Prediction prediction = new Prediction(
                "k",
                "id",
                Instant.ofEpochMilli(5),
                "a",
                List.of(new ClassScore("a", 0.75f), new ClassScore("b", 0.25f)),
                2,
                1.5f,
                null,
                9L,
                0.125f,
                3);
        WireFormat<Prediction> predictions = new WireFormat<>(Prediction.getClassSchema());
        assertThat(predictions.unframe("t", predictions.frame(prediction))).isEqualTo(prediction);
        ComponentCreated created = new ComponentCreated(
                "k",
                2,
                9L,
                Instant.ofEpochMilli(5),
                2.5,
                1.5,
                2,
                300L,
                80L,
                Instant.ofEpochMilli(4),
                1e-7,
                List.of("a", "b"),
                List.of("c"),
                1);
        WireFormat<ComponentCreated> events = new WireFormat<>(ComponentCreated.getClassSchema());
        assertThat(events.unframe("t", events.frame(created))).isEqualTo(created);
        DeadLetter letter = new DeadLetter(
                "t", 1, 2L, Instant.ofEpochMilli(3), "why", null, 70L, ByteBuffer.wrap(new byte[] {4, 5}));
        WireFormat<DeadLetter> letters = new WireFormat<>(DeadLetter.getClassSchema());
        assertThat(letters.unframe("t", letters.frame(letter))).isEqualTo(letter);
    }

    @Test
    void everyTruncationIsRefusedByField() {
        byte[] whole = IMAGES.frame(image("seven"));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> IMAGES.unframe("t", cut))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageStartingWith("topic t: ")
                    .hasMessageContaining("must");
        }
    }

    @Test
    void errorsSayTopicFieldFoundAndAllowed() {
        byte[] whole = IMAGES.frame(image("seven"));
        assertThatThrownBy(() -> IMAGES.unframe("t", new byte[3]))
                .hasMessage("topic t: message.bytes=3 must be at least 10");
        assertThatThrownBy(() -> IMAGES.unframe("t", new byte[20]))
                .hasMessage("topic t: marker=0000 must be c301 (Avro single-object encoding)");
        assertThatThrownBy(() -> IMAGES.unframe("t", Arrays.copyOf(whole, whole.length + 2)))
                .hasMessage("topic t: message.trailing-bytes=2 must be 0");
        assertThatThrownBy(() -> IMAGES.unframe("t", new byte[WireFormat.MAX_MESSAGE_BYTES + 1]))
                .hasMessageContaining("must be at most " + WireFormat.MAX_MESSAGE_BYTES);
        WireFormat<DeadLetter> letters = new WireFormat<>(DeadLetter.getClassSchema());
        assertThatThrownBy(() -> letters.unframe("t", whole))
                .hasMessageContaining("must be that of dev.levitstream.schema.DeadLetter");
        byte[] text = whole.clone();
        text[11] = (byte) 0xFF; // first byte of the stream key's text
        assertThatThrownBy(() -> IMAGES.unframe("t", text)).hasMessage("topic t: streamKey=9 bytes must be UTF-8 text");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void randomBytesBehindAGoodHeaderNeverDoAnythingButSaySo(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] header = Arrays.copyOf(IMAGES.frame(image(null)), 10);
        for (int i = 0; i < 2000; i++) {
            byte[] body = new byte[random.nextInt(80)];
            random.nextBytes(body);
            byte[] message = Arrays.copyOf(header, 10 + body.length);
            System.arraycopy(body, 0, message, 10, body.length);
            try {
                IMAGES.unframe("t", message);
            } catch (MalformedRecordException e) {
                assertThat(e.reason()).startsWith("topic t: ");
            }
        }
    }
}
