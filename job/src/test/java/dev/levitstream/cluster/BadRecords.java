package dev.levitstream.cluster;

import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Records that nobody can use, each a function of its number alone, one kind after the other. Those that can be read as
 * an image record come under the keys of good streams, which must not notice.
 */
final class BadRecords {
    private static final int EVERY = 4;
    private static final int HUGE_EVERY = 128;
    private static final int HUGE = 1_200_000;

    private enum Kind {
        FOREIGN_BYTES,
        NO_VALUE,
        EMPTY_VALUE,
        CUT_RECORD,
        EMPTY_STREAM_KEY,
        LONG_IMAGE_ID,
        EMPTY_LABEL,
        LONG_LABEL,
        OTHER_SHAPE,
        NO_SHAPE,
        SHORT_PIXELS,
        UNKNOWN_ENCODING,
        CUT_PNG,
        CUT_JPEG,
        JPEG_WITHOUT_PIXELS
    }

    private final TestImages images;
    private final List<String> keys;

    /** @param keys of the good streams */
    BadRecords(TestImages images, List<String> keys) {
        this.images = images;
        this.keys = List.copyOf(keys);
    }

    /** What comes beside a round of good images. */
    List<Message> round(int number) {
        List<Message> messages = new ArrayList<>();
        if (number % EVERY == 0) {
            Kind kind = Kind.values()[number / EVERY % Kind.values().length];
            messages.add(message(kind, number));
        }
        if (number % HUGE_EVERY == 7) {
            byte[] bytes = new byte[HUGE]; // above the size that topics have by default, and not to be compressed
            new SplittableRandom(number).nextBytes(bytes);
            ImageRecord image = image("HUGE", number);
            image.setBytes(ByteBuffer.wrap(bytes));
            image.setEncoding(Encoding.RAW);
            messages.add(images.message(image, Message.Fate.DEAD_LETTER));
            messages.add(foreign(bytes));
        }
        return messages;
    }

    private Message message(Kind kind, int number) {
        ImageRecord image = image(kind.name(), number);
        switch (kind) {
            case FOREIGN_BYTES -> {
                return foreign(new byte[] {1, 2, 3, (byte) number});
            }
            case NO_VALUE -> {
                return new Message(image.getStreamKey(), null, "", Message.Fate.DEAD_LETTER);
            }
            case EMPTY_VALUE -> {
                return foreign(new byte[0]);
            }
            case CUT_RECORD -> {
                byte[] whole = whole(image);
                return foreign(Arrays.copyOf(whole, whole.length / 2));
            }
            case EMPTY_STREAM_KEY -> image.setStreamKey("");
            case LONG_IMAGE_ID -> image.setImageId("x".repeat(257));
            case EMPTY_LABEL -> image.setLabel("");
            case LONG_LABEL -> image.setLabel("x".repeat(257));
            case OTHER_SHAPE -> image.setWidth(TestImages.SIDE - 1);
            case NO_SHAPE -> image.setHeight(-1);
            case SHORT_PIXELS -> picture(image, Encoding.RAW, TestImages.SIDE);
            case UNKNOWN_ENCODING -> image.setEncoding(Encoding.UNKNOWN);
            case CUT_PNG -> picture(image, Encoding.PNG, 40);
            case CUT_JPEG -> picture(image, Encoding.JPEG, 100);
            case JPEG_WITHOUT_PIXELS -> picture(image, Encoding.JPEG, endOfJpegHeader());
        }
        return images.message(image, Message.Fate.DEAD_LETTER);
    }

    private ImageRecord image(String kind, int number) {
        String key = keys.get(number / EVERY % keys.size());
        ImageRecord image = images.image(key, number);
        image.setImageId(kind + "-" + image.getImageId());
        return image;
    }

    private byte[] whole(ImageRecord image) {
        byte[] value = images.message(image, Message.Fate.DEAD_LETTER).value();
        return value == null ? new byte[0] : value;
    }

    private static Message foreign(byte[] value) {
        return new Message(null, value, "", Message.Fate.DEAD_LETTER);
    }

    /** Gives the image the first bytes of a picture. */
    private static void picture(ImageRecord image, Encoding encoding, int length) {
        image.setEncoding(encoding);
        image.setBytes(ByteBuffer.wrap(Arrays.copyOf(picture(encoding), length)));
    }

    private static byte[] picture(Encoding encoding) {
        byte[] pixels = new byte[TestImages.SIDE * TestImages.SIDE];
        new SplittableRandom(1).nextBytes(pixels);
        return TestImages.encode(pixels, encoding);
    }

    /** Where the pixels begin: after the scan's header, which is 10 bytes long for grey. */
    private static int endOfJpegHeader() {
        byte[] jpeg = picture(Encoding.JPEG);
        int at = 0;
        while (jpeg[at] != (byte) 0xFF || jpeg[at + 1] != (byte) 0xDA) {
            at++;
        }
        return at + 10;
    }
}
