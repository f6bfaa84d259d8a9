package dev.levitstream.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Area averaging against exact fractions of a naive loop, and what must hold for every picture. */
class FittingTest {
    private static final int BACKGROUND = 0x0A141E; // 10, 20, 30

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    private static PictureOptions options(Fit fit) {
        return new PictureOptions(fit, BACKGROUND, 1 << 24, 1 << 24);
    }

    private static byte[] fit(Fit fit, byte[] pixels, ImageShape from, ImageShape to) {
        return Picture.fit(pixels, from, to, options(fit));
    }

    /** Each pixel of the image looks at every pixel of the picture, and takes what both share of the plane. */
    private static byte[] naive(byte[] pixels, ImageShape from, ImageShape to) {
        byte[] image = new byte[to.size()];
        for (int i = 0; i < image.length; i++) {
            int band = i % to.channels();
            int column = i / to.channels() % to.width();
            int row = i / to.channels() / to.width();
            long sum = 0; // in units of 1/(H W) of a pixel
            for (int y = 0; y < from.height(); y++) {
                for (int x = 0; x < from.width(); x++) {
                    long tall = shared(y, to.height(), row, from.height());
                    long wide = shared(x, to.width(), column, from.width());
                    sum += tall * wide * (pixels[(y * from.width() + x) * from.channels() + band] & 0xFF);
                }
            }
            image[i] = (byte)
                    Math.floorDiv(2 * sum + (long) from.height() * from.width(), 2L * from.height() * from.width());
        }
        return image;
    }

    private static long shared(long one, long length, long other, long otherLength) {
        long from = Math.max(one * length, other * otherLength);
        return Math.max(0, Math.min((one + 1) * length, (other + 1) * otherLength) - from);
    }

    private static ImageShape shape(SplittableRandom random, int channels) {
        return new ImageShape(1 + random.nextInt(23), 1 + random.nextInt(23), channels);
    }

