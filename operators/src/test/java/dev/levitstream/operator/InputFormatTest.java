package dev.levitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of keys, headers and values, format by format. */
class InputFormatTest {
    private static final int ROUNDS = 500;
    private static final int MOST_PICTURE_BYTES = 1 << 24;
    private static final byte[] PICTURE = {(byte) 0xFF, (byte) 0xD8, 7};
    private static final ImageShape SHAPE = new ImageShape(1, 1, 1);

    private final WireFormat<ImageRecord> messages = new WireFormat<>(ImageRecord.getClassSchema());

    private static byte @Nullable [] utf8(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** At partition 3 and offset 1042 of the topic {@code images}, at time 7000. */
    private static SourceRecord source(byte @Nullable [] value) {
        return new SourceRecord(Records.TOPIC, 3, 1042, 7000, value);
    }

    private static ReceivedRecord received(
            byte @Nullable [] key, @Nullable String id, @Nullable String label, @Nullable String time) {
        return new ReceivedRecord(source(PICTURE), key, utf8(id), utf8(label), utf8(time));
    }

    private ImageRecord image(ReceivedRecord received) {
        return InputFormat.IMAGE.image(received, messages);
    }

    private void assertRefused(ReceivedRecord received, String reason) {
        assertThatThrownBy(() -> image(received))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage("topic images: " + reason);
    }

    @Test
    void aPictureWithAllHeadersBecomesItsRecord() {
        ReceivedRecord received = received(utf8("camera"), "photo-7", "cat", "2026-01-01T00:00:00.250Z");
        ImageRecord image = image(received);
        assertThat(image.getStreamKey()).isEqualTo("camera");
        assertThat(image.getImageId()).isEqualTo("photo-7");
        assertThat(image.getLabel()).hasToString("cat");
        assertThat(image.getEventTime()).isEqualTo("2026-01-01T00:00:00.250Z");
        assertThat(image.getEncoding()).isEqualTo(Encoding.PICTURE);
        assertThat(image.getHeight() + image.getWidth() + image.getChannels()).isZero();
        assertThat(FrameDecoder.bytes(image)).isEqualTo(PICTURE);
    }

    @Test
    void withoutHeadersPlaceAndTimestampStandForThem() {
        ImageRecord image = image(received(utf8("camera"), null, null, null));
        assertThat(image.getImageId()).isEqualTo("images-3-1042");
        assertThat(image.getLabel()).isNull();
        assertThat(image.getEventTime().toEpochMilli()).isEqualTo(7000);
    }

    @Test
    void thePlaceInATopicWithAVeryLongNameIsAnIdAllTheSame() {
        SourceRecord source = new SourceRecord("t".repeat(249), 12, 1_234_567_890_123L, 0, PICTURE);
        assertThat(image(new ReceivedRecord(source, utf8("camera"), null, null, null))
                        .getImageId())
                .hasSize(256)
                .startsWith("tt")
                .endsWith("t-12-1234567890123");
    }

    @ParameterizedTest
    @CsvSource({
        "1767225600250, 1767225600250",
        "-1, -1",
        "9223372036854775807, 9223372036854775807",
        "2026-01-01T00:00:00Z, 1767225600000",
        "2026-01-01T00:00:00.250999Z, 1767225600250",
        "2026-01-01T01:00:00+01:00, 1767225600000",
    })
    void anEventTimeIsATextOrANumber(String header, long millis) {
        assertThat(image(received(utf8("camera"), null, null, header))
                        .getEventTime()
                        .toEpochMilli())
                .isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yesterday",
                "2026-01-01",
                "1767225600.5",
                "+1767225600250",
                "٣",
                "9223372036854775808",
                "12345678901234567890",
                "+1000000000-12-31T23:59:59Z",
                "-1000000000-01-01T00:00:00Z"
            })
    void anotherEventTimeIsRefused(String header) {
        assertRefused(
                received(utf8("camera"), null, null, header),
                "header.event-time=" + header
                        + " must be a time as in 2026-01-01T00:00:00Z, or milliseconds since 1970");
    }

