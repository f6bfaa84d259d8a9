package dev.levitstream.operator;

import dev.levitstream.common.ImageShape;
import dev.levitstream.picture.Fit;
import dev.levitstream.picture.Picture;
import dev.levitstream.picture.PictureException;
import dev.levitstream.picture.PictureFormat;
import dev.levitstream.picture.PictureOptions;
import dev.levitstream.picture.PictureSize;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.MalformedRecordException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From an image record to a checked image of one shape. Not thread-safe. */
final class FrameDecoder {
    /** Most characters of a text, in UTF-16 units (count). */
    static final int MAX_TEXT = 256;

    private final ImageShape shape;
    private final EventTimeOptions eventTime;
    private final PictureOptions pictures;

    /** As the options say. */
    static FrameDecoder of(OperatorOptions options) {
        return new FrameDecoder(options.image(), options.eventTime(), options.pictures());
    }

    FrameDecoder(ImageShape shape, EventTimeOptions eventTime, PictureOptions pictures) {
        this.shape = shape;
        this.eventTime = eventTime;
        this.pictures = pictures;
    }

    /**
     * Decodes an image.
     *
     * @param source where it came from; its bytes play no part
     * @param timeField the part of the source that the event time was read from
     * @throws MalformedRecordException if anything about it is wrong
     */
    Frame decode(SourceRecord source, ImageRecord image, String timeField) {
        String topic = source.topic();
        requireText(topic, "imageId", image.getImageId());
        eventTime.check(source, timeField, image.getEventTime());
        String label = label(topic, image.getLabel());
        byte[] pixels = pixels(topic, image);
        return new Frame(image.getImageId(), image.getEventTime().toEpochMilli(), pixels, label);
    }

    private byte[] pixels(String topic, ImageRecord image) {
        byte[] bytes = bytes(image);
        return switch (image.getEncoding()) {
            case RAW -> raw(topic, image, bytes);
            case PNG -> picture(topic, image, Optional.of(PictureFormat.PNG), bytes);
            case JPEG -> picture(topic, image, Optional.of(PictureFormat.JPEG), bytes);
            case PICTURE -> picture(topic, image, Optional.empty(), bytes);
            case UNKNOWN ->
                throw new MalformedRecordException(
                        topic, "encoding", image.getEncoding(), "must be RAW, PNG, JPEG or PICTURE");
        };
    }

    /** The bytes of an image; the caller's. */
    static byte[] bytes(ImageRecord image) {
        ByteBuffer buffer = image.getBytes();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private byte[] raw(String topic, ImageRecord image, byte[] bytes) {
        ImageShape declared = declaredShape(topic, image);
        boolean convertible = declared.channels() == shape.channels()
                || declared.channels() + shape.channels() == 4; // grey for colour, or colour for grey
        if (!declared.equals(shape) && (pictures.fit() == Fit.EXACT || !convertible)) {
            throw new MalformedRecordException(topic, "shape", declared, "must be " + shape + " (option image)");
        }
        if (bytes.length != declared.size()) {
            throw new MalformedRecordException(
                    topic, "bytes.length", bytes.length, "must be " + declared.size() + " for " + declared);
        }
        return Picture.fit(bytes, declared, shape, pictures);
    }

    private static ImageShape declaredShape(String topic, ImageRecord image) {
        try {
            return new ImageShape(image.getHeight(), image.getWidth(), image.getChannels());
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException(
                    topic, "shape", declared(image), "must have positive sides and 1 to 64 channels");
        }
    }

    private static String declared(ImageRecord image) {
        return image.getHeight() + "x" + image.getWidth() + "x" + image.getChannels();
    }

    private byte[] picture(String topic, ImageRecord image, Optional<PictureFormat> format, byte[] bytes) {
        String name = format.map(PictureFormat::text).orElse("picture");
        if (shape.channels() != 1 && shape.channels() != 3) {
            throw new MalformedRecordException(
                    topic, "encoding", name, "must be RAW for images of " + shape.channels() + " channels");
        }
        requirePlausible(topic, image);
        try {
            format.ifPresent(each -> each.requireIn(bytes));
            Picture picture = Picture.of(bytes, pictures);
            requireDeclared(image, picture.size(), topic, name);
            return picture.pixels(shape);
        } catch (PictureException e) {
            throw new MalformedRecordException(topic, "bytes." + name + "." + e.part(), e.found(), e.rule());
        }
    }
    /** Where a picture must have the learner's size, what it declares must be that; else it may declare any. */
    private void requirePlausible(String topic, ImageRecord image) {
        if (pictures.fit() == Fit.EXACT) {
            boolean same = isOpenOr(image.getHeight(), shape.height())
                    && isOpenOr(image.getWidth(), shape.width())
                    && isOpenOr(image.getChannels(), shape.channels());
            if (!same) {
                throw new MalformedRecordException(
                        topic, "shape", declared(image), "must be " + shape + " (option image)");
            }
        }
        boolean isSize = image.getHeight() >= 0 && image.getWidth() >= 0;
        if (!isSize || !(isOpenOr(image.getChannels(), 1) || image.getChannels() == 3)) {
            throw new MalformedRecordException(
                    topic, "shape", declared(image), "must have sides of 0 or more and 0, 1 or 3 channels");
        }
    }

    private static void requireDeclared(ImageRecord image, PictureSize size, String topic, String name) {
        if (!isOpenOr(image.getHeight(), size.height()) || !isOpenOr(image.getWidth(), size.width())) {
            String declared = image.getHeight() + "x" + image.getWidth();
            throw new MalformedRecordException(
                    topic, "bytes." + name + ".size", size, "must be " + declared + " as declared");
        }
    }

    /** 0 leaves it to the picture. */
    private static boolean isOpenOr(int declared, int found) {
        return declared == 0 || declared == found;
    }

    private static @Nullable String label(String topic, @Nullable Object label) {
        if (label == null) {
            return null;
        }
        String text = label.toString();
        requireText(topic, "label", text);
        return text;
    }

    /**
     * Checks the length of a text.
     *
     * @throws MalformedRecordException if it is empty or too long
     */
    static void requireText(String topic, String field, String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw new MalformedRecordException(
                    topic, field + ".length", text.length(), "must be 1 to " + MAX_TEXT + " characters");
        }
    }
}