    private static byte[] noise(SplittableRandom random, ImageShape shape) {
        byte[] pixels = new byte[shape.size()];
        random.nextBytes(pixels);
        return pixels;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void eachPixelIsTheMeanOfTheAreaUnderIt(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int channels : new int[] {1, 3, 5}) {
            ImageShape from = shape(random, channels);
            ImageShape to = shape(random, channels);
            byte[] pixels = noise(random, from);
            assertThat(fit(Fit.STRETCH, pixels, from, to))
                    .as(from + " to " + to)
                    .isEqualTo(naive(pixels, from, to));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aConstantStaysAndEqualSizesChangeNothing(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ImageShape from = shape(random, 3);
        ImageShape to = shape(random, 3);
        byte[] constant = new byte[from.size()];
        Arrays.fill(constant, (byte) random.nextInt(256));
        assertThat(fit(Fit.STRETCH, constant, from, to)).hasSize(to.size()).containsOnly(constant[0]);
        assertThat(fit(Fit.COVER, constant, from, to)).hasSize(to.size()).containsOnly(constant[0]);
        byte[] pixels = noise(random, from);
        for (Fit fit : Fit.values()) {
            byte[] same = new Fitting(from.height(), from.width(), Orientation.UPRIGHT, from, options(fit))
                    .fit(new RawRows(pixels, from.width(), 3));
            assertThat(same).isEqualTo(pixels);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theMeanIsKeptWherePixelsFitWhole(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ImageShape to = shape(random, 1);
        int down = 1 + random.nextInt(6);
        int across = 1 + random.nextInt(6);
        ImageShape from = new ImageShape(to.height() * down, to.width() * across, 1);
        byte[] pixels = noise(random, from);
        assertThat(mean(fit(Fit.STRETCH, pixels, from, to))).isBetween(mean(pixels) - 0.5, mean(pixels) + 0.5);
        byte[] image = noise(random, to);
        assertThat(fit(Fit.STRETCH, fit(Fit.STRETCH, image, to, from), from, to))
                .as("pixels are repeated")
                .isEqualTo(image);
    }

    private static double mean(byte[] pixels) {
        double sum = 0;
        for (byte pixel : pixels) {
            sum += pixel & 0xFF;
        }
        return sum / pixels.length;
    }

    /** Turns pixels as EXIF's code says that they lie. */
    private static byte[] turned(byte[] pixels, ImageShape shape, Orientation orientation) {
        byte[] turned = new byte[pixels.length];
        for (int i = 0; i < pixels.length / shape.channels(); i++) {
            int place = orientation.place(i % shape.width(), i / shape.width(), shape.width(), shape.height());
            System.arraycopy(pixels, i * shape.channels(), turned, place * shape.channels(), shape.channels());
        }
        return turned;
    }

    private static ImageShape turned(ImageShape shape, Orientation orientation) {
        int down = shape.width();
        int across = shape.height();
        return orientation.swapsAxes() ? new ImageShape(down, across, shape.channels()) : shape;
    }

    @ParameterizedTest
    @EnumSource
    void turningAndFittingMayChangePlaces(Orientation orientation) {
        for (long seed : seeds().toArray()) {
            SplittableRandom random = new SplittableRandom(seed);
            ImageShape from = shape(random, 3);
            ImageShape to = shape(random, 3);
            byte[] pixels = noise(random, from);
            for (Fit fit : new Fit[] {Fit.STRETCH, Fit.COVER, Fit.CONTAIN}) {
                byte[] fitted = fit(fit, turned(pixels, from, orientation), turned(from, orientation), to);
                byte[] lying = fit(fit, pixels, from, turned(to, orientation));
                assertThat(turned(lying, turned(to, orientation), orientation)).isEqualTo(fitted);
                byte[] stored = new Fitting(from.height(), from.width(), orientation, to, options(fit))
                        .fit(new RawRows(pixels, from.width(), 3));
                assertThat(stored).as("stored so").isEqualTo(fitted);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}x{2} in {3}x{4}")
    @CsvSource({
        // rows and columns left out of the picture on each side, and of background on each side of the image
        "STRETCH, 10, 40, 8, 8, 0, 0, 0, 0",
        "COVER, 1080, 1920, 64, 64, 0, 420, 0, 0",
        "COVER, 1920, 1080, 64, 64, 420, 0, 0, 0",
        "COVER, 10, 13, 5, 5, 0, 2, 0, 0",
        "COVER, 1, 2, 100, 1, 0, 0, 0, 0",
        "COVER, 1, 3, 100, 1, 0, 1, 0, 0",
        "CONTAIN, 1080, 1920, 64, 64, 0, 0, 14, 0",
        "CONTAIN, 1920, 1080, 64, 64, 0, 0, 0, 14",
        "CONTAIN, 1, 100, 8, 8, 0, 0, 3, 0",
        "CONTAIN, 100, 1, 9, 9, 0, 0, 0, 4",
        "COVER, 20, 20, 5, 5, 0, 0, 0, 0",
        "CONTAIN, 20, 20, 5, 5, 0, 0, 0, 0"
    })
    void marginsAreEqualOnOppositeSides(
            Fit fit, int height, int width, int tall, int wide, int top, int left, int above, int beside) {
        assertThat(Placement.of(fit, height, width, tall, wide)).isEqualTo(new Placement(top, left, above, beside));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void coverIsTheMiddleStretchedAndContainHasBackgroundBeside(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        ImageShape from = shape(random, 3);
        ImageShape to = shape(random, 3);
        byte[] pixels = noise(random, from);
        Placement cover = Placement.of(Fit.COVER, from.height(), from.width(), to.height(), to.width());
        ImageShape middle =
                new ImageShape(from.height() - 2 * cover.sourceTop(), from.width() - 2 * cover.sourceLeft(), 3);
        byte[] cut = part(pixels, from, cover.sourceTop(), cover.sourceLeft(), middle);
        assertThat(fit(Fit.COVER, pixels, from, to)).isEqualTo(naive(cut, middle, to));
        Placement contain = Placement.of(Fit.CONTAIN, from.height(), from.width(), to.height(), to.width());
        ImageShape inner =
                new ImageShape(to.height() - 2 * contain.targetTop(), to.width() - 2 * contain.targetLeft(), 3);
        byte[] image = fit(Fit.CONTAIN, pixels, from, to);
        assertThat(part(image, to, contain.targetTop(), contain.targetLeft(), inner))
                .isEqualTo(naive(pixels, from, inner));
        for (int i = 0; i < image.length; i++) {
            int y = i / 3 / to.width() - contain.targetTop();
            int x = i / 3 % to.width() - contain.targetLeft();
            if (y < 0 || x < 0 || y >= inner.height() || x >= inner.width()) {
                assertThat(image[i]).isEqualTo((byte) (10 + i % 3 * 10));
            }
        }
    }

    private static byte[] part(byte[] pixels, ImageShape shape, int top, int left, ImageShape part) {
        byte[] cut = new byte[part.size()];
        for (int y = 0; y < part.height(); y++) {
            int from = ((top + y) * shape.width() + left) * 3;
            System.arraycopy(pixels, from, cut, y * part.width() * 3, part.width() * 3);
        }
        return cut;
    }

    @Test
    void greyAndColourBecomeEachOther() {
        ImageShape grey = new ImageShape(1, 2, 1);
        ImageShape colour = new ImageShape(1, 1, 3);
        assertThat(fit(Fit.STRETCH, new byte[] {10, 21}, grey, colour)).containsExactly(16, 16, 16);
        assertThat(fit(Fit.STRETCH, new byte[] {100, 50, 25}, colour, grey)).containsExactly(62, 62);
        assertThat(fit(Fit.CONTAIN, new byte[] {100, 50, 25}, colour, new ImageShape(1, 3, 1)))
                .as("luma of the background")
                .containsExactly(18, 62, 18);
        assertThat(fit(Fit.CONTAIN, new byte[] {1, 2, 3, 4, 5}, new ImageShape(1, 1, 5), new ImageShape(3, 1, 5)))
                .containsExactly(18, 18, 18, 18, 18, 1, 2, 3, 4, 5, 18, 18, 18, 18, 18);
    }

    @ParameterizedTest(name = "{0}x{1}")
    @CsvSource({"1, 16777216", "16777216, 1", "1031, 1021"})
    void sumsDoNotOverflow(int height, int width) {
        ImageShape large = new ImageShape(height, width, 1);
        byte[] white = new byte[large.size()];
        Arrays.fill(white, (byte) 255);
        assertThat(fit(Fit.STRETCH, white, large, new ImageShape(3, 3, 1))).containsOnly(255);
    }
}
