package dev.levitstream.picture;

import static dev.levitstream.picture.Pngs.bytes;
import static dev.levitstream.picture.Pngs.chunk;
import static dev.levitstream.picture.Pngs.data;
import static dev.levitstream.picture.Pngs.header;
import static dev.levitstream.picture.Pngs.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageWriterSpi;
import dev.levitstream.common.ImageShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A picture as every writer at hand writes it: told by content, the same pixels, fitted, cut and changed. */
class PictureTest {
    private static final int HEIGHT = 20;
    private static final int WIDTH = 27;
    private static final ImageShape SHAPE = new ImageShape(HEIGHT, WIDTH, 3);

    private static byte[] pixels(byte[] picture, ImageShape shape, Fit fit) {
        return Picture.of(picture, PictureOptions.DEFAULT.with(fit)).pixels(shape);
    }

    /** A drawing of few colours: runs, edges, and a palette that is not full. */
    private static BufferedImage drawing(int type) {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, type);
        int[] colours = {0x000000, 0xFFFFFF, 0xFF0000, 0x336699, 0x808080};
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
            int x = i % WIDTH;
            int y = i / WIDTH;
            picture.setRGB(x, y, 0xFF000000 | colours[(x / 3 + y / 4 + x * y / 50) % colours.length]);
        }
        return picture;
    }

    private static byte[] expected() {
        byte[] pixels = new byte[SHAPE.size()];
        BufferedImage drawing = drawing(BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < HEIGHT * WIDTH; i++) {
            int rgb = drawing.getRGB(i % WIDTH, i / WIDTH);
            pixels[3 * i] = (byte) (rgb >> 16);
            pixels[3 * i + 1] = (byte) (rgb >> 8);
            pixels[3 * i + 2] = (byte) rgb;
        }
        return pixels;
    }

    static byte[] written(String format, BufferedImage picture, String compression) {
        ImageWriter writer = format.equals("tiff")
                ? new TIFFImageWriterSpi().createWriterInstance(null)
                : ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        if (!compression.isEmpty()) {
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionType(compression);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), param);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    static Stream<Arguments> lossless() {
        int palette = BufferedImage.TYPE_BYTE_INDEXED;
        int colour = BufferedImage.TYPE_3BYTE_BGR;
        return Stream.of(
                Arguments.of("png", colour, ""),
                Arguments.of("png", palette, ""),
                Arguments.of("png", BufferedImage.TYPE_4BYTE_ABGR, ""),
                Arguments.of("gif", palette, ""),
                Arguments.of("bmp", colour, "BI_RGB"),
                Arguments.of("bmp", palette, "BI_RGB"),
                Arguments.of("bmp", palette, "BI_RLE8"),
                Arguments.of("tiff", colour, "None"),
                Arguments.of("tiff", colour, "LZW"),
                Arguments.of("tiff", colour, "Deflate"),
                Arguments.of("tiff", colour, "ZLib"),
                Arguments.of("tiff", colour, "PackBits"),
                Arguments.of("tiff", palette, "LZW"),
                Arguments.of("tiff", BufferedImage.TYPE_4BYTE_ABGR, "LZW"));
    }

    @ParameterizedTest(name = "{0} of type {1} {2}")
    @MethodSource("lossless")
    void whatIsWrittenWithoutLossIsReadAsItWas(String format, int type, String compression) {
        boolean palette = type == BufferedImage.TYPE_BYTE_INDEXED; // which has its own greys and blues
        byte[] picture = written(format, drawing(type), compression);
        byte[] expected = palette ? pixels(written("png", drawing(type), ""), SHAPE, Fit.EXACT) : expected();
        Picture opened = Picture.of(picture, PictureOptions.DEFAULT.with(Fit.EXACT));
        assertThat(opened.format().text()).isEqualTo(format);
        assertThat(opened.size()).isEqualTo(new PictureSize(HEIGHT, WIDTH, 3));
        assertThat(opened.pixels(SHAPE)).isEqualTo(expected);
        ImageShape small = new ImageShape(5, 9, 3);
        assertThat(pixels(picture, small, Fit.STRETCH))
                .isEqualTo(Picture.fit(expected, SHAPE, small, PictureOptions.DEFAULT));
    }

    @ParameterizedTest(name = "{0} of type {1} {2}")
    @MethodSource("lossless")
    void cutAnywhereItGivesThePixelsOrAReasonAndNothingElse(String format, int type, String compression) {
        byte[] picture = written(format, drawing(type), compression);
        byte[] whole = pixels(picture, SHAPE, Fit.EXACT);
        int refused = 0;
        for (int length = 0; length < picture.length; length += 1 + picture.length / 300) {
            try {
                assertThat(pixels(Arrays.copyOf(picture, length), SHAPE, Fit.EXACT))
                        .as("cut at " + length)
                        .isEqualTo(whole);
            } catch (PictureException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(Math.min(picture.length, 300) / 3);
    }

    @ParameterizedTest(name = "{0} of type {1} {2}")
    @MethodSource("lossless")
    void aChangedByteGivesPixelsOrAReasonAndNothingElse(String format, int type, String compression) {
        SplittableRandom random = new SplittableRandom(5);
        byte[] picture = written(format, drawing(type), compression);
        for (int i = 0; i < 400; i++) {
            byte[] changed = picture.clone();
            changed[random.nextInt(i < 200 ? Math.min(200, picture.length) : picture.length)] =
                    (byte) random.nextInt(256);
            try {
                assertThat(pixels(changed, SHAPE, Fit.STRETCH)).hasSize(SHAPE.size());
            } catch (PictureException e) {
                assertThat(e.part()).isNotEmpty();
                assertThat(e.rule()).startsWith("must ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STRETCH", "COVER", "CONTAIN"})
    void aJpegIsFittedAsItsPixelsAre(Fit fit) {
        ImageShape large = new ImageShape(120, 200, 3);
        ImageShape small = new ImageShape(16, 16, 3);
        byte[] jpeg = Jpegs.encoded(Jpegs.noise(120, 200, BufferedImage.TYPE_INT_RGB), false);
        byte[] exact = pixels(jpeg, large, Fit.EXACT);
        byte[] fitted = pixels(jpeg, small, fit);
        byte[] expected = Picture.fit(exact, large, small, PictureOptions.DEFAULT.with(fit));
        for (int i = 0; i < fitted.length; i++) { // averaged before it becomes colours: rounded, and clipped, later
            assertThat(fitted[i] & 0xFF).isBetween((expected[i] & 0xFF) - 6, (expected[i] & 0xFF) + 6);
        }
        byte[] inks = Jpegs.flat(255, 127, 0, 51);
        assertThat(pixels(inks, new ImageShape(3, 3, 3), Fit.STRETCH))
                .isEqualTo(Picture.fit(
                        pixels(inks, new ImageShape(8, 8, 3), Fit.EXACT),
                        new ImageShape(8, 8, 3),
                        new ImageShape(3, 3, 3),
                        PictureOptions.DEFAULT));
    }

    @Test
    void aTurnedPictureIsFittedAsItsUprightTwin() {
        byte[] upright = Jpegs.encoded(Jpegs.noise(40, 56, BufferedImage.TYPE_BYTE_GRAY), false);
        ImageShape shape = new ImageShape(40, 56, 1);
        byte[] pixels = pixels(upright, shape, Fit.EXACT);
        for (int code = 1; code <= 8; code++) {
            byte[] jpeg = Jpegs.with(upright, Jpegs.exif(code));
            Orientation orientation = Orientation.ofCode(code);
            ImageShape turned = orientation.swapsAxes() ? new ImageShape(56, 40, 1) : shape;
            byte[] twin = new byte[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                twin[orientation.place(i % 56, i / 56, 56, 40)] = pixels[i];
            }
            for (Fit fit : new Fit[] {Fit.STRETCH, Fit.COVER, Fit.CONTAIN}) {
                ImageShape image = new ImageShape(10, 12, 1);
                assertThat(pixels(jpeg, image, fit))
                        .isEqualTo(Picture.fit(twin, turned, image, PictureOptions.DEFAULT.with(fit)));
            }
        }
    }

    @Test
    void whatIsTransparentLiesOverTheStatedBackground() {
        PictureOptions onBlue = new PictureOptions(Fit.EXACT, 0x0000FF, 1 << 20, 1 << 20);
        byte[] rgba = png(header(1, 3, 8, 6), data(0, 9, 8, 7, 0, 200, 100, 50, 128, 9, 8, 7, 255), Pngs.END);
        assertThat(Picture.of(rgba, onBlue).pixels(new ImageShape(1, 3, 3)))
                .isEqualTo(bytes(0, 0, 255, 100, 50, 152, 9, 8, 7));
        byte[] key = png(header(1, 2, 8, 0), chunk("tRNS", bytes(0, 50)), data(0, 50, 51), Pngs.END);
        assertThat(Picture.of(key, onBlue).pixels(new ImageShape(1, 2, 3))).isEqualTo(bytes(0, 0, 255, 51, 51, 51));
        byte[] palette = png(
                header(1, 1, 8, 3),
                chunk("PLTE", bytes(200, 100, 50)),
                chunk("tRNS", bytes(128)),
                data(0, 0),
                Pngs.END);
        assertThat(Picture.of(palette, onBlue).pixels(new ImageShape(1, 1, 3))).isEqualTo(bytes(100, 50, 152));
        byte[] deep = png(header(1, 1, 16, 4), data(0, 0, 0, 0x80, 0), Pngs.END);
        assertThat(Picture.of(deep, onBlue).pixels(new ImageShape(1, 1, 3))).isEqualTo(bytes(0, 0, 127));
        BufferedImage half = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR);
        half.setRGB(0, 0, 0x80C86432);
        assertThat(Picture.of(written("tiff", half, "LZW"), onBlue).pixels(new ImageShape(1, 1, 3)))
                .isEqualTo(bytes(100, 50, 152));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    10 | 100 | length=%d bytes must be at most 10 (option image.max-bytes)
                    1000000 | 539 | size=20x27 must be at most 539 pixels (option image.max-pixels)
                    """)
    void limitsAreOptionsAndTheirReasonsNameThem(int bytes, int pixels, String reason) {
        for (String format : new String[] {"png", "gif", "bmp", "tiff"}) {
            byte[] picture = written(format, drawing(BufferedImage.TYPE_BYTE_INDEXED), "");
            PictureOptions options = new PictureOptions(Fit.STRETCH, 0, bytes, pixels);
            assertThatThrownBy(() -> Picture.of(picture, options))
                    .isInstanceOf(PictureException.class)
                    .hasMessage(reason.formatted(picture.length));
        }
    }

    @Test
    void aGifWhoseCodesEndEarlyIsRefused() {
        byte[] head = Pngs.joined(
                bytes('G', 'I', 'F', '8', '9', 'a', 2, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255),
                bytes(0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2));
        ImageShape shape = new ImageShape(2, 2, 1);
        // codes of 3 bits, the first one lowest: clear (4), and end (5) before any pixel, or behind one
        byte[] early = Pngs.joined(head, bytes(1, 0b101_100, 0, 0x3B));
        byte[] late = Pngs.joined(head, bytes(2, 0b01_001_100, 0b1, 0, 0x3B));
        assertThatThrownBy(() -> pixels(late, shape, Fit.EXACT)).hasMessage("rows=0 must be 2");
        assertThatThrownBy(() -> pixels(early, shape, Fit.EXACT)).hasMessage("rows=0 must be 2");
    }

    @Test
    void whatIsNoPictureSaysWhatIsRead() {
        assertThatThrownBy(() -> Picture.of("ftypheic".getBytes(StandardCharsets.US_ASCII), PictureOptions.DEFAULT))
                .hasMessage("format=unknown must be one of png, jpeg, webp, gif, bmp, tiff");
        for (PictureFormat format : PictureFormat.values()) {
            assertThat(format.text()).isEqualTo(format.name().toLowerCase(Locale.ROOT));
        }
    }
}
