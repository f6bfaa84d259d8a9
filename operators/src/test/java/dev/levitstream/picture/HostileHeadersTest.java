package dev.levitstream.picture;

import static dev.levitstream.picture.Pngs.bytes;
import static dev.levitstream.picture.Pngs.joined;

import dev.levitstream.common.ImageShape;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Formats that the readers of others decode: what these are told is checked first. */
class HostileHeadersTest {
    static Stream<Hostile> headers() {
        ImageShape tile = new ImageShape(32, 32, 3);
        byte[] tiff = PictureTest.written("tiff", Jpegs.noise(40, 40, BufferedImage.TYPE_3BYTE_BGR), "LZW");
        byte[] raw = PictureTest.written("tiff", Jpegs.noise(40, 40, BufferedImage.TYPE_3BYTE_BGR), "None");
        byte[] bmp = PictureTest.written("bmp", Jpegs.noise(40, 40, BufferedImage.TYPE_3BYTE_BGR), "BI_RGB");
        byte[] gif = PictureTest.written("gif", Jpegs.noise(40, 40, BufferedImage.TYPE_BYTE_INDEXED), "");
        return Stream.of(
                new Hostile(
                        "PNG of one row of 4 megapixels",
                        tile,
                        () -> Pngs.png(Pngs.header(1, 1 << 22, 8, 2), Pngs.END),
                        "size="),
                new Hostile("GIF of 65535x65535", tile, () -> with(gif, 6, 0xFF, 0xFF, 0xFF, 0xFF), "size="),
                new Hostile("GIF of 33 megapixels, empty", tile, () -> with(gif, 6, 0, 0x20, 0, 0x10), "decoded"),
                new Hostile("GIF of 16 MB of extensions", tile, () -> extensions(gif), "decoded"),
                new Hostile("GIF of 100,000 frames", tile, () -> frames(gif), "decoded"),
                new Hostile("GIF of no frame", tile, () -> Arrays.copyOf(gif, 13), "bytes 13 to "),
                new Hostile("BMP of 2^31 columns", tile, () -> with(bmp, 18, 0xFF, 0xFF, 0xFF, 0x7F), "size="),
                new Hostile(
                        "BMP of 5000x5000, cut", tile, () -> with(bmp, 18, 0x88, 0x13, 0, 0, 0x88, 0x13), "bytes 54"),
                new Hostile("BMP of 2^31 colours", tile, () -> with(bmp, 46, 0, 0, 0, 0x7F), "palette="),
                new Hostile("BMP with 2 GB of header", tile, () -> with(bmp, 14, 0xFF, 0xFF, 0xFF, 0x7F), "header="),
                new Hostile("BMP that is a JPEG inside", tile, () -> with(bmp, 30, 4), "compression="),
                new Hostile("TIFF whose directory is its own next", tile, () -> cyclic(tiff), "decoded"),
                new Hostile("TIFF of 65,536 directories", tile, () -> directories(tiff), "decoded"),
                new Hostile("TIFF of 2^32 strips", tile, () -> entry(tiff, 273, 4, 0xFFFFFFFF), "bytes"),
                new Hostile(
                        "TIFF of 30000x30000", tile, () -> entry(entry(tiff, 256, 8, 30_000), 257, 8, 30_000), "size="),
                new Hostile(
                        "TIFF of 5000x5000 in LZW",
                        tile,
                        () -> entry(entry(tiff, 256, 8, 5000), 257, 8, 5000),
                        "size="),
                new Hostile("TIFF of rows of 2^31 bytes", tile, () -> entry(tiff, 256, 8, 0x7FFFFFFF), "size="),
                new Hostile(
                        "TIFF of a short strip",
                        tile,
                        () -> entry(raw, 279, 8, 4799),
                        "strip 0=4799 bytes must have 4800"),
                new Hostile("WebP of 16384x16384", tile, () -> webp(16_383, 16_383), "size="),
                new Hostile("WebP of 2 megapixels, cut", tile, () -> webp(1023, 2047), "data="),
                new Hostile("WebP of a million chunks", tile, HostileHeadersTest::webpChunks, "chunks="));
    }

    private static byte[] with(byte[] picture, int at, int... values) {
        byte[] changed = picture.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }

    private static byte[] extensions(byte[] gif) {
        int start = 13 + 3 * (2 << (gif[10] & 7));
        byte[][] comments = new byte[1 << 21][];
        Arrays.fill(comments, bytes(0x21, 0xFE, 3, 'a', 'b', 'c', 0));
        return joined(Arrays.copyOf(gif, start), joined(comments), Arrays.copyOfRange(gif, start, gif.length));
    }

    private static byte[] frames(byte[] gif) {
        byte[][] frames = new byte[100_000][];
        Arrays.fill(frames, bytes(0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0));
        return joined(Arrays.copyOf(gif, gif.length - 1), joined(frames), bytes(0x3B));
    }

    /** The TIFF, in big-endian order, with 4 bytes of an entry set: 4 is its count, 8 its value. */
    private static byte[] entry(byte[] tiff, int tag, int at, int value) {
        byte[] changed = tiff.clone();
        ByteBuffer file = ByteBuffer.wrap(changed);
        int directory = file.getInt(4);
        for (int i = directory + 2; i < directory + 2 + 12 * file.getShort(directory); i += 12) {
            if (file.getShort(i) == tag) {
                file.putShort(i + 2, (short) 4).putInt(i + at, value);
            }
        }
        return changed;
    }

    private static int next(ByteBuffer tiff) {
        int directory = tiff.getInt(4);
        return directory + 2 + 12 * tiff.getShort(directory);
    }

    private static byte[] cyclic(byte[] tiff) {
        ByteBuffer file = ByteBuffer.wrap(tiff.clone());
        return file.putInt(next(file), file.getInt(4)).array();
    }

    private static byte[] directories(byte[] tiff) {
        ByteBuffer file = ByteBuffer.allocate(tiff.length + (6 << 16)).put(tiff);
        int from = next(file);
        for (int i = 0; i < 1 << 16; i++) {
            int directory = tiff.length + 6 * i;
            file.putInt(from, directory).putShort(directory, (short) 0);
            from = directory + 2;
        }
        return file.array();
    }

    /** A lossless WebP that says its size and has no pixels. */
    private static byte[] webp(int height, int width) {
        int size = width | height << 14;
        byte[] picture = bytes('V', 'P', '8', 'L', 6, 0, 0, 0, 0x2F, size, size >> 8, size >> 16, size >> 24, 0x88);
        return joined(bytes('R', 'I', 'F', 'F', picture.length + 4, 0, 0, 0, 'W', 'E', 'B', 'P'), picture);
    }

    private static byte[] webpChunks() {
        byte[][] chunks = new byte[1_000_000][];
        Arrays.fill(chunks, bytes('t', 'e', 's', 't', 0, 0, 0, 0));
        byte[] content = joined(chunks);
        int length = content.length + 4;
        return joined(
                bytes('R', 'I', 'F', 'F', length, length >> 8, length >> 16, length >> 24, 'W', 'E', 'B', 'P'),
                content);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void costsLittleMoreThanAnHonestOneAndLessThan200Megabytes(Hostile hostile) {
        hostile.assertCheap();
    }
}
