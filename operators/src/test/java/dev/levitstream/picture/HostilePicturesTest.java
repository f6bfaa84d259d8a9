package dev.levitstream.picture;

import static dev.levitstream.picture.Pngs.bytes;
import static dev.levitstream.picture.Pngs.chunk;
import static dev.levitstream.picture.Pngs.joined;

import dev.levitstream.common.ImageShape;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JPEGs and PNGs that are made to cost much. */
class HostilePicturesTest {
    private static final int MESSAGE = Hostile.MESSAGE;
    private static final int HEIGHT = 1024;
    private static final int WIDTH = 2048;

    @BeforeAll
    static void warmUp() {
        byte[] jpeg = Jpegs.encoded(Jpegs.noise(64, 64, BufferedImage.TYPE_INT_RGB), true);
        byte[] png = Pngs.png(Pngs.header(64, 64, 16, 6), chunk("IDAT", Pngs.zlib(new byte[64 * 513])), Pngs.END);
        for (int i = 0; i < 100; i++) {
            Exact.decode(PictureFormat.JPEG, jpeg, new ImageShape(64, 64, 3));
            Exact.decode(PictureFormat.PNG, png, new ImageShape(64, 64, 3));
        }
    }

    static Stream<Hostile> pictures() {
        ImageShape small = new ImageShape(28, 28, 1);
        ImageShape tile = new ImageShape(32, 32, 3);
        ImageShape large = new ImageShape(HEIGHT, WIDTH, 3);
        return Stream.of(
                new Hostile(
                        "progressive scans, 1 MB", new ImageShape(224, 224, 3), () -> scans(224, 1 << 20), "scan 11="),
                new Hostile("progressive scans, 16 MB", tile, () -> scans(32, MESSAGE - 10_000), "scan 11="),
                new Hostile("16 MB in one scan", tile, HostilePicturesTest::longScan, "scan bytes="),
                new Hostile("21 scans of 4 components", large, HostilePicturesTest::manyScans, "decoded"),
                new Hostile("16 MB of application segments", tile, () -> applications(60_000), "decoded"),
                new Hostile("16 MB of empty segments", tile, () -> applications(0), "segments="),
                new Hostile("16 MB of fill bytes", tile, HostilePicturesTest::fill, "decoded"),
                new Hostile("thousand SOI", tile, HostilePicturesTest::thousandSoi, "marker=0xd8"),
                new Hostile("JPEG of noise", large, () -> largeJpeg(false), "decoded"),
                new Hostile("progressive JPEG of noise", large, () -> largeJpeg(true), "decoded"),
                new Hostile("million empty chunks", small, () -> chunks("teSt"), "chunks="),
                new Hostile("million empty IDAT", small, () -> chunks("IDAT"), "chunks="),
                new Hostile("IDAT bomb, 10 MB", small, HostilePicturesTest::bomb, "data=more than 812 bytes"),
                new Hostile("profile bomb, 200 MB", small, HostilePicturesTest::profileBomb, "decoded"),
                new Hostile("8 MB of empty fixed blocks", large, () -> blocks(10, FIXED, 8 << 20), "decoded"),
                new Hostile("16 bits, alpha, interlaced", large, () -> largePng(HEIGHT, WIDTH, true), "decoded"),
                new Hostile(
                        "one column",
                        new ImageShape(HEIGHT * WIDTH, 1, 3),
                        () -> largePng(HEIGHT * WIDTH, 1, false),
                        "decoded"),
                new Hostile(
                        "one row",
                        new ImageShape(1, HEIGHT * WIDTH / 2, 3),
                        () -> largePng(1, HEIGHT * WIDTH, false),
                        "decoded"),
                new Hostile("16 bits, 16 megapixels", tile, () -> largePng(4096, 4096, false), "decoded"),
                new Hostile("8 MB of empty dynamic blocks", large, () -> blocks(90, DYNAMIC, 8 << 20), "decoded"),
                new Hostile("33 megapixels of ink", tile, () -> flatJpeg(4, 4096, 8192), "decoded"),
                new Hostile("scans over too many samples", tile, HostilePicturesTest::deepScans, "scans="),
                new Hostile(
                        "more pixels than allowed", tile, () -> largePng(8 * HEIGHT, 4 * WIDTH + 1, false), "size="));
    }

