package dev.levitstream.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of 28x28 pixels: the same two pictures, grey and in colour, stored in every way; and files that are damaged.
 * Those of WebP, GIF, BMP and TIFF were made from the PNGs by Pillow 9.4 (libwebp 1.2.4, libtiff 4.5.0), tiles, planes
 * and order of bytes by tiffcp, the animation by webpmux.
 */
class PictureFilesTest {
    private static final int SIDE = 28;
    private static final int JPEG_ERROR = 6;

    /** Decodes a file as the format that its name says. */
    private static byte[] pixels(String name, int channels) {
        PictureFormat format =
                PictureFormat.valueOf(name.substring(0, name.indexOf('-')).toUpperCase(Locale.ROOT));
        try (InputStream in = PictureFilesTest.class.getResourceAsStream("/pictures/" + name)) {
            byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
            return Exact.decode(format, bytes, new ImageShape(SIDE, SIDE, channels));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int furthest(byte[] one, byte[] other) {
        assertThat(one).hasSameSizeAs(other);
        int furthest = 0;
        for (int i = 0; i < one.length; i++) {
            furthest = Math.max(furthest, Math.abs((one[i] & 0xFF) - (other[i] & 0xFF)));
        }
        return furthest;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jpeg-grey.jpg",
                "jpeg-no-eoi.jpg",
                "jpeg-exif-damaged.jpg",
                "jpeg-garbage-after-eoi.jpg",
                "jpeg-two-images.jpg",
                "jpeg-grey-icc.jpg",
                "jpeg-grey-with-rgb-icc.jpg",
                "png-apng.png",
                "png-gama1.0.png",
                "png-grey16.png",
                "png-greyalpha8.png",
                "png-interlaced.png",
                "png-palette-greyramp.png",
                "png-trailing-garbage.png",
                "gif-grey.gif",
                "gif-interlaced.gif",
                "bmp-grey.bmp",
                "tiff-grey16.tif",
                "tiff-palette.tif",
                "tiff-two-pages.tif"
            })
    void theGreyPictureHasItsValuesHoweverItIsStored(String name) {
        assertThat(pixels(name, 1)).isEqualTo(pixels("png-grey8.png", 1));
        assertThat(pixels(name, 3)).isEqualTo(pixels("png-grey8.png", 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jpeg-exif-only-no-jfif.jpg",
                "jpeg-icc-garbage.jpg",
                "jpeg-icc-one-of-two.jpg",
                "jpeg-progressive.jpg",
                "jpeg-rgb-icc-linear.jpg",
                "jpeg-rgb-ids-0-1-2.jpg",
                "jpeg-rgb-no-jfif-ids-1-2-3.jpg",
                "jpeg-ycbcr-ids-R-G-B.jpg"
            })
    void theColourPictureHasItsValuesHoweverItIsStored(String name) {
        assertThat(pixels(name, 3)).isEqualTo(pixels("jpeg-rgb.jpg", 3));
        assertThat(pixels(name, 1)).isEqualTo(pixels("jpeg-rgb.jpg", 1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "webp-lossless.webp",
                "bmp-rgb.bmp",
                "tiff-rgb.tif",
                "tiff-big-endian-packbits.tif",
                "tiff-tiled-lzw.tif",
                "tiff-planar-deflate.tif",
                "tiff-cmyk.tif"
            })
    void withoutLossTheColourPictureIsThePng(String name) {
        assertThat(pixels(name, 3)).isEqualTo(pixels("png-rgb8.png", 3));
        assertThat(pixels(name, 1)).isEqualTo(pixels("png-rgb8.png", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiff-group2.tif", "tiff-group3.tif", "tiff-group4.tif", "bmp-grey1.bmp"})
    void blackAndWhiteIsThePng(String name) {
        assertThat(pixels(name, 1)).isEqualTo(pixels("png-grey1.png", 1));
    }

    @Test
    void otherLossyFormatsAreThePngWithinTheErrorOfTheirCoding() {
        assertThat(furthest(pixels("tiff-jpeg.tif", 1), pixels("png-rgb8.png", 1)))
                .isLessThanOrEqualTo(JPEG_ERROR);
        assertThat(furthest(pixels("webp-lossy.webp", 1), pixels("png-rgb8.png", 1)))
                .isLessThanOrEqualTo(2 * JPEG_ERROR);
        assertThat(furthest(pixels("webp-lossy-grey.webp", 1), pixels("png-grey8.png", 1)))
                .isLessThanOrEqualTo(JPEG_ERROR);
        assertThat(furthest(pixels("webp-lossy-hidden.webp", 1), pixels("png-rgba-hidden.png", 1)))
                .isLessThanOrEqualTo(JPEG_ERROR);
    }

    @Test
    void theFirstFrameOfAnAnimationLiesOnItsCanvas() {
        byte[] expected = pixels("png-rgb8.png", 3); // of which the frame is 16x16 pixels at row 6, column 4
        for (int i = 0; i < expected.length; i++) {
            int y = i / 3 / SIDE;
            int x = i / 3 % SIDE;
            expected[i] = y >= 6 && y < 22 && x >= 4 && x < 20 ? expected[i] : 0;
        }
        assertThat(pixels("webp-animated.webp", 3)).isEqualTo(expected);
    }

    @Test
    void orientationTurnsWebpAndTiffAsItTurnsJpeg() {
        assertTurnedRight(pixels("png-rgb8.png", 1), pixels("webp-exif-orientation-6.webp", 1));
        assertTurnedRight(pixels("png-grey8.png", 1), pixels("tiff-orientation-6.tif", 1));
    }

    private static void assertTurnedRight(byte[] stored, byte[] turned) {
        for (int i = 0; i < stored.length; i++) {
            assertThat(turned[i % SIDE * SIDE + SIDE - 1 - i / SIDE]).isEqualTo(stored[i]);
        }
    }

    @Test
    void eachDepthIsTheSamePictureInOtherSteps() {
        byte[] grey = pixels("png-grey8.png", 1);
        for (int depth : new int[] {1, 2, 4}) {
            byte[] coarse = pixels("png-grey" + depth + ".png", 1);
            for (int i = 0; i < grey.length; i++) {
                int level = (grey[i] & 0xFF) >> (8 - depth);
                assertThat(coarse[i] & 0xFF).isEqualTo(level * 255 / ((1 << depth) - 1));
            }
        }
        byte[] low = pixels("png-grey16-low.png", 1); // 12 bits in 16: a sixteenth of the range
        for (int i = 0; i < grey.length; i++) {
            assertThat(low[i] & 0xFF).isBetween(((grey[i] & 0xFF) >> 4) - 1, ((grey[i] & 0xFF) >> 4) + 1);
        }
        assertThat(furthest(pixels("png-rgb16.png", 3), pixels("png-rgb8.png", 3)))
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aJpegIsThePngWithinTheErrorOfItsCoding() {
        assertThat(furthest(pixels("jpeg-rgb.jpg", 1), pixels("png-rgb8.png", 1)))
                .isLessThanOrEqualTo(JPEG_ERROR);
        byte[] negative = pixels("png-rgb8.png", 1);
        for (int i = 0; i < negative.length; i++) {
            negative[i] = (byte) ~negative[i]; // the file holds inks where Adobe's marker promises light
        }
        assertThat(furthest(pixels("jpeg-cmyk.jpg", 1), negative)).isLessThanOrEqualTo(2 * JPEG_ERROR);
    }

    @Test
    void whatIsHiddenUnderAlphaIsBlack() {
        byte[] expected = pixels("png-greyalpha8-hidden.png", 3);
        assertThat(pixels("png-rgba-hidden.png", 3)).isEqualTo(expected);
        assertThat(pixels("png-palette-trns.png", 3)).isEqualTo(expected);
        assertThat(pixels("webp-lossless-hidden.webp", 3)).isEqualTo(expected);
        assertThat(pixels("tiff-rgba-hidden.tif", 3)).isEqualTo(expected);
        assertThat(expected).contains(0).contains(40).isNotEqualTo(pixels("png-greyalpha8.png", 3));
        assertThat(furthest(pixels("png-greyalpha16.png", 1), pixels("png-grey8.png", 1)))
                .isLessThanOrEqualTo(1);
    }

    @Test
    void exifTurnsThePictureUpright() {
        byte[] stored = pixels("jpeg-grey.jpg", 1);
        byte[] upsideDown = pixels("jpeg-exif-orientation-3.jpg", 1);
        byte[] right = pixels("jpeg-exif-orientation-6.jpg", 1);
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                byte value = stored[y * SIDE + x];
                assertThat(upsideDown[(SIDE - 1 - y) * SIDE + SIDE - 1 - x]).isEqualTo(value);
                assertThat(right[x * SIDE + SIDE - 1 - y]).isEqualTo(value);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jpeg-12bit.jpg               | precision=12 must be 8 bits
                    jpeg-height-0-dnl.jpg        | height=0 must stand in the frame header (a DNL segment is not read)
                    jpeg-is-png.jpg              | format=png must be jpeg, the encoding of the record
                    jpeg-thousand-soi.jpg        | marker=0xd8 must be of a baseline or progressive Huffman JPEG
                    jpeg-truncated-after-sos.jpg | data=Corrupt JPEG data: premature end of data segment must be undamaged
                    jpeg-truncated-half.jpg      | data=Corrupt JPEG data: premature end of data segment must be undamaged
                    png-empty.png                | format=unknown must be png, the encoding of the record
                    png-is-jpeg.png              | format=jpeg must be png, the encoding of the record
                    png-no-idat.png              | data=0 bytes must be 812
                    png-short-idat.png           | data=300 bytes must be 812
                    png-truncated-half.png       | chunk 2=cut must be whole
                    """)
    void aDamagedFileIsRefusedWithItsReason(String name, String reason) {
        assertThatThrownBy(() -> pixels(name, 1))
                .isInstanceOf(PictureException.class)
                .hasMessage(reason);
    }
}
