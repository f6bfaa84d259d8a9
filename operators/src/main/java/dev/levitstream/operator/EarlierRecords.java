package dev.levitstream.operator;

import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Records that wait in state of earlier releases, which kept no frames: they are decoded once more, and from then on
 * their frames are in state. Those releases also made a message around each bare picture, with a marker that no record
 * from outside could have there. Not thread-safe.
 */
final class EarlierRecords {
    static final int AROUND_PICTURE = 0xC3E1;

    private final WireFormat<ImageRecord> messages = new WireFormat<>(ImageRecord.getClassSchema());
    private final WireFormat<ImageRecord> aroundPicture =
            new WireFormat<>(ImageRecord.getClassSchema(), AROUND_PICTURE);
    private final FrameDecoder decoder;

    EarlierRecords(FrameDecoder decoder) {
        this.decoder = decoder;
    }

    /**
     * The image of a record, with the record as it came.
     *
     * @throws MalformedRecordException if it is none by the rules and options of now
     */
    Pending decode(SourceRecord stored) {
        if (!isAroundPicture(stored)) {
            return new Pending(
                    stored, decoder.decode(stored, messages.unframe(stored.topic(), value(stored)), "eventTime"));
        }
        ImageRecord image = aroundPicture.unframe(stored.topic(), value(stored));
        boolean isStamped = image.getEventTime().toEpochMilli() == stored.timestamp();
        String timeField = isStamped ? InputFormat.TIMESTAMP : InputFormat.EVENT_TIME;
        return new Pending(original(stored), decoder.decode(stored, image, timeField));
    }

    /** The record as it came: a picture without the message around it. */
    SourceRecord original(SourceRecord stored) {
        if (!isAroundPicture(stored)) {
            return stored;
        }
        ImageRecord image = aroundPicture.unframe(stored.topic(), value(stored));
        return new SourceRecord(
                stored.topic(), stored.partition(), stored.offset(), stored.timestamp(), FrameDecoder.bytes(image));
    }

    private static boolean isAroundPicture(SourceRecord stored) {
        byte[] value = value(stored);
        return value.length >= Short.BYTES
                && Short.toUnsignedInt(ByteBuffer.wrap(value).getShort()) == AROUND_PICTURE;
    }

    /** No record without a value was ever let in. */
    private static byte[] value(SourceRecord stored) {
        return Objects.requireNonNull(stored.value(), "value of a record that waits");
    }
}
