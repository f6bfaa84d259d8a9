package dev.levitstream.nn.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.TorchFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Backbones from TorchScript files that the tests write. */
class BackboneTest {
    static final ImageShape COLOUR = new ImageShape(4, 6, 3);

    /** Mean of each channel, and its square. */
    static final String FEATURES = TorchFile.method(
            "forward", "Tensor", "m = torch.mean(x, [2, 3])", "return torch.cat([m, torch.square(m)], 1)");
    /** Means of the four quarters. */
    private static final String QUARTERS =
            "return torch.transpose(torch.flatten(torch.adaptive_avg_pool2d(x, [2, 2]), 2), 1, 2)";

    static final String TOKENS = TorchFile.method("tokens", "Tensor", QUARTERS);
    /** The pixels themselves. */
    private static final String PIXELS = TorchFile.method("forward", "Tensor", "return torch.flatten(x, 1)");

    @TempDir
    private Path dir;

    private Path file(String... methods) {
        return write(dir, TorchFile.archive(methods));
    }

    static Path write(Path dir, byte[] file) {
        try {
            return Files.write(dir.resolve("b.pt"), file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Backbone open(Path file, ImageShape image, BackboneOptions options) {
        return Backbone.open(file, image, options, "cpu");
    }

    static BackboneOptions batchOf(int most) {
        return new BackboneOptions(most, 0, List.of(), List.of(), 0);
    }

    static SizedImage random(ImageShape shape, SplittableRandom random) {
        byte[] pixels = new byte[shape.size()];
        random.nextBytes(pixels);
        return new SizedImage(shape, pixels);
    }

    static List<SizedImage> random(ImageShape shape, int count) {
        SplittableRandom random = new SplittableRandom(count);
        List<SizedImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(random(shape, random));
        }
        return images;
    }

    private static double pixel(SizedImage image, int y, int x, int channel) {
        int channels = image.shape().channels();
        int c = channels == 1 ? 0 : channel;
        return (image.pixels()[(y * image.shape().width() + x) * channels + c] & 0xFF) / 255.0;
    }

    @Test
    void featuresAndTokensAreWhatTheFileComputes() throws Exception {
        Path file = file(FEATURES, TOKENS);
        List<SizedImage> images = new ArrayList<>(random(COLOUR, 3));
        images.add(random(new ImageShape(8, 2, 1), new SplittableRandom(9))); // of another size, and grey
        try (Backbone backbone = open(file, COLOUR, BackboneOptions.DEFAULTS)) {
            assertThat(backbone.width()).isEqualTo(6);
            assertThat(backbone.hasTokens()).isTrue();
            assertThat(backbone.tokenCount()).isEqualTo(4);
            assertThat(backbone.tokenWidth()).isEqualTo(3);
            assertThat(backbone.block()).isEqualTo(1);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            assertThat(backbone.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
            float[][] features = backbone.features(images);
            float[][] tokens = backbone.tokens(images);
            assertThat(features).hasNumberOfRows(4);
            for (int i = 0; i < images.size(); i++) {
                SizedImage image = images.get(i);
                int height = image.shape().height();
                int width = image.shape().width();
                for (int c = 0; c < 3; c++) {
                    double mean = 0;
                    for (int q = 0; q < 4; q++) {
                        double sum = 0;
                        for (int y = 0; y < height / 2; y++) {
                            for (int x = 0; x < width / 2; x++) {
                                sum += pixel(image, q / 2 * height / 2 + y, q % 2 * width / 2 + x, c);
                            }
                        }
                        assertThat((double) tokens[i][q * 3 + c]).isCloseTo(sum * 4 / (height * width), within(1e-6));
                        mean += sum / (height * width);
                    }
                    assertThat((double) features[i][c]).isCloseTo(mean, within(1e-6));
                    assertThat((double) features[i][3 + c]).isCloseTo(mean * mean, within(1e-6));
                }
            }
            assertThat(backbone.features(List.of())).isEmpty();
        }
    }

    @Test
    void featuresOfAFileWithTokensAloneAreTheirMean() {
        List<SizedImage> images = random(COLOUR, 2);
        try (Backbone backbone =
                open(file(TorchFile.method("forward", "Tensor", QUARTERS)), COLOUR, BackboneOptions.DEFAULTS)) {
            assertThat(backbone.width()).isEqualTo(3);
            assertThat(backbone.tokenCount()).isEqualTo(4);
            float[][] tokens = backbone.tokens(images);
            float[][] features = backbone.features(images);
            for (int i = 0; i < images.size(); i++) {
                for (int c = 0; c < 3; c++) {
                    float[] token = tokens[i];
                    double mean = ((double) token[c] + token[3 + c] + token[6 + c] + token[9 + c]) / 4;
                    assertThat((double) features[i][c]).isCloseTo(mean, within(1e-7));
                }
            }
        }
    }

    @Test
    void aFileWithFeaturesAloneHasNoTokens() {
        try (Backbone backbone = open(file(FEATURES), COLOUR, BackboneOptions.DEFAULTS)) {
            assertThat(backbone.hasTokens()).isFalse();
            assertThat(backbone.tokenCount()).isZero();
            assertThat(backbone.tokenWidth()).isZero();
            assertThatIllegalStateException()
                    .isThrownBy(() -> backbone.tokens(random(COLOUR, 1)))
                    .withMessage("backbone=" + dir.resolve("b.pt") + " has no tokens");
        }
    }

    @Test
    void pixelsAreNormalisedChannelByChannel() {
        BackboneOptions options = new BackboneOptions(1, 0, List.of(0.1f, 0.2f, 0.3f), List.of(2f), 0);
        SizedImage image = random(COLOUR, new SplittableRandom(1));
        try (Backbone backbone = open(file(PIXELS), COLOUR, options)) {
            float[] found = backbone.features(List.of(image))[0];
            for (int i = 0; i < found.length; i++) {
                int place = i % 24;
                double expected = (pixel(image, place / 6, place % 6, i / 24) - (i / 24 + 1) / 10.0) / 2;
                assertThat((double) found[i]).isCloseTo(expected, within(1e-6));
            }
        }
    }

    /** A file that takes one channel gets one. */
    @Test
    void greyFilesTakeGreyImages() {
        String grey = TorchFile.method(
                "forward",
                "Tensor",
                "one = torch.conv2d(x, torch.ones([2, 1, 1, 1]), None)",
                "return torch.flatten(one, 1)");
        ImageShape shape = new ImageShape(4, 6, 1);
        SizedImage image = random(shape, new SplittableRandom(1));
        try (Backbone backbone = open(file(grey), shape, BackboneOptions.DEFAULTS)) {
            assertThat(backbone.width()).isEqualTo(48);
            assertThat((double) backbone.features(List.of(image))[0][30])
                    .isCloseTo(pixel(image, 1, 0, 0), within(1e-6));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> backbone.features(random(COLOUR, 1)))
                    .withMessage("image=4x6x3 must have 1 channel");
        }
        BackboneRefusalTest.assertRefused(
                file(grey), COLOUR, BackboneOptions.DEFAULTS, "forward of (1, 3, 4, 6) failed: ");
    }

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    /** A triangle over the pixels that a new one covers, or between two where it is smaller than one. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void imagesAreResizedByATriangle(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int size = 1 + random.nextInt(9);
        ImageShape shape = new ImageShape(1 + random.nextInt(40), 1 + random.nextInt(40), 3);
        SizedImage image = random(shape, random);
        BackboneOptions options = new BackboneOptions(1, size, List.of(0.5f), List.of(0.25f), 0);
        try (Backbone backbone = open(file(PIXELS), shape, options)) {
            float[] found = backbone.features(List.of(image))[0];
            assertThat(found).hasSize(3 * size * size);
            double[][] rows = shares(shape.height(), size);
            double[][] columns = shares(shape.width(), size);
            for (int i = 0; i < found.length; i++) {
                double expected = 0;
                for (int y = 0; y < shape.height(); y++) {
                    for (int x = 0; x < shape.width(); x++) {
                        double share = rows[i / size % size][y] * columns[i % size][x];
                        expected += share * (pixel(image, y, x, i / size / size) - 0.5) / 0.25;
                    }
                }
                assertThat((double) found[i]).isCloseTo(expected, within(1e-5));
            }
        }
    }

    /** Of each old pixel in each new one, along one axis. */
    private static double[][] shares(int before, int after) {
        double[][] shares = new double[after][before];
        double reach = Math.max(1, (double) before / after);
        for (int i = 0; i < after; i++) {
            double middle = (i + 0.5) * before / after;
            for (int k = 0; k < before; k++) {
                shares[i][k] = Math.max(0, 1 - Math.abs(k + 0.5 - middle) / reach);
            }
            double sum = Arrays.stream(shares[i]).sum();
            for (int k = 0; k < before; k++) {
                shares[i][k] /= sum;
            }
        }
        return shares;
    }

    /** What is done in training alone is not done: it would draw random numbers, or look at the other images. */
    @Test
    void aFileThatWasSavedInTrainingIsUsedAsTrained() {
        byte[] file = TorchFile.inTraining(TorchFile.method(
                "forward",
                "Tensor",
                "m = torch.mean(x, [2, 3])",
                "if self.training:",
                "  y = torch.rand_like(m)",
                "else:",
                "  y = m",
                "return y"));
        SizedImage image = random(COLOUR, new SplittableRandom(1));
        try (Backbone backbone = open(write(dir, file), COLOUR, BackboneOptions.DEFAULTS);
                Backbone plain = open(file(FEATURES), COLOUR, BackboneOptions.DEFAULTS)) {
            float[] expected = Arrays.copyOf(plain.features(List.of(image))[0], 3);
            assertThat(backbone.features(List.of(image))[0]).isEqualTo(expected);
        }
    }
}
