package dev.levitstream.operator;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.picture.PictureDecoder;
import dev.levitstream.picture.PictureException;
import dev.levitstream.picture.PictureFormat;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From the bytes of a Kafka record to a checked image of one shape. Not thread-safe. */
final class FrameDecoder {
    private static final int MAX_TEXT = 256;

    private final WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
    private final ImageShape shape;
    private final EventTimeOptions eventTime;

    /** As the options say. */
    static FrameDecoder of(OperatorOptions options) {
        return new FrameDecoder(options.learner().image(), options.eventTime());
    }

    FrameDecoder(ImageShape shape, EventTimeOptions eventTime) {
        this.shape = shape;
        this.eventTime = eventTime;
    }

    /**
     * The stream key of a record, without looking at its image.
     *
     * @throws MalformedRecordException if the record is no image record
     */
    static String streamKey(WireFormat<ImageRecord> format, SourceRecord source) {
        String key = format.firstField(source.topic(), value(source));
        requireText(source.topic(), "streamKey", key);
        return key;
    }

    /**
     * Decodes a record in full.
     *
     * @throws MalformedRecordException if anything about it is wrong
     */
    Frame decode(SourceRecord source) {
        String topic = source.topic();
        ImageRecord image = format.unframe(topic, value(source));
        requireText(topic, "imageId", image.getImageId());
        eventTime.check(source, image.getEventTime());
        ImageShape declared = declaredShape(topic, image);
        if (!declared.equals(shape)) {
            throw new MalformedRecordException(topic, "shape", declared, "must be " + shape + " (option image)");
        }
        Optional<String> label = label(topic, image.getLabel());
        byte[] pixels = pixels(topic, image);
        return new Frame(image.getImageId(), image.getEventTime().toEpochMilli(), new LabelledImage(pixels, label));
    }

    private static byte[] value(SourceRecord source) {
        byte[] value = source.value();
        if (value == null) {
            throw new MalformedRecordException(source.topic(), "value", "null", "must be an image record");
        }
        return value;
    }

    private static ImageShape declaredShape(String topic, ImageRecord image) {
        try {
            return new ImageShape(image.getHeight(), image.getWidth(), image.getChannels());
        } catch (IllegalArgumentException e) {
            String size = image.getHeight() + "x" + image.getWidth() + "x" + image.getChannels();
            throw new MalformedRecordException(topic, "shape", size, "must have positive sides and 1 to 64 channels");
        }
    }

    private byte[] pixels(String topic, ImageRecord image) {
        ByteBuffer buffer = image.getBytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return switch (image.getEncoding()) {
            case RAW -> raw(topic, bytes);
            case PNG -> picture(topic, PictureFormat.PNG, bytes);
            case JPEG -> picture(topic, PictureFormat.JPEG, bytes);
            case UNKNOWN ->
                throw new MalformedRecordException(topic, "encoding", image.getEncoding(), "must be RAW, PNG or JPEG");
        };
    }

    private byte[] picture(String topic, PictureFormat format, byte[] bytes) {
        if (shape.channels() != 1 && shape.channels() != 3) {
            throw new MalformedRecordException(
                    topic, "encoding", format.text(), "must be RAW for images of " + shape.channels() + " channels");
        }
        try {
            return PictureDecoder.decode(format, bytes, shape);
        } catch (PictureException e) {
            throw new MalformedRecordException(topic, "bytes." + format.text() + "." + e.part(), e.found(), e.rule());
        }
    }

    private byte[] raw(String topic, byte[] bytes) {
        if (bytes.length != shape.size()) {
            throw new MalformedRecordException(
                    topic, "bytes.length", bytes.length, "must be " + shape.size() + " for " + shape);
        }
        return bytes;
    }

    private static Optional<String> label(String topic, @Nullable Object label) {
        if (label == null) {
            return Optional.empty();
        }
        String text = label.toString();
        requireText(topic, "label", text);
        return Optional.of(text);
    }

    private static void requireText(String topic, String field, String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw new MalformedRecordException(
                    topic, field + ".length", text.length(), "must be 1 to " + MAX_TEXT + " characters");
        }
    }
}
