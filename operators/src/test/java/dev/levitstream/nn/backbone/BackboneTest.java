package dev.levitstream.nn.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.TorchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Backbones from TorchScript files that the tests write. */
class BackboneTest {
    private static final ImageShape COLOUR = new ImageShape(4, 6, 3);

    /** Mean of each channel, and its square. */
    private static final String FEATURES = TorchFile.method(
            "forward", "Tensor", "m = torch.mean(x, [2, 3])", "return torch.cat([m, torch.square(m)], 1)");
    /** Means of the four quarters. */
    private static final String QUARTERS =
            "return torch.transpose(torch.flatten(torch.adaptive_avg_pool2d(x, [2, 2]), 2), 1, 2)";

    private static final String TOKENS = TorchFile.method("tokens", "Tensor", QUARTERS);
    /** The pixels themselves. */
    private static final String PIXELS = TorchFile.method("forward", "Tensor", "return torch.flatten(x, 1)");
    /** Products of one row are summed in another order than those of many. */
    private static final String PRODUCTS = TorchFile.method(
            "forward",
            "Tensor",
            "rows = torch.flatten(x, 1)",
            "n = torch.size(rows, 1)",
            "w = torch.reshape(torch.sin(torch.arange(torch.mul(n, 50), dtype=6)), [n, 50])",
            "return torch.tanh(torch.matmul(rows, w))");

    @TempDir
    private Path dir;

    private Path file(String... methods) {
        return file(TorchFile.archive(methods));
    }