    @Test
    void aKeyThatIsMissingEmptyTooLongOrNoTextIsRefused() {
        assertRefused(received(null, null, null, null), "key=null must be the stream key");
        assertRefused(received(new byte[0], null, null, null), "key.length=0 must be 1 to 256 characters");
        assertRefused(received(utf8("k".repeat(257)), null, null, null), "key.length=257 must be 1 to 256 characters");
        assertRefused(
                received(new byte[769], null, null, null), "key.length=over 768 bytes must be 1 to 256 characters");
        assertRefused(received(new byte[] {'a', (byte) 0xC3}, null, null, null), "key=2 bytes must be UTF-8 text");
        assertThat(image(received(utf8("\u20AC".repeat(256)), null, null, null)).getStreamKey())
                .hasSize(256);
    }

    @Test
    void aHeaderThatIsEmptyTooLongOrNoTextIsRefusedByItsName() {
        String tooLong = "x".repeat(257);
        byte[] key = utf8("camera");
        assertRefused(received(key, "", null, null), "header.image-id.length=0 must be 1 to 256 characters");
        assertRefused(received(key, tooLong, null, null), "header.image-id.length=257 must be 1 to 256 characters");
        assertRefused(received(key, null, "", null), "header.label.length=0 must be 1 to 256 characters");
        assertRefused(received(key, null, tooLong, null), "header.label.length=257 must be 1 to 256 characters");
        assertRefused(received(key, null, null, ""), "header.event-time.length=0 must be 1 to 256 characters");
        byte[] noText = {(byte) 0xFF};
        assertRefused(
                new ReceivedRecord(source(PICTURE), key, noText, null, null),
                "header.image-id=1 bytes must be UTF-8 text");
        assertRefused(
                new ReceivedRecord(source(PICTURE), key, null, noText, null),
                "header.label=1 bytes must be UTF-8 text");
        assertRefused(
                new ReceivedRecord(source(PICTURE), key, null, null, noText),
                "header.event-time=1 bytes must be UTF-8 text");
    }

    @Test
    void aValueMustBeThereAndFitAMessage() {
        byte[] key = utf8("camera");
        assertRefused(new ReceivedRecord(source(null), key, null, null, null), "value=null must be a picture");
        assertRefused(
                new ReceivedRecord(source(new byte[0]), key, null, null, null),
                "value.bytes=0 must be 1 to " + MOST_PICTURE_BYTES);
        assertRefused(
                new ReceivedRecord(source(new byte[MOST_PICTURE_BYTES + 1]), key, null, null, null),
                "value.bytes=16777217 must be 1 to " + MOST_PICTURE_BYTES);
    }

    @Test
    void theLargestPictureWouldFitAMessageWithTheLongestTexts() {
        byte[] longest = utf8("\u20AC".repeat(256));
        byte[] largest = new byte[MOST_PICTURE_BYTES];
        largest[MOST_PICTURE_BYTES - 1] = 1;
        ImageRecord image = image(new ReceivedRecord(source(largest), longest, longest, longest, utf8("1")));
        assertThat(messages.frame(image)).hasSizeLessThanOrEqualTo(WireFormat.MAX_MESSAGE_BYTES);
        assertThat(FrameDecoder.bytes(image)).isEqualTo(largest);
    }

