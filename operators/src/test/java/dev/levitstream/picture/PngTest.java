package dev.levitstream.picture;

import static dev.levitstream.picture.Pngs.END;
import static dev.levitstream.picture.Pngs.bytes;
import static dev.levitstream.picture.Pngs.chunk;
import static dev.levitstream.picture.Pngs.data;
import static dev.levitstream.picture.Pngs.header;
import static dev.levitstream.picture.Pngs.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PngTest {
    private static final byte[] DATA_2X2 = data(0, 10, 20, 0, 30, 40);

    private static byte[] grey(int height, int width, byte[] png) {
        return Exact.decode(PictureFormat.PNG, png, new ImageShape(height, width, 1));
    }

    private static byte[] colour(int height, int width, byte[] png) {
        return Exact.decode(PictureFormat.PNG, png, new ImageShape(height, width, 3));
    }

    /** The pixels, or nothing where the picture is refused. */
    private static Optional<byte[]> pixels(byte[] png, ImageShape shape) {
        try {
            return Optional.of(Exact.decode(PictureFormat.PNG, png, shape));
        } catch (PictureException e) {
            return Optional.empty();
        }
    }

    @Test
    void greyOfEachDepthFillsTheWholeRange() {
        assertThat(grey(1, 2, png(header(1, 2, 1, 0), data(0, 0b0100_0000), END)))
                .isEqualTo(bytes(0, 255));
        assertThat(grey(1, 4, png(header(1, 4, 2, 0), data(0, 0b00_01_10_11), END)))
                .isEqualTo(bytes(0, 85, 170, 255));
        assertThat(grey(1, 4, png(header(1, 4, 4, 0), data(0, 0x01, 0x8F), END)))
                .isEqualTo(bytes(0, 17, 136, 255));
        assertThat(grey(1, 3, png(header(1, 3, 8, 0), data(0, 0, 7, 255), END))).isEqualTo(bytes(0, 7, 255));
    }

    @Test
    void sixteenBitsAreRoundedNotCutOff() {
        // 128 is 0.498 and 129 is 0.502 of a step of 257
        byte[] png = png(header(1, 4, 16, 0), data(0, 0, 128, 0, 129, 0xFF, 0xFF, 0x0F, 0xFF), END);
        assertThat(grey(1, 4, png)).isEqualTo(bytes(0, 1, 255, 16));
        byte[] rgb = png(header(1, 1, 16, 2), data(0, 0, 129, 0x80, 0, 0xFF, 0x7E), END);
        assertThat(colour(1, 1, rgb)).isEqualTo(bytes(1, 128, 254));
    }

    @Test
    void whatIsTransparentLiesOverBlackAndItsHiddenColourIsGone() {
        byte[] rgba = png(header(1, 3, 8, 6), data(0, 9, 8, 7, 0, 200, 100, 50, 128, 9, 8, 7, 255), END);
        assertThat(colour(1, 3, rgba)).isEqualTo(bytes(0, 0, 0, 100, 50, 25, 9, 8, 7));
        assertThat(grey(1, 2, png(header(1, 2, 8, 4), data(0, 99, 0, 99, 255), END)))
                .isEqualTo(bytes(0, 99));
        byte[] deep = png(header(1, 2, 16, 4), data(0, 0xFF, 0xFF, 0x80, 0x80, 0xFF, 0xFF, 0, 128), END);
        assertThat(grey(1, 2, deep)).isEqualTo(bytes(128, 0));
    }

    @Test
    void transparentColoursOfGreyRgbAndPaletteLieOverBlack() {
        byte[] grey = png(header(1, 2, 8, 0), chunk("tRNS", bytes(0, 50)), data(0, 50, 51), END);
        assertThat(grey(1, 2, grey)).isEqualTo(bytes(0, 51));
        byte[] deep = png(header(1, 2, 16, 0), chunk("tRNS", bytes(50, 1)), data(0, 50, 1, 50, 0), END);
        assertThat(grey(1, 2, deep)).isEqualTo(bytes(0, 50));
        byte[] key = chunk("tRNS", bytes(0, 1, 0, 2, 0, 3));
        byte[] rgb = png(header(1, 2, 8, 2), key, data(0, 1, 2, 3, 1, 2, 4), END);
        assertThat(colour(1, 2, rgb)).isEqualTo(bytes(0, 0, 0, 1, 2, 4));
        byte[] palette = chunk("PLTE", bytes(10, 20, 30, 200, 100, 50, 7, 8, 9));
        byte[] indexed = png(header(1, 3, 8, 3), palette, chunk("tRNS", bytes(0, 128)), data(0, 0, 1, 2), END);
        assertThat(colour(1, 3, indexed)).isEqualTo(bytes(0, 0, 0, 100, 50, 25, 7, 8, 9));
    }

    @ParameterizedTest(name = "{0} bits")
    @ValueSource(ints = {1, 2, 4, 8})
    void anIndexBehindThePaletteIsRefused(int depth) {
        byte[] palette = chunk("PLTE", bytes(1, 2, 3));
        byte[] zero = png(header(1, 1, depth, 3), palette, data(0, 0), END);
        assertThat(colour(1, 1, zero)).isEqualTo(bytes(1, 2, 3));
        byte[] one = png(header(1, 1, depth, 3), palette, data(0, 1 << (8 - depth)), END);
        assertThatThrownBy(() -> colour(1, 1, one)).hasMessage("palette index=1 must be below 1");
    }

    @Test
    void colourTurnsGreyByLumaAndGreyIsThreeTimesTheSame() {
        byte[] rgb = png(header(1, 1, 8, 2), data(0, 16, 32, 48), END);
        assertThat(grey(1, 1, rgb)).isEqualTo(bytes(Math.round(0.299f * 16 + 0.587f * 32 + 0.114f * 48)));
        assertThat(colour(1, 1, png(header(1, 1, 8, 0), data(0, 77), END))).isEqualTo(bytes(77, 77, 77));
    }

    @ParameterizedTest(name = "type {0}")
    @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_BINARY})
    void interlacedRowsGiveThePixelsOfPlainOnes(int type) throws IOException {
        for (int size = 1; size <= 19; size += 3) {
            BufferedImage picture = Jpegs.noise(size, 20 - size, type);
            ImageShape shape = new ImageShape(size, 20 - size, 3);
            byte[] plain = Exact.decode(PictureFormat.PNG, encoded(picture, false), shape);
            byte[] interlaced = Exact.decode(PictureFormat.PNG, encoded(picture, true), shape);
            assertThat(interlaced).isEqualTo(plain);
        }
    }

    private static byte[] encoded(BufferedImage picture, boolean interlaced) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setProgressiveMode(interlaced ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), param);
        }
        return bytes.toByteArray();
    }

    @Test
    void profilesGammaTextAndAnimationChangeNothingAndAreNotUnpacked() {
        byte[] picture = png(
                header(2, 2, 8, 0),
                chunk("gAMA", bytes(0, 1, 0x86, 0xA0)),
                chunk("iCCP", bytes('x', 0, 0, 1, 2, 3)),
                chunk("zTXt", bytes(0xFF)),
                chunk("acTL", bytes(0, 0, 0, 2, 0, 0, 0, 0)),
                DATA_2X2,
                chunk("fdAT", bytes(0, 0, 0, 1, 9)),
                END,
                bytes(1, 2, 3));
        assertThat(grey(2, 2, picture)).isEqualTo(bytes(10, 20, 30, 40));
    }

    @Test
    void exifTurnsThePictureUpright() {
        byte[] turned = png(header(1, 2, 8, 0), chunk("eXIf", Jpegs.tiff(0x0112, 3, 6)), data(0, 1, 2), END);
        assertThat(grey(2, 1, turned)).isEqualTo(bytes(1, 2));
        byte[] twice = png(
                header(1, 2, 8, 0),
                chunk("eXIf", Jpegs.tiff(0x0112, 3, 2)),
                chunk("eXIf", Jpegs.tiff(0x0112, 3, 1)),
                data(0, 1, 2),
                END);
        assertThat(grey(1, 2, twice)).as("the first counts").isEqualTo(bytes(2, 1));
    }

    static Stream<Arguments> broken() {
        byte[] head = header(2, 2, 8, 0);
        byte[] indexed = header(2, 2, 8, 3);
        byte[] zlib = Pngs.zlib(bytes(0, 10, 20, 0, 30, 40));
        byte[] colour = chunk("PLTE", bytes(1, 2, 3));
        byte[] wrong = DATA_2X2.clone();
        wrong[wrong.length - 1] ^= 1;
        byte[] adler = zlib.clone();
        adler[adler.length - 1] ^= 1;
        return Stream.of(
                Arguments.of("chunk 2=cut must be whole", png(head)),
                Arguments.of("chunk 3=cut must be whole", png(head, DATA_2X2)),
                Arguments.of("first chunk=IDAT must be IHDR", png(DATA_2X2, END)),
                Arguments.of("IHDR=12 bytes must have 13", png(chunk("IHDR", new byte[12]), DATA_2X2, END)),
                Arguments.of("size=0x2 must be positive", png(header(0, 2, 8, 0), DATA_2X2, END)),
                Arguments.of(
                        "colour type and depth=0,3 must be of the standard", png(header(2, 2, 3, 0), DATA_2X2, END)),
                Arguments.of("colour type and depth=3,16 must be of the standard", png(header(2, 2, 16, 3), END)),
                Arguments.of("colour type and depth=2,4 must be of the standard", png(header(2, 2, 4, 2), END)),
                Arguments.of("colour type and depth=5,8 must be of the standard", png(header(2, 2, 8, 5), END)),
                Arguments.of("compression=1 must be 0", png(ihdr(1, 0, 0), DATA_2X2, END)),
                Arguments.of("filter=1 must be 0", png(ihdr(0, 1, 0), DATA_2X2, END)),
                Arguments.of("interlace=2 must be 0 or 1", png(ihdr(0, 0, 2), DATA_2X2, END)),
                Arguments.of("chunk=second IHDR must come once", png(head, head, DATA_2X2, END)),
                Arguments.of("chunk 2=wrong checksum must be undamaged", png(head, wrong, END)),
                Arguments.of("data=0 bytes must be 6", png(head, END)),
                Arguments.of("data=3 bytes must be 6", png(head, data(0, 10, 20), END)),
                Arguments.of(
                        "data=more than 6 bytes must be as long as its rows",
                        png(head, data(0, 1, 2, 0, 3, 4, 0), END)),
                Arguments.of(
                        "data=no end must end with its checksum",
                        png(head, chunk("IDAT", Arrays.copyOf(zlib, zlib.length - 1)), END)),
                Arguments.of(
                        "data=1 bytes more must end with its rows",
                        png(head, chunk("IDAT", Arrays.copyOf(zlib, zlib.length + 1)), END)),
                Arguments.of(
                        "data=1 bytes more must end with its rows",
                        png(head, chunk("IDAT", zlib), chunk("IDAT", (byte) 0), END)),
                Arguments.of("data=incorrect data check must be undamaged", png(head, chunk("IDAT", adler), END)),
                Arguments.of(
                        "data=preset dictionary must be plain zlib",
                        png(head, chunk("IDAT", bytes(0x78, 0x20, 0, 0, 0, 1, 0)), END)),
                Arguments.of("filter=7 must be 0 to 4", png(head, data(0, 10, 20, 7, 30, 40), END)),
                Arguments.of(
                        "chunk=IDAT behind another chunk must follow the IDAT before",
                        png(head, DATA_2X2, chunk("teSt"), DATA_2X2, END)),
                Arguments.of("chunk=NEWS must be of the standard", png(head, chunk("NEWS"), DATA_2X2, END)),
                Arguments.of("PLTE=none must come before the data", png(indexed, DATA_2X2, END)),
                Arguments.of(
                        "chunk=PLTE behind the data must come before it",
                        png(header(2, 2, 8, 2), DATA_2X2, colour, END)),
                Arguments.of("chunk=second PLTE must come once", png(indexed, colour, colour, DATA_2X2, END)),
                Arguments.of("PLTE=present must not be in grey pictures", png(head, colour, DATA_2X2, END)),
                Arguments.of(
                        "PLTE=4 bytes must have 1 to 256 colours of 3 bytes",
                        png(indexed, chunk("PLTE", new byte[4]), END)),
                Arguments.of("PLTE=0 bytes must have 1 to 256 colours of 3 bytes", png(indexed, chunk("PLTE"), END)),
                Arguments.of(
                        "PLTE=9 bytes must have 1 to 2 colours of 3 bytes",
                        png(header(2, 2, 1, 3), chunk("PLTE", new byte[9]), END)),
                Arguments.of(
                        "tRNS=2 bytes must be at most 1",
                        png(indexed, colour, chunk("tRNS", new byte[2]), DATA_2X2, END)),
                Arguments.of(
                        "tRNS=1 bytes must be at most 0",
                        png(indexed, chunk("tRNS", new byte[1]), colour, DATA_2X2, END)),
                Arguments.of("tRNS=3 bytes must have 2", png(head, chunk("tRNS", new byte[3]), DATA_2X2, END)),
                Arguments.of(
                        "tRNS=2 bytes must have 6", png(header(2, 2, 8, 2), chunk("tRNS", new byte[2]), DATA_2X2, END)),
                Arguments.of(
                        "tRNS=present must not be beside an alpha channel",
                        png(header(2, 2, 8, 6), chunk("tRNS", new byte[2]), END)),
                Arguments.of(
                        "chunk=tRNS behind the data must come before it",
                        png(head, DATA_2X2, chunk("tRNS", new byte[2]), END)));
    }

    private static byte[] ihdr(int compression, int filter, int interlace) {
        return chunk("IHDR", bytes(0, 0, 0, 2, 0, 0, 0, 2, 8, 0, compression, filter, interlace));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aBrokenPictureIsRefusedWithItsReason(String reason, byte[] png) {
        assertThatThrownBy(() -> grey(2, 2, png))
                .isInstanceOf(PictureException.class)
                .hasMessage(reason);
    }

    @Test
    void aSizeThatFitsNoMemoryIsRefused() {
        byte[] png = png(header(Integer.MAX_VALUE, Integer.MAX_VALUE, 16, 6), DATA_2X2, END);
        assertThatThrownBy(() -> grey(2, 2, png))
                .hasMessage("size=2147483647x2147483647 must be at most 33554432 pixels (option image.max-pixels)");
    }

    @Test
    void cuttingOrChangingAnyByteGivesTheSamePixelsOrNone() {
        SplittableRandom random = new SplittableRandom(11);
        byte[] palette = chunk("PLTE", bytes(1, 2, 3, 4, 5, 6, 7, 8, 9));
        byte[] transparency = chunk("tRNS", bytes(100));
        byte[] png = png(header(2, 3, 8, 3), palette, transparency, data(0, 0, 1, 2, 1, 1, 0, 1), chunk("tEXt"), END);
        ImageShape shape = new ImageShape(2, 3, 3);
        byte[] pixels = pixels(png, shape).orElseThrow();
        int same = 0;
        for (int i = 0; i < png.length; i++) {
            assertThat(pixels(Arrays.copyOf(png, i), shape)).as("cut at " + i).isEmpty();
            for (int bit = 0; bit < 8; bit++) {
                assertThat(pixels(changed(png, i, 1 << bit), shape))
                        .as("bit " + bit + " of " + i)
                        .isEmpty();
            }
            Optional<byte[]> other = pixels(changed(png, i, 1 + random.nextInt(255)), shape);
            other.ifPresent(decoded -> assertThat(decoded).isEqualTo(pixels));
            same += other.isPresent() ? 1 : 0;
        }
        assertThat(same).as("every byte is under a checksum").isZero();
    }

    @Test
    void aChangedContentUnderItsRightChecksumGivesPixelsOrAReasonAndNothingElse() {
        SplittableRandom random = new SplittableRandom(17);
        String[] types = {"IHDR", "PLTE", "tRNS", "eXIf", "IDAT"};
        byte[][] contents = {
            bytes(0, 0, 0, 3, 0, 0, 0, 2, 8, 3, 0, 0, 0),
            bytes(1, 2, 3, 4, 5, 6, 7, 8, 9),
            bytes(100, 200),
            Jpegs.tiff(0x0112, 3, 2),
            Pngs.zlib(bytes(0, 0, 1, 2, 1, 1, 0, 1))
        };
        int refused = 0;
        for (int i = 0; i < 5000; i++) {
            int changed = random.nextInt(types.length);
            byte[][] chunks = new byte[types.length + 1][];
            chunks[types.length] = END;
            for (int k = 0; k < types.length; k++) {
                byte[] content = contents[k].clone();
                if (k == changed) {
                    content[random.nextInt(content.length)] = (byte) random.nextInt(256);
                }
                chunks[k] = chunk(types[k], content);
            }
            refused += pixels(png(chunks), new ImageShape(2, 3, 3)).isEmpty() ? 1 : 0;
        }
        assertThat(refused).isBetween(1000, 4000);
    }

    private static byte[] changed(byte[] png, int at, int bits) {
        byte[] changed = png.clone();
        changed[at] ^= (byte) bits;
        return changed;
    }
}