    private Path file(byte[] bytes) {
        try {
            return Files.write(dir.resolve("b.pt"), bytes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Backbone open(Path file, ImageShape image, BackboneOptions options) {
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
        assertRefused(file(grey), COLOUR, BackboneOptions.DEFAULTS, "forward of (1, 3, 4, 6) failed: ");
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

    /** Alone or in company, of one size or of several: the same bits. */
    @ParameterizedTest
    @CsvSource({"2", "3", "8", "20"})
    void whateverStandsBesideAnImageItGetsTheSameBits(int batch) {
        Path file = file(PRODUCTS, TOKENS);
        ImageShape shape = new ImageShape(10, 10, 3);
        List<SizedImage> images = new ArrayList<>(random(shape, 21));
        try (Backbone alone = open(file, shape, BackboneOptions.DEFAULTS);
                Backbone backbone = open(file, shape, batchOf(batch))) {
            assertThat(backbone.block()).isBetween(1, batch);
            float[][] expected = alone.features(images);
            float[][] tokens = alone.tokens(images);
            assertThat(backbone.features(images)).isDeepEqualTo(expected);
            assertThat(backbone.tokens(images)).isDeepEqualTo(tokens);
            for (int from = 0; from < images.size(); from += 4) {
                assertThat(backbone.features(images.subList(from, images.size())))
                        .isDeepEqualTo(Arrays.copyOfRange(expected, from, images.size()));
            }
        }
    }

    /** Blocks are tried before they are used; those of a network that looks at its neighbours are cut. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "torch.sub(m, torch.mean(m)) | 8 | 1", // of the others
                "torch.reshape(m, [1, 3]) | 8 | 1", // no more than one
                "torch.add(m, torch.floordiv(torch.size(m, 0), 5)) | 8 | 4", // of how many there are, from five on
                "torch.add(m, torch.floordiv(torch.size(m, 0), 5)) | 4 | 4",
                "torch.add(m, torch.floordiv(torch.size(m, 0), 5)) | 7 | 3",
                "m | 8 | 8"
            })
    void blocksAreAsLargeAsLeavesAllBitsAlone(String result, int batch, int block) {
        Path file = file(TorchFile.method("forward", "Tensor", "m = torch.mean(x, [2, 3])", "return " + result));
        List<SizedImage> images = random(COLOUR, 11);
        try (Backbone alone = open(file, COLOUR, BackboneOptions.DEFAULTS);
                Backbone backbone = open(file, COLOUR, batchOf(batch))) {
            assertThat(backbone.block()).isEqualTo(block);
            assertThat(backbone.features(images)).isDeepEqualTo(alone.features(images));
        }
    }

    @Test
    void imagesOfSizesThatWereNotTriedGoOneByOne() {
        String count = TorchFile.method(
                "forward",
                "Tensor",
                "m = torch.mean(x, [2, 3])",
                "return torch.add(m, torch.mul(torch.floordiv(torch.size(x, 3), 7), torch.size(x, 0)))");
        List<SizedImage> images =
                random(new ImageShape(4, 7, 3), 5); // only such images are added to how many there are
        try (Backbone backbone = open(file(count), COLOUR, batchOf(4))) {
            assertThat(backbone.block()).isEqualTo(4);
            for (float[] features : backbone.features(images)) {
                assertThat(features[0]).isBetween(1f, 2f);
            }
        }
    }

    /** One module, any number of threads. */
    @Test
    void threadsGetTheBitsThatEachWouldGetAlone() throws Exception {
        ImageShape shape = new ImageShape(40, 40, 3);
        List<List<SizedImage>> images = List.of(random(shape, 4), random(shape, 5), random(shape, 6));
        ExecutorService threads = Executors.newFixedThreadPool(images.size());
        try (Backbone backbone = open(file(PRODUCTS), shape, new BackboneOptions(2, 16, List.of(), List.of(), 0))) {
            List<Future<List<float[][]>>> together = new ArrayList<>();
            for (List<SizedImage> own : images) {
                together.add(threads.submit(() -> {
                    List<float[][]> rounds = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        rounds.add(backbone.features(own));
                    }
                    return rounds;
                }));
            }
            for (int i = 0; i < images.size(); i++) {
                float[][] alone = backbone.features(images.get(i));
                for (float[][] found : together.get(i).get()) {
                    assertThat(found).isDeepEqualTo(alone);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anImageThatCannotBeComputedIsNamedAndTheNextOneIsNot() {
        String fixed = TorchFile.method("forward", "Tensor", "return torch.reshape(x, [-1, 72])");
        String infinite = TorchFile.method(
                "forward", "Tensor", "m = torch.mean(x, [2, 3])", "return torch.div(m, torch.sub(m, 1.))");
        byte[] white = new byte[COLOUR.size()];
        Arrays.fill(white, (byte) 255);
        SizedImage good = random(COLOUR, new SplittableRandom(3));
        try (Backbone backbone = open(file(fixed), COLOUR, BackboneOptions.DEFAULTS)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> backbone.features(random(new ImageShape(5, 5, 3), 1)))
                    .withMessageMatching(
                            "image=5x5x3 cannot be computed by backbone=.*: .*shape '\\[-1, 72\\]' is invalid"
                                    + " for input of size 75");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> backbone.features(random(new ImageShape(8, 6, 3), 1)))
                    .withMessage("image=8x6x3 gives (2, 72), must be (1, 72)");
            assertThat(backbone.features(List.of(good))[0]).hasSize(72);
        }
        try (Backbone backbone = open(file(infinite), COLOUR, BackboneOptions.DEFAULTS)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> backbone.features(List.of(new SizedImage(COLOUR, white))))
                    .withMessage("image=4x6x3 gives values that are not finite");
            assertThat(backbone.features(List.of(good))[0]).hasSize(3);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SizedImage(COLOUR, new byte[71]))
                .withMessage("image.pixels=71 must be 72");
    }

    @Test
    void aNetworkThatIsNoBackboneIsRefusedWhenItIsOpened() {
        String shape = " of one image, must be features (1, D) or tokens (1, T, D)";
        refused("Tensor", "x", "forward=(1, 3, 4, 6)" + shape);
        refused("Tensor", "torch.mean(x)", "forward=()" + shape);
        refused("Tensor", "torch.narrow(torch.flatten(x, 1), 1, 0, 0)", "forward=(1, 0)" + shape);
        refused("Tensor", "torch.to(torch.flatten(x, 1), 7)", "forward=float64 must be float32");
        refused("Tensor", "torch.to(torch.flatten(x, 1), 4)", "forward=int64 must be float32");
        refused(
                "Tensor",
                "torch.log(torch.sub(torch.flatten(x, 1), 2))",
                "forward=(1, 72) has values that are not finite");
        refused("Tensor", "torch.ones([1, 3])", "forward=(1, 3) is the same for two images, must depend on the image");
        refused(
                "Tensor",
                "torch.rand_like(torch.flatten(x, 1))",
                "forward=(1, 72) has other values each time, must depend on the image alone");
        refused("int", "torch.size(x, 0)", "forward gives no array, must be features or tokens");
        refused("Tuple[Tensor, Tensor]", "(x, x)", "forward=2 arrays, must be one");
        refused(
                "Tensor",
                "torch.reshape(x, [1, 150528])",
                "forward of (1, 3, 4, 6) failed: RuntimeError: shape '[1, 150528]' is invalid for input of size 72;"
                        + " backbone.size resizes images to what the file was made for");
    }

    private void refused(String type, String result, String message) {
        Path file = file(TorchFile.method("forward", type, "return " + result));
        assertRefused(file, COLOUR, BackboneOptions.DEFAULTS, message);
    }

    @Test
    void filesThatAreNoBackboneAreRefused() throws IOException {
        assertRefused(file(TOKENS), COLOUR, BackboneOptions.DEFAULTS, "methods=[tokens] must have forward");
        assertRefused(
                file(FEATURES, TorchFile.method("tokens", "Tensor", "return torch.flatten(x, 1)")),
                COLOUR,
                BackboneOptions.DEFAULTS,
                "tokens=(1, 72) must be (1, T, D)");
        byte[] good = TorchFile.archive(FEATURES);
        assertRefused(
                file(Arrays.copyOf(good, good.length / 2)),
                COLOUR,
                BackboneOptions.DEFAULTS,
                "the archive must be TorchScript, as torch.jit.save writes it: ");
        assertRefused(
                file("{\"not\": \"a network\"}".getBytes(StandardCharsets.UTF_8)),
                COLOUR,
                BackboneOptions.DEFAULTS,
                "first bytes=7b226e6f74223a2022 must be those of a TorchScript archive (.pt) or of safetensors");
        assertRefused(file(new byte[0]), COLOUR, BackboneOptions.DEFAULTS, "first bytes= must be those of ");
        assertRefused(
                file(FEATURES),
                COLOUR,
                new BackboneOptions(1, 0, List.of(), List.of(), 4),
                "backbone.heads=4 must be 0 for a TorchScript file");
        assertRefused(
                file(FEATURES),
                COLOUR,
                new BackboneOptions(1, 0, List.of(1f, 2f), List.of(), 0),
                "mean=[1.0, 2.0] must be one number, or one for each of 3");
        assertRefused(
                file(FEATURES),
                COLOUR,
                new BackboneOptions(1, 0, List.of(Float.NaN), List.of(), 0),
                "mean=[NaN] must be numbers");
        assertRefused(
                file(FEATURES),
                COLOUR,
                new BackboneOptions(1, 0, List.of(), List.of(0f), 0),
                "std=[0.0] must be positive numbers");
        assertRefused(
                file(FEATURES),
                new ImageShape(4, 6, 4),
                BackboneOptions.DEFAULTS,
                "image=4x6x4 must have 1 or 3 channels");
        Path none = dir.resolve("none.pt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(none, COLOUR, BackboneOptions.DEFAULTS))
                .withMessage("backbone=" + none + " cannot be read: no such file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(dir, COLOUR, BackboneOptions.DEFAULTS))
                .withMessage("backbone=" + dir + " cannot be read: Is a directory");
    }

    static void assertRefused(Path file, ImageShape image, BackboneOptions options, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(file, image, options))
                .withMessageStartingWith("backbone=" + file + ": " + message)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | 0 | backbone.batch=0 must be 1 to 256",
                "257 | 0 | 0 | backbone.batch=257 must be 1 to 256",
                "1 | -1 | 0 | backbone.size=-1 must be 0 to 4096",
                "1 | 4097 | 0 | backbone.size=4097 must be 0 to 4096",
                "1 | 0 | -1 | backbone.heads=-1 must be at least 0"
            })
    void optionsAreChecked(int batch, int size, int heads, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BackboneOptions(batch, size, List.of(), List.of(), heads))
                .withMessage(message);
    }
}
