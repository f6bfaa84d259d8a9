package dev.levitstream.nn.backbone;

import static dev.levitstream.nn.backbone.BackboneTest.COLOUR;
import static dev.levitstream.nn.backbone.BackboneTest.FEATURES;
import static dev.levitstream.nn.backbone.BackboneTest.TOKENS;
import static dev.levitstream.nn.backbone.BackboneTest.batchOf;
import static dev.levitstream.nn.backbone.BackboneTest.open;
import static dev.levitstream.nn.backbone.BackboneTest.random;
import static dev.levitstream.nn.backbone.BackboneTest.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.TorchFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No bit of what a backbone makes of an image depends on what stands beside it. */
class BackboneBitsTest {
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
        return write(dir, TorchFile.archive(methods));
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

    /** Each block ends where another size begins. */
    @Test
    void sizesMayAlternate() {
        SplittableRandom random = new SplittableRandom(5);
        ImageShape other = new ImageShape(2, 6, 3);
        List<SizedImage> images = new ArrayList<>();
        for (ImageShape shape : List.of(other, COLOUR, COLOUR, other, other, COLOUR, COLOUR, COLOUR, COLOUR, other)) {
            images.add(random(shape, random));
        }
        try (Backbone backbone = open(file(FEATURES, TOKENS), COLOUR, batchOf(3))) {
            assertThat(backbone.block()).isEqualTo(3);
            float[][] features = backbone.features(images);
            for (int i = 0; i < images.size(); i++) {
                assertThat(features[i]).isEqualTo(backbone.features(List.of(images.get(i)))[0]);
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
}
