package dev.levitstream.cluster;

import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Small images, each a function of its key and number alone: bars on a ground whose brightness changes now and then.
 * Encodings take turns.
 */
final class TestImages {
    static final int SIDE = 8;
    private static final int[] GROUNDS = {20, 120, 70, 170, 0};

    private final WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
    private final Instant start = Instant.now();
    private final int worldLength;
    private final List<Encoding> encodings;

    /** @param worldLength images of a key between two changes (count) */
    TestImages(int worldLength, List<Encoding> encodings) {
        this.worldLength = worldLength;
        this.encodings = List.copyOf(encodings);
    }

    /** The image of a key with a number, from 0. */
    ImageRecord image(String key, int number) {
        SplittableRandom random = new SplittableRandom(31L * key.hashCode() + number);
        byte[] pixels = new byte[SIDE * SIDE];
        int bar = random.nextInt(2);
        int world = number / worldLength;
        int ground = GROUNDS[world % GROUNDS.length];
        for (int i = 0; i < pixels.length; i++) {
            int along = bar == 0 ? i / SIDE : i % SIDE;
            pixels[i] = (byte) ((along == 2 + world % 4 ? 220 : ground) + random.nextInt(30));
        }
        return image(key, number, pixels, "world-" + world % GROUNDS.length + "-" + bar);
    }

    /** An image of other content. */
    ImageRecord image(String key, int number, byte[] pixels, String label) {
        Encoding encoding = encodings.get(Math.floorMod(key.hashCode() + number, encodings.size()));
        return new ImageRecord(
                key,
                String.format("%s-%06d", key, number),
                start.plusMillis(number),
                SIDE,
                SIDE,
                1,
                encoding,
                ByteBuffer.wrap(encode(pixels, encoding)),
                label);
    }

    /** As it goes to Kafka, under its stream key. */
    Message message(ImageRecord image, Message.Fate fate) {
        return new Message(image.getStreamKey(), format.frame(image), image.getImageId(), fate);
    }

    /** A grey square in an encoding; JPEG loses a little. */
    static byte[] encode(byte[] pixels, Encoding encoding) {
        if (encoding == Encoding.RAW) {
            return pixels;
        }
        BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setDataElements(0, 0, SIDE, SIDE, pixels);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(picture, encoding.name().toLowerCase(Locale.ROOT), out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
