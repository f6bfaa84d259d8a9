package dev.levitstream.operator;

import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the records of the image topic are; {@code schemas/README.md} is the contract. */
public enum InputFormat {
    /** Messages of the schema {@link ImageRecord}; Kafka keys and headers play no part. */
    AVRO {
        @Override
        ImageRecord image(ReceivedRecord received, WireFormat<ImageRecord> messages) {
            SourceRecord source = received.source();
            byte[] value = source.value();
            if (value == null) {
                throw new MalformedRecordException(source.topic(), "value", "null", "must be an image record");
            }
            ImageRecord image = messages.unframe(source.topic(), value);
            FrameDecoder.requireText(source.topic(), "streamKey", image.getStreamKey());
            return image;
        }

        @Override
        String timeField(ReceivedRecord received) {
            return "eventTime";
        }
    },
    /** Pictures: the Kafka key is the stream key, and headers say the rest. */
    IMAGE {
        @Override
        ImageRecord image(ReceivedRecord received, WireFormat<ImageRecord> messages) {
            SourceRecord source = received.source();
            String topic = source.topic();
            if (received.key() == null) {
                throw new MalformedRecordException(topic, "key", "null", "must be the stream key");
            }
            String streamKey = text(topic, "key", received.key());
            String imageId = received.imageId() == null
                    ? place(source)
                    : text(topic, "header." + ReceivedRecord.IMAGE_ID, received.imageId());
            String label =
                    received.label() == null ? null : text(topic, "header." + ReceivedRecord.LABEL, received.label());
            ByteBuffer picture = ByteBuffer.wrap(picture(source));
            Instant eventTime = eventTime(source, received.eventTime());
            return new ImageRecord(streamKey, imageId, eventTime, 0, 0, 0, Encoding.PICTURE, picture, label);
        }

        @Override
        String timeField(ReceivedRecord received) {
            return received.eventTime() == null ? TIMESTAMP : EVENT_TIME;
        }
    };

    /** Field that names the event time of a picture in reasons, where it has none of its own. */
    static final String TIMESTAMP = "timestamp";

    /** The same where it has. */
    static final String EVENT_TIME = "header." + ReceivedRecord.EVENT_TIME;

    /** Room that stream key, image id, label and numbers would take beside a picture in a message (bytes). */
    private static final int OTHER_BYTES = 4096;

    private static final int MOST_PICTURE_BYTES = WireFormat.MAX_MESSAGE_BYTES - OTHER_BYTES;

    /**
     * What a record says, with a stream key that is one; the rest is not checked yet.
     *
     * @param messages borrowed, for they are not thread-safe
     * @throws MalformedRecordException if the record cannot be used
     */
    abstract ImageRecord image(ReceivedRecord received, WireFormat<ImageRecord> messages);

    /** The part of a record that names its event time, for reasons. */
    abstract String timeField(ReceivedRecord received);

    private static byte[] picture(SourceRecord source) {
        byte[] value = source.value();
        if (value == null) {
            throw new MalformedRecordException(source.topic(), "value", "null", "must be a picture");
        }
        if (value.length == 0 || value.length > MOST_PICTURE_BYTES) {
            throw new MalformedRecordException(
                    source.topic(), "value.bytes", value.length, "must be 1 to " + MOST_PICTURE_BYTES);
        }
        return value;
    }

    private static String text(String topic, String field, byte[] utf8) {
        if (utf8.length >= ReceivedRecord.KEPT_BYTES) {
            throw new MalformedRecordException(
                    topic,
                    field + ".length",
                    "over " + (ReceivedRecord.KEPT_BYTES - 1) + " bytes",
                    "must be 1 to " + FrameDecoder.MAX_TEXT + " characters");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedRecordException(topic, field, utf8.length + " bytes", "must be UTF-8 text");
        }
        FrameDecoder.requireText(topic, field, text);
        return text;
    }

    /** An id that no other record of the topic has: topic, partition and offset, of a very long name its end alone. */
    private static String place(SourceRecord source) {
        String place = source.topic() + "-" + source.partition() + "-" + source.offset();
        return place.substring(Math.max(0, place.length() - FrameDecoder.MAX_TEXT));
    }

    /** Whole milliseconds; what is finer is left out, as a record would do. */
    private static Instant eventTime(SourceRecord source, byte @Nullable [] header) {
        if (header == null) {
            return Instant.ofEpochMilli(source.timestamp());
        }
        String text = text(source.topic(), EVENT_TIME, header);
        try {
            boolean isNumber = text.matches("-?[0-9]{1,19}");
            return Instant.ofEpochMilli(
                    isNumber ? Long.parseLong(text) : Instant.parse(text).toEpochMilli());
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) { // the last: beyond 64 bits
            throw new MalformedRecordException(
                    source.topic(),
                    EVENT_TIME,
                    text,
                    "must be a time as in 2026-01-01T00:00:00Z, or milliseconds since 1970");
        }
    }
}
