package dev.levitstream.picture;

import static dev.levitstream.picture.Pngs.bytes;
import static dev.levitstream.picture.Pngs.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JpegTest {
    private static final int SOF0 = 0xC0;
    private static final int SOF2 = 0xC2;
    private static final int SOS = 0xDA;
    private static final int TOLERANCE = 3;

    private static byte[] colour(int height, int width, byte[] jpeg) {
        return Exact.decode(PictureFormat.JPEG, jpeg, new ImageShape(height, width, 3));
    }

    private static byte[] grey(int height, int width, byte[] jpeg) {
        return Exact.decode(PictureFormat.JPEG, jpeg, new ImageShape(height, width, 1));
    }

    /** First pixel of an 8x8 picture. */
    private static int[] firstPixel(byte[] jpeg) {
        byte[] pixels = colour(8, 8, jpeg);
        return new int[] {pixels[0] & 0xFF, pixels[1] & 0xFF, pixels[2] & 0xFF};
    }

    private static void assertFirstPixel(byte[] jpeg, int... rgb) {
        int[] found = firstPixel(jpeg);
        for (int i = 0; i < 3; i++) {
            assertThat(found[i]).as(Arrays.toString(found)).isBetween(rgb[i] - TOLERANCE, rgb[i] + TOLERANCE);
        }
    }

    private static byte[] picture(boolean progressive) {
        return Jpegs.encoded(Jpegs.noise(20, 28, BufferedImage.TYPE_INT_RGB), progressive);
    }

    /** The JPEG with a byte of its frame header set: 2 is the precision, 3 the height, 8 the first component id. */
    private static byte[] withFrame(byte[] jpeg, int at, int... values) {
        byte[] changed = jpeg.clone();
        int frame = 2;
        while (changed[frame + 1] != (byte) SOF0 && changed[frame + 1] != (byte) SOF2) {
            frame += 2 + JpegStructure.unsigned16(changed, frame + 2);
        }
        for (int i = 0; i < values.length; i++) {
            changed[frame + 2 + at + i] = (byte) values[i];
        }
        return changed;
    }

    /** The JPEG with other component ids in its frame and its one scan. */
    private static byte[] withIds(byte[] jpeg, int... ids) {
        byte[] changed = jpeg;
        for (int i = 0; i < ids.length; i++) {
            changed = withFrame(changed, 8 + 3 * i, ids[i]);
        }
        List<byte[]> segments = Jpegs.segments(changed);
        for (byte[] segment : segments) {
            for (int i = 0; Jpegs.is(segment, SOS) && i < ids.length; i++) {
                segment[5 + 2 * i] = (byte) ids[i];
            }
        }
        return Jpegs.joined(segments);
    }

    @ParameterizedTest(name = "progressive {0}")
    @ValueSource(booleans = {false, true})
    void aPlainPictureHasThePixelsOfTheJdk(boolean progressive) throws IOException {
        byte[] jpeg = picture(progressive);
        BufferedImage expected = ImageIO.read(new ByteArrayInputStream(jpeg));
        byte[] pixels = colour(20, 28, jpeg);
        for (int i = 0; i < 20 * 28; i++) {
            int rgb = (pixels[3 * i] & 0xFF) << 16 | (pixels[3 * i + 1] & 0xFF) << 8 | (pixels[3 * i + 2] & 0xFF);
            assertThat(rgb).isEqualTo(expected.getRGB(i % 28, i / 28) & 0xFFFFFF);
        }
    }

    @Test
    void greyIsReadUnbentAndColourTurnsGreyByLuma() {
        byte[] grey = Jpegs.flat(100);
        assertThat(grey(8, 8, grey)).containsOnly(100);
        assertThat(colour(8, 8, grey)).containsOnly(100);
        byte[] pixels = colour(20, 28, picture(false));
        byte[] luma = grey(20, 28, picture(false));
        for (int i = 0; i < luma.length; i++) {
            int exact =
                    299 * (pixels[3 * i] & 0xFF) + 587 * (pixels[3 * i + 1] & 0xFF) + 114 * (pixels[3 * i + 2] & 0xFF);
            assertThat(luma[i] & 0xFF).isEqualTo(Math.round(exact / 1000f));
        }
    }

    @Test
    void markersAndIdsDecideBetweenRgbAndYCbCr() {
        byte[] plain = Jpegs.flat(200, 100, 50); // as Y, Cb and Cr it is 91, 255, 150
        byte[] jfif = Jpegs.segment(0xE0, bytes('J', 'F', 'I', 'F', 0, 1, 2, 0, 0, 1, 0, 1, 0, 0));
        assertFirstPixel(plain, 91, 255, 150);
        assertFirstPixel(Jpegs.with(plain, Jpegs.adobe(0)), 200, 100, 50);
        assertFirstPixel(Jpegs.with(plain, Jpegs.adobe(1)), 91, 255, 150);
        assertFirstPixel(Jpegs.with(plain, jfif, Jpegs.adobe(0)), 91, 255, 150);
        assertFirstPixel(withIds(plain, 'R', 'G', 'B'), 200, 100, 50);
        assertFirstPixel(Jpegs.with(withIds(plain, 'R', 'G', 'B'), Jpegs.adobe(1)), 91, 255, 150);
        assertFirstPixel(withIds(plain, 0, 1, 2), 91, 255, 150);
        byte[] subsampled = picture(false);
        List<byte[]> unmarked = new ArrayList<>(Jpegs.segments(subsampled));
        unmarked.removeIf(segment -> Jpegs.is(segment, 0xE0));
        byte[] named = withIds(Jpegs.joined(unmarked), 'R', 'G', 'B');
        assertThat(colour(20, 28, named)).as("subsampled is chroma").isEqualTo(colour(20, 28, subsampled));
    }

    @Test
    void inkBecomesLight() {
        byte[] inks = Jpegs.flat(255, 127, 0, 51);
        assertFirstPixel(inks, 0, 102, 204);
        assertFirstPixel(Jpegs.with(inks, Jpegs.adobe(0)), 51, 25, 0);
        byte[] ycck = Jpegs.with(Jpegs.flat(200, 100, 50, 102), Jpegs.adobe(2));
        assertFirstPixel(ycck, (255 - 91) * 102 / 255, 0, (255 - 150) * 102 / 255);
    }

    @Test
    void inkIsRoundedAndAShortJfifMarkerIsNone() {
        assertThat(JpegColours.ADOBE_CMYK.rgb(new int[] {51, 25, 10, 127})).isEqualTo(0x190C05); // 25.4, 12.5, 5.0
        byte[] tooShort = Jpegs.segment(0xE0, bytes('J', 'F', 'I', 'F', 0, 1, 2));
        assertFirstPixel(Jpegs.with(Jpegs.flat(200, 100, 50), tooShort, Jpegs.adobe(0)), 200, 100, 50);
    }

    @Test
    void moreScansThanEncodersMakeAreRefusedThoughEachBringsSomethingNew() {
        List<byte[]> segments = new ArrayList<>();
        segments.add(Jpegs.segment(SOF2, bytes(8, 0, 8, 0, 8, 1, 1, 0x11, 0)));
        for (int k = 0; k < 64; k++) {
            segments.add(Jpegs.segment(SOS, bytes(1, 1, 0, k, k, 0)));
        }
        assertThatThrownBy(() -> grey(8, 8, Jpegs.joined(segments))).hasMessage("scans=33 must be at most 32");
    }

    @Test
    void profilesOfAnyKindChangeNothing() {
        byte[] jpeg = picture(false);
        byte[] name = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);
        byte[] garbage = Jpegs.segment(0xE2, joined(name, bytes(1, 1), new byte[500]));
        byte[] oneOfTwo = Jpegs.segment(0xE2, joined(name, bytes(1, 2), new byte[300]));
        assertThat(colour(20, 28, Jpegs.with(jpeg, garbage))).isEqualTo(colour(20, 28, jpeg));
        assertThat(colour(20, 28, Jpegs.with(jpeg, oneOfTwo))).isEqualTo(colour(20, 28, jpeg));
    }

    static Stream<Arguments> orientations() {
        // which corner of the stored picture lies where: top left, top right, bottom left, bottom right
        return Stream.of(
                Arguments.of(1, "1234"),
                Arguments.of(2, "2143"),
                Arguments.of(3, "4321"),
                Arguments.of(4, "3412"),
                Arguments.of(5, "1324"),
                Arguments.of(6, "3142"),
                Arguments.of(7, "4231"),
                Arguments.of(8, "2413"));
    }

    @ParameterizedTest(name = "orientation {0}")
    @MethodSource("orientations")
    void theDeclaredSizeIsThatOfTheUprightPicture(int code, String corners) {
        int height = code < 5 ? 16 : 24;
        int width = code < 5 ? 24 : 16;
        byte[] jpeg = Jpegs.with(quarters(), Jpegs.exif(code));
        byte[] pixels = grey(height, width, jpeg);
        int[] at = {0, width - 1, (height - 1) * width, height * width - 1};
        for (int i = 0; i < 4; i++) {
            assertThat(Math.round((pixels[at[i]] & 0xFF) / 50f)).isEqualTo(corners.charAt(i) - '0');
        }
        assertThat(pixels[width / 4 + height / 4 * width])
                .as("not only corners")
                .isEqualTo(pixels[0]);
        ImageShape other = new ImageShape(40 - height, 40 - width, 1); // the sides are 16 and 24
        assertThatThrownBy(() -> Exact.decode(PictureFormat.JPEG, jpeg, other))
                .hasMessage("size=" + height + "x" + width + " must be " + width + "x" + height
                        + " (option image.fit is exact)");
    }

    /** 16x24 pixels, its quarters 50, 100, 150 and 200. */
    private static byte[] quarters() {
        WritableRaster raster = Raster.createInterleavedRaster(0, 24, 16, 1, null);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 24; x++) {
                raster.setSample(x, y, 0, 50 * (1 + (x < 12 ? 0 : 1) + (y < 8 ? 0 : 2)));
            }
        }
        return Jpegs.ofComponents(raster);
    }

    @Test
    void damagedExifLeavesThePictureAsItIsStored() {
        byte[] right = Jpegs.tiff(0x0112, 3, 6);
        List<byte[]> damaged = new ArrayList<>(List.of(
                Jpegs.tiff(0x0112, 3, 0),
                Jpegs.tiff(0x0112, 3, 9),
                Jpegs.tiff(0x0112, 4, 6),
                Jpegs.tiff(0x0113, 3, 6)));
        for (int cut = 0; cut < 22; cut++) {
            damaged.add(Arrays.copyOf(right, cut));
        }
        for (int at : new int[] {0, 1, 3, 4, 7, 12, 14, 17}) { // order, magic, directory, type, count
            byte[] changed = right.clone();
            changed[at] = (byte) 0xFF;
            damaged.add(changed);
        }
        byte[] jpeg = quarters();
        byte[] stored = grey(16, 24, jpeg);
        for (byte[] tiff : damaged) {
            byte[] exif = Jpegs.segment(0xE1, joined(Orientation.EXIF, tiff));
            assertThat(grey(16, 24, Jpegs.with(jpeg, exif)))
                    .as(Arrays.toString(tiff))
                    .isEqualTo(stored);
        }
        byte[] little = bytes('I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0);
        byte[] turned = Jpegs.with(jpeg, Jpegs.segment(0xE1, joined(Orientation.EXIF, little)));
        assertThat(grey(16, 24, turned)).isEqualTo(grey(16, 24, Jpegs.with(jpeg, Jpegs.exif(3))));
        assertThat(grey(16, 24, Jpegs.with(jpeg, Jpegs.exif(1), Jpegs.exif(6)))).isEqualTo(stored);
    }

    @ParameterizedTest(name = "progressive {0}")
    @ValueSource(booleans = {false, true})
    void aPictureCutAnywhereBeforeItsLastPixelsIsRefused(boolean progressive) {
        byte[] jpeg = picture(progressive);
        byte[] pixels = colour(20, 28, jpeg);
        for (int length = 0; length < jpeg.length - 2; length++) {
            byte[] cut = Arrays.copyOf(jpeg, length);
            assertThatThrownBy(() -> colour(20, 28, cut)).as("cut at " + length).isInstanceOf(PictureException.class);
            byte[] ended = joined(cut, Jpegs.EOI);
            assertThatThrownBy(() -> colour(20, 28, ended))
                    .as("ended at " + length)
                    .isInstanceOf(PictureException.class);
        }
        for (int length = jpeg.length - 2; length < jpeg.length; length++) {
            assertThat(colour(20, 28, Arrays.copyOf(jpeg, length))).as("no EOI").isEqualTo(pixels);
        }
    }

    @Test
    void eachScanOfAProgressivePictureIsMissedAndNoneMayComeTwice() {
        List<byte[]> segments = Jpegs.segments(picture(true));
        int scans = 0;
        for (int i = 0; i < segments.size(); i++) {
            if (Jpegs.is(segments.get(i), SOS)) {
                scans++;
                List<byte[]> fewer = new ArrayList<>(segments);
                fewer.remove(i);
                assertThatThrownBy(() -> colour(20, 28, Jpegs.joined(fewer)))
                        .hasMessageMatching("scan \\d+=coefficient \\d+ must not repeat or skip what came before"
                                + "|scans=9 must bring every coefficient in full; the picture is cut");
                List<byte[]> more = new ArrayList<>(segments);
                more.add(segments.get(i));
                assertThatThrownBy(() -> colour(20, 28, Jpegs.joined(more)))
                        .hasMessageMatching("scan 11=coefficient \\d+ must not repeat or skip what came before");
            }
        }
        assertThat(scans).isEqualTo(10);
    }

    @ParameterizedTest(name = "progressive {0}")
    @ValueSource(booleans = {false, true})
    void aChangedByteGivesPixelsOrAReasonAndNothingElse(boolean progressive) {
        SplittableRandom random = new SplittableRandom(13);
        byte[] jpeg = Jpegs.with(picture(progressive), Jpegs.exif(3), Jpegs.adobe(1));
        int refused = 0;
        for (int at = 0; at < jpeg.length; at++) {
            byte[] changed = jpeg.clone();
            changed[at] ^= (byte) (1 + random.nextInt(255));
            try {
                assertThat(colour(20, 28, changed)).hasSize(20 * 28 * 3);
            } catch (PictureException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void bytesBehindTheEndAreIgnored() {
        byte[] jpeg = picture(false);
        assertThat(colour(20, 28, joined(jpeg, new byte[1000]))).isEqualTo(colour(20, 28, jpeg));
        assertThat(colour(20, 28, joined(jpeg, Jpegs.flat(1)))).isEqualTo(colour(20, 28, jpeg));
    }

    static Stream<Arguments> broken() {
        byte[] jpeg = Jpegs.flat(100);
        List<byte[]> segments = Jpegs.segments(jpeg);
        byte[] frame =
                segments.stream().filter(s -> Jpegs.is(s, SOF0)).findFirst().orElseThrow();
        byte[] scan =
                segments.stream().filter(s -> Jpegs.is(s, SOS)).findFirst().orElseThrow();
        byte[] arithmetic = frame.clone();
        arithmetic[1] = (byte) 0xC9;
        String unknown = " must be of a baseline or progressive Huffman JPEG";
        return Stream.of(
                Arguments.of("precision=12 must be 8 bits", withFrame(jpeg, 2, 12)),
                Arguments.of(
                        "height=0 must stand in the frame header (a DNL segment is not read)",
                        withFrame(jpeg, 3, 0, 0)),
                Arguments.of("width=0 must be positive", withFrame(jpeg, 5, 0, 0)),
                Arguments.of("components=2 must be 1, 3 or 4", Jpegs.flat(1, 2)),
                Arguments.of("frame=9 bytes must have 15 for 3 components", withFrame(jpeg, 7, 3)),
                Arguments.of("component ids=[1, 1, 3] must differ", withFrame(Jpegs.flat(1, 2, 3), 11, 1)),
                Arguments.of("frame=1 bytes must have at least 6", Jpegs.with(jpeg, Jpegs.segment(SOF0, (byte) 8))),
                Arguments.of("frames=2 must be 1", Jpegs.with(jpeg, frame)),
                Arguments.of("frame=none must come before the scans", Jpegs.with(jpeg, scan)),
                Arguments.of("frame=none must come before the scans", joined(Jpegs.SOI, Jpegs.EOI, Jpegs.EOI)),
                Arguments.of("marker=0xc9" + unknown, Jpegs.with(jpeg, arithmetic)),
                Arguments.of("marker=0xdc" + unknown, Jpegs.with(jpeg, Jpegs.segment(0xDC, bytes(0, 8)))),
                Arguments.of("marker=0xd8" + unknown, Jpegs.with(jpeg, Jpegs.SOI)),
                Arguments.of(
                        "marker=0xd0" + unknown,
                        joined(Arrays.copyOf(jpeg, jpeg.length - 2), bytes(0xFF, 0xD0), Jpegs.EOI)),
                Arguments.of(
                        "byte 8=0x00 must be a marker",
                        Jpegs.with(jpeg, Jpegs.segment(0xFE, (byte) 0, (byte) 0), bytes(0))),
                Arguments.of("segment 0xfe=cut must be whole", Jpegs.with(jpeg, bytes(0xFF, 0xFE, 0xFF, 0xFF))),
                Arguments.of("segment 0xfe=cut must be whole", Jpegs.with(jpeg, bytes(0xFF, 0xFE, 0, 1))),
                Arguments.of("restart interval=1 bytes must have 2", Jpegs.with(jpeg, Jpegs.segment(0xDD, (byte) 0))),
                Arguments.of("scan 2=coefficient 0 must not repeat or skip what came before", twice(segments, scan)),
                Arguments.of("scan 1=unknown component must be of a component of the frame", withFrame(jpeg, 8, 7)),
                Arguments.of("scan 1=2 bytes must fit its components", withScan(segments, 1, 0)),
                Arguments.of("scan 1=0 bytes must fit its components", withScan(segments)),
                Arguments.of("scan 1=5..4 must be coefficients in 0..63", withScan(segments, 1, 1, 0, 5, 4, 0)),
                Arguments.of("scan 1=0..64 must be coefficients in 0..63", withScan(segments, 1, 1, 0, 0, 64, 0)),
                Arguments.of("scan 1=3 to 1 must add one bit", withScan(segments, 1, 1, 0, 0, 63, 0x31)),
                Arguments.of("adobe transform=2 must be 0 or 1", Jpegs.with(Jpegs.flat(1, 2, 3), Jpegs.adobe(2))),
                Arguments.of("adobe transform=1 must be 0 or 2", Jpegs.with(Jpegs.flat(1, 2, 3, 4), Jpegs.adobe(1))));
    }

    private static byte[] twice(List<byte[]> segments, byte[] scan) {
        List<byte[]> more = new ArrayList<>(segments);
        more.add(scan);
        return Jpegs.joined(more);
    }

    private static byte[] withScan(List<byte[]> segments, int... header) {
        List<byte[]> changed = new ArrayList<>(segments);
        changed.removeIf(segment -> Jpegs.is(segment, SOS));
        changed.add(Jpegs.segment(SOS, bytes(header)));
        return Jpegs.joined(changed);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aBrokenPictureIsRefusedWithItsReason(String reason, byte[] jpeg) {
        assertThatThrownBy(() -> grey(8, 8, jpeg))
                .isInstanceOf(PictureException.class)
                .hasMessage(reason);
    }

    @Test
    void aWarningOfTheReaderIsAFault() {
        byte[] jpeg = picture(false);
        byte[] padded = joined(Arrays.copyOf(jpeg, jpeg.length / 2), Jpegs.EOI);
        assertThatThrownBy(() -> colour(20, 28, padded))
                .hasMessage("data=Corrupt JPEG data: premature end of data segment must be undamaged");
    }

    @Test
    void restartMarkersBelongToTheScan() {
        byte[] jpeg = Jpegs.flat(100); // one block: a restart interval of 1 asks for no marker
        byte[] interval = Jpegs.segment(0xDD, bytes(0, 1));
        assertThat(grey(8, 8, Jpegs.with(jpeg, interval))).containsOnly(100);
        byte[] two = twoBlocks();
        assertThat(grey(8, 16, Jpegs.with(two, interval))).containsOnly(100);
        byte[] wrong = two.clone();
        wrong[wrong.length - 2 - restartTail(two)] ^= 1;
        assertThatThrownBy(() -> grey(8, 16, Jpegs.with(wrong, interval))).isInstanceOf(PictureException.class);
    }

    /** 8x16 pixels, both blocks coded as the one of a flat picture, with a restart marker between. */
    private static byte[] twoBlocks() {
        List<byte[]> segments = new ArrayList<>(Jpegs.segments(withFrame(Jpegs.flat(100), 5, 0, 16)));
        byte[] scan = segments.remove(segments.size() - 1);
        byte[] block = Arrays.copyOfRange(scan, 10, scan.length);
        segments.add(joined(scan, bytes(0xFF, 0xD0), block));
        return Jpegs.joined(segments);
    }

    /** Bytes between the second byte of the restart marker and EOI. */
    private static int restartTail(byte[] jpeg) {
        int at = jpeg.length - 3;
        while ((jpeg[at] & 0xFF) != 0xD0 || jpeg[at - 1] != (byte) 0xFF) {
            at--;
        }
        return jpeg.length - 2 - at;
    }
}