    @Test
    void whateverTextsAndBytesCameAreThere() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < ROUNDS; i++) {
            String key = text(random);
            String id = random.nextBoolean() ? text(random) : null;
            String label = random.nextBoolean() ? text(random) : null;
            Instant time = Instant.ofEpochMilli(random.nextLong(-4_000_000_000_000L, 4_000_000_000_000L));
            String header = random.nextBoolean() ? time.toString() : Long.toString(time.toEpochMilli());
            byte[] value = new byte[1 + random.nextInt(3000)];
            random.nextBytes(value);
            SourceRecord source = new SourceRecord("t", random.nextInt(9), random.nextLong(1L << 40), 5, value);
            ImageRecord image = image(new ReceivedRecord(source, utf8(key), utf8(id), utf8(label), utf8(header)));
            assertThat(image.getStreamKey()).isEqualTo(key);
            assertThat(image.getImageId())
                    .isEqualTo(id == null ? "t-" + source.partition() + "-" + source.offset() : id);
            assertThat(image.getLabel()).isEqualTo(label);
            assertThat(image.getEventTime()).isEqualTo(time);
            assertThat(FrameDecoder.bytes(image)).isEqualTo(value);
        }
    }

    /** Characters of one to four bytes, as many as are allowed at most. */
    private static String text(SplittableRandom random) {
        int[] kinds = {'a', '\u00E9', '\u20AC', 0x1F600};
        StringBuilder text = new StringBuilder();
        for (int left = 1 + random.nextInt(256); left > 0; left = 256 - text.length() > 1 ? left - 2 : 0) {
            text.appendCodePoint(kinds[random.nextInt(kinds.length)] + random.nextInt(20));
        }
        return text.toString();
    }

    @Test
    void whatIsBothAPictureAndAMessageIsTakenAsTheFormatSays() {
        byte[] message = Records.bytes("camera", "7", 9, SHAPE, Encoding.RAW, new byte[1], null);
        ReceivedRecord received = new ReceivedRecord(source(message), utf8("door"), null, null, null);
        ImageRecord asMessage = InputFormat.AVRO.image(received, messages);
        assertThat(asMessage.getStreamKey()).isEqualTo("camera");
        assertThat(asMessage.getImageId()).isEqualTo("7");
        ImageRecord asPicture = image(received);
        assertThat(asPicture.getStreamKey()).isEqualTo("door");
        assertThat(FrameDecoder.bytes(asPicture)).isEqualTo(message);
    }

    @Test
    void aMessageWithTheMarkerOfEarlierStateDoesNotComeInFromOutside() {
        ImageRecord image = image(received(utf8("camera"), null, null, null));
        byte[] made =
                new WireFormat<ImageRecord>(ImageRecord.getClassSchema(), EarlierRecords.AROUND_PICTURE).frame(image);
        assertThatThrownBy(() -> InputFormat.AVRO.image(ReceivedRecord.of(source(made)), messages))
                .hasMessage("topic images: marker=c3e1 must be c301 (Avro single-object encoding)");
    }

    @Test
    void anEventTimeThatIsNotBelievedNamesWhereItCameFrom() {
        byte[] key = utf8("camera");
        byte[] message = Records.bytes("camera", "7", 9, SHAPE, Encoding.RAW, new byte[1], null);
        assertTimeRefused(
                InputFormat.IMAGE, received(key, null, null, "5000"), "header.event-time=1970-01-01T00:00:05Z");
        assertTimeRefused(
                InputFormat.IMAGE, received(key, null, null, "7000"), "header.event-time=1970-01-01T00:00:07Z");
        assertTimeRefused(InputFormat.IMAGE, received(key, null, null, null), "timestamp=1970-01-01T00:00:07Z");
        assertTimeRefused(InputFormat.AVRO, ReceivedRecord.of(source(message)), "eventTime=1970-01-01T00:00:00.009Z");
    }

    private void assertTimeRefused(InputFormat format, ReceivedRecord received, String which) {
        FrameDecoder decoder = new FrameDecoder(SHAPE, EventTimeOptions.DEFAULT, Records.EXACT);
        ImageRecord image = format.image(received, messages);
        assertThatThrownBy(() -> decoder.decode(received.source(), image, format.timeField(received)))
                .hasMessageStartingWith("topic images: " + which + " must be at least 1971-");
    }
}