    /** A JPEG of one value: no block differs from the one before. */
    private static byte[] flatJpeg(int components, int height, int width) {
        return Jpegs.joined(flat(components, height, width));
    }

    private static List<byte[]> flat(int components, int height, int width) {
        int[] frame = new int[6 + 3 * components];
        int[] scan = new int[4 + 2 * components];
        frame[0] = 8;
        frame[1] = height >> 8;
        frame[3] = width >> 8;
        frame[5] = components;
        scan[0] = components;
        scan[scan.length - 2] = 63;
        for (int i = 0; i < components; i++) {
            frame[6 + 3 * i] = i + 1;
            frame[7 + 3 * i] = 0x11;
            scan[1 + 2 * i] = i + 1;
        }
        return new ArrayList<>(List.of(
                Jpegs.segment(0xDB, bytes(ones(65))),
                Jpegs.segment(0xC0, bytes(frame)),
                code(0x00, 0),
                code(0x10, 0),
                Jpegs.segment(0xDA, bytes(scan)),
                new byte[(int) ((long) height * width / 64 * components * 2 / 8)]));
    }

    /** A progressive JPEG of 12 megapixels whose scans bring one bit after the other. */
    private static byte[] deepScans() {
        List<byte[]> segments = flat(3, 4096, 3072);
        segments.get(1)[1] = (byte) 0xC2;
        segments.subList(4, 6).clear();
        segments.add(Jpegs.segment(0xDA, bytes(3, 1, 0, 2, 0, 3, 0, 0, 0, 13)));
        for (int bit = 12; bit >= 0; bit--) {
            segments.add(Jpegs.segment(0xDA, bytes(3, 1, 0, 2, 0, 3, 0, 0, 0, (bit + 1) << 4 | bit)));
        }
        return Jpegs.joined(segments);
    }

    private static final String FIXED = "0100000000";
    private static final String DYNAMIC = "001" + "00000" + "00000" + "0111" // 257 literals, 1 distance, 18 lengths
            + "000000100" + "000".repeat(14) + "100" // zeros in runs (18) and the length 1 have codes of 1 bit
            + "11111111" + "11101011" // 138 and 118 zeros
            + "0" + "0" // the end of a block and a distance have codes of 1 bit
            + "0"; // end of block

    private static byte[] scans(int side, int size) {
        List<byte[]> segments = new ArrayList<>(
                Jpegs.segments(Jpegs.encoded(Jpegs.noise(side, side, BufferedImage.TYPE_INT_RGB), true)));
        byte[] last = segments.get(segments.size() - 1);
        int repeats = size / last.length;
        for (int i = 0; i < Math.max(repeats, 100); i++) {
            segments.add(last);
        }
        return Jpegs.joined(segments);
    }

    private static byte[] longScan() {
        byte[] jpeg = tile();
        return joined(Arrays.copyOf(jpeg, jpeg.length - 2), new byte[MESSAGE - 10_000], Jpegs.EOI);
    }

    private static byte[] tile() {
        return Jpegs.encoded(Jpegs.noise(32, 32, BufferedImage.TYPE_INT_RGB), false);
    }

    /** All coefficients come in the first scan of their component, and each later scan adds a bit to all of them. */
    private static byte[] manyScans() {
        int[] frame = {8, HEIGHT >> 8, 0, WIDTH >> 8, 0, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0};
        List<byte[]> segments = new ArrayList<>();
        segments.add(Jpegs.segment(0xDB, bytes(ones(65))));
        segments.add(Jpegs.segment(0xC2, bytes(frame)));
        segments.add(code(0x00, 0)); // no difference to the block before
        segments.add(code(0x10, 0x01)); // a coefficient of one bit
        segments.add(code(0x11, 0xE0)); // no new coefficient in 2^14 blocks
        int blocks = HEIGHT * WIDTH / 64;
        segments.add(Jpegs.segment(0xDA, bytes(4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 0)));
        segments.add(new byte[4 * blocks / 8]);
        for (int component = 1; component <= 4; component++) {
            segments.add(Jpegs.segment(0xDA, bytes(1, component, 0, 1, 63, 4)));
            segments.add(new byte[2 * 63 * blocks / 8]);
            for (int bit = 3; bit >= 0; bit--) {
                segments.add(Jpegs.segment(0xDA, bytes(1, component, 1, 1, 63, (bit + 1) << 4 | bit)));
                segments.add(new byte[(63 * blocks + 15 * (blocks >> 14) + 7) / 8]);
            }
        }
        return Jpegs.joined(segments);
    }

