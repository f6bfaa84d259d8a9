package dev.levitstream.operator;

import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Image records, those that came as such and those that were made around a bare picture, which have a marker of their
 * own. No record from outside passes the {@link StreamKeyReader} with it, so behind it, in state too, the marker alone
 * tells what came, whatever the option {@code input.format} was then. Not thread-safe.
 */
final class ImageMessages {
    private static final int AROUND_PICTURE = 0xC3E1;

    private final WireFormat<ImageRecord> received = new WireFormat<>(ImageRecord.getClassSchema());
    private final WireFormat<ImageRecord> aroundPicture =
            new WireFormat<>(ImageRecord.getClassSchema(), AROUND_PICTURE);

    /**
     * The stream key of an image record that came as such, without looking at its image.
     *
     * @throws MalformedRecordException if it is none
     */
    String streamKey(SourceRecord source) {
        return received.firstField(source.topic(), value(source));
    }

    /** The same record with a message around the picture that is its value. */
    SourceRecord around(SourceRecord source, ImageRecord image) {
        return with(source, aroundPicture.frame(image));
    }

    /** Whether the message was made around a picture. */
    boolean isAroundPicture(SourceRecord source) {
        byte[] value = source.value();
        return value != null
                && value.length >= Short.BYTES
                && Short.toUnsignedInt(ByteBuffer.wrap(value).getShort()) == AROUND_PICTURE;
    }

    /**
     * Reads a message of either kind.
     *
     * @throws MalformedRecordException if it is none
     */
    ImageRecord read(SourceRecord source) {
        return (isAroundPicture(source) ? aroundPicture : received).unframe(source.topic(), value(source));
    }

    /** The record as it came: a picture without the message around it. */
    SourceRecord original(SourceRecord source) {
        return isAroundPicture(source) ? with(source, bytes(read(source))) : source;
    }

    /** The bytes of an image; the caller's. */
    static byte[] bytes(ImageRecord image) {
        ByteBuffer buffer = image.getBytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static SourceRecord with(SourceRecord source, byte @Nullable [] value) {
        return new SourceRecord(source.topic(), source.partition(), source.offset(), source.timestamp(), value);
    }

    private static byte[] value(SourceRecord source) {
        byte[] value = source.value();
        if (value == null) {
            throw new MalformedRecordException(source.topic(), "value", "null", "must be an image record");
        }
        return value;
    }
}