    /** A Huffman table of one code, the bit 0. */
    private static byte[] code(int table, int meaning) {
        return Jpegs.segment(0xC4, joined(bytes(table, 1), new byte[15], bytes(meaning)));
    }

    private static int[] ones(int count) {
        int[] ones = new int[count];
        Arrays.fill(ones, 1, count, 1);
        return ones;
    }

    private static byte[] applications(int length) {
        byte[] segment = Jpegs.segment(0xE5, new byte[length]);
        byte[][] segments = new byte[(MESSAGE - 10_000) / segment.length][];
        Arrays.fill(segments, segment);
        return Jpegs.with(tile(), segments);
    }

    private static byte[] fill() {
        byte[] fill = new byte[MESSAGE - 10_000];
        Arrays.fill(fill, (byte) 0xFF);
        return Jpegs.with(tile(), fill);
    }

    private static byte[] thousandSoi() {
        byte[][] markers = new byte[1000][];
        Arrays.fill(markers, Jpegs.SOI);
        return Jpegs.with(tile(), markers);
    }

    private static byte[] largeJpeg(boolean progressive) {
        return Jpegs.encoded(Jpegs.noise(HEIGHT, WIDTH, BufferedImage.TYPE_INT_RGB), progressive);
    }

    private static byte[] chunks(String type) {
        byte[][] chunks = new byte[1_000_000][];
        Arrays.fill(chunks, chunk(type));
        return Pngs.png(
                Pngs.header(28, 28, 8, 0), joined(chunks), chunk("IDAT", Pngs.zlib(new byte[28 * 29])), Pngs.END);
    }

    private static byte[] bomb() {
        return Pngs.png(Pngs.header(28, 28, 8, 0), chunk("IDAT", Pngs.zlib(new byte[10_000_000])), Pngs.END);
    }

    private static byte[] profileBomb() {
        byte[] profile = joined(bytes('x', 0, 0), Pngs.zlib(new byte[200_000_000]));
        return Pngs.png(
                Pngs.header(28, 28, 8, 0),
                chunk("iCCP", profile),
                chunk("zTXt", profile),
                chunk("IDAT", Pngs.zlib(new byte[28 * 29])),
                Pngs.END);
    }

    /** Blocks without content in front of a picture of 16 bits with alpha. */
    private static byte[] blocks(int bits, String block, int size) {
        byte[] group = new byte[bits];
        for (int i = 0; i < bits * 8; i++) {
            group[i / 8] |= (byte) (block.charAt(i % bits) == '1' ? 1 << i % 8 : 0);
        }
        byte[] rows = new byte[HEIGHT * (1 + WIDTH * 8)];
        byte[] picture = Pngs.zlib(rows);
        byte[][] groups = new byte[(size - 1000 - picture.length) / bits][];
        Arrays.fill(groups, group);
        byte[] data = joined(bytes(0x78, 0x01), joined(groups), Arrays.copyOfRange(picture, 2, picture.length));
        return Pngs.png(Pngs.header(HEIGHT, WIDTH, 16, 6), chunk("IDAT", data), Pngs.END);
    }

    private static byte[] largePng(int height, int width, boolean interlaced) {
        PngHeader header = new PngHeader(height, width, 16, 6, interlaced);
        byte[] rows = new byte[(int) header.dataBytes()];
        return Pngs.png(Pngs.header(header), chunk("IDAT", Pngs.zlib(rows)), Pngs.END);
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void costsLittleMoreThanAnHonestOneAndLessThan200Megabytes(Hostile hostile) {
        hostile.assertCheap();
    }
}
