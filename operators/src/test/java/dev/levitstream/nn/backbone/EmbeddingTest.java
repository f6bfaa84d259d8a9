package dev.levitstream.nn.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.engine.TorchFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingTest {
    private static final ImageShape IMAGE = new ImageShape(4, 3, 1);

    @TempDir
    private Path dir;

    /** Features: values of all places times a number, 36 of them; tokens: twelve places with three channels each. */
    private BackboneFile file(double factor, int batch) throws IOException {
        Path path = dir.resolve("tiny.pt");
        Files.write(
                path,
                TorchFile.archive(
                        TorchFile.method("forward", "Tensor", "return torch.mul(torch.flatten(x, 1), " + factor + ")"),
                        TorchFile.method("tokens", "Tensor", "return torch.transpose(torch.flatten(x, 2), 1, 2)")));
        return BackboneFile.of(path, IMAGE, new BackboneOptions(batch, 0, List.of(), List.of(), 0));
    }

    private static List<byte[]> images(int count, ImageShape shape) {
        SplittableRandom random = new SplittableRandom(count);
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[shape.size()];
            random.nextBytes(pixels);
            images.add(pixels);
        }
        return images;
    }

    @Test
    void featuresOrTokensAreMadeAsIsAskedFor() throws IOException {
        BackboneFile file = file(1, 1);
        assertThat(file.wholeShape()).isEqualTo(new TokenShape(1, 36));
        assertThat(file.tokenShape()).isEqualTo(new TokenShape(12, 3));
        byte[] pixels = images(1, IMAGE).get(0);
        float[] values = new float[12];
        for (int i = 0; i < 12; i++) {
            values[i] = (pixels[i] & 0xFF) / 255f;
        }
        float[] rounded = HalfFloats.decode(HalfFloats.encode(values));
        try (Embedding whole = Embedding.open(file, IMAGE, file.wholeShape(), "cpu");
                Embedding tokens = Embedding.open(file, IMAGE, file.tokenShape(), "cpu")) {
            float[] features = HalfFloats.decode(whole.of(pixels));
            float[] places = HalfFloats.decode(tokens.of(pixels));
            for (int i = 0; i < 12; i++) {
                assertThat(Arrays.copyOfRange(places, 3 * i, 3 * i + 3)).containsOnly(rounded[i]);
                for (int channel = 0; channel < 3; channel++) {
                    assertThat(features[12 * channel + i]).isEqualTo(rounded[i]);
                }
            }
        }
        assertThatThrownBy(() -> Embedding.open(file, IMAGE, new TokenShape(12, 4), "cpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tokens=12 tokens of 4 must be 1 tokens of 36 or 12 tokens of 3, which backbone="
                        + file.path() + " makes");
    }

    @Test
    void aFileWithoutTokensHasFeaturesForThem() throws IOException {
        Path path = dir.resolve("features.pt");
        Files.write(path, TorchFile.archive(TorchFile.method("forward", "Tensor", "return torch.flatten(x, 1)")));
        BackboneFile file = BackboneFile.of(path, IMAGE, BackboneOptions.DEFAULTS);
        assertThat(file.tokens()).isZero();
        assertThat(file.tokenShape()).isEqualTo(file.wholeShape()).isEqualTo(new TokenShape(1, 36));
    }

    /** What cannot be embedded is one image's trouble, wherever it stands in a block. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 6})
    void theOthersOfABlockAreStillEmbedded(int at) throws IOException {
        BackboneFile file = file(100_000, 4);
        List<byte[]> good = new ArrayList<>();
        for (byte[] pixels : images(7, IMAGE)) {
            byte[] dark = new byte[pixels.length]; // at most 63 of 255: times 100,000 there is a half float
            for (int i = 0; i < dark.length; i++) {
                dark[i] = (byte) (pixels[i] & 0x3F);
            }
            good.add(dark);
        }
        byte[] bright = new byte[IMAGE.size()];
        bright[5] = (byte) 255;
        try (Embedding embedding = Embedding.open(file, IMAGE, file.wholeShape(), "cpu")) {
            List<byte[]> images = new ArrayList<>(good);
            images.set(at, bright);
            List<Embedding.Result> results = embedding.of(images);
            assertThat(results).hasSize(7);
            for (int i = 0; i < 7; i++) {
                if (i == at) {
                    assertThat(results.get(i).bytes()).isEmpty();
                    assertThat(results.get(i).reason())
                            .isEqualTo("image=4x3x1 gives value=100000.0 must be finite, at most 65504.0");
                } else {
                    assertThat(results.get(i).reason()).isEmpty();
                    assertThat(results.get(i).bytes().orElseThrow()).isEqualTo(embedding.of(good.get(i)));
                }
            }
        }
    }

    @Test
    void whatIsNotFiniteOrOfAnotherSizeSaysSo() throws IOException {
        Path path = dir.resolve("failing.pt");
        Files.write(
                path,
                TorchFile.archive(TorchFile.method(
                        "forward", "Tensor", "p = torch.flatten(x, 1)", "return torch.div(p, torch.sum(p))")));
        BackboneFile file = BackboneFile.of(path, IMAGE, new BackboneOptions(3, 0, List.of(), List.of(), 0));
        List<byte[]> images = new ArrayList<>(images(3, IMAGE));
        images.set(1, new byte[IMAGE.size()]);
        images.set(2, new byte[5]);
        try (Embedding embedding = Embedding.open(file, IMAGE, file.wholeShape(), "cpu")) {
            assertThat(embedding.of(images))
                    .extracting(Embedding.Result::reason)
                    .containsExactly("", "image=4x3x1 gives values that are not finite", "image.pixels=5 must be 12");
            assertThatThrownBy(() -> embedding.of(images.get(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("image=4x3x1 gives values that are not finite");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 64})
    void theSizeOfBlocksChangesNoBit(int batch) throws IOException {
        BackboneFile file = file(1, batch);
        List<byte[]> images = images(11, IMAGE);
        for (TokenShape tokens : List.of(file.wholeShape(), file.tokenShape())) {
            try (Embedding embedding = Embedding.open(file, IMAGE, tokens, "cpu")) {
                assertThat(embedding.block()).isBetween(1, batch);
                List<Embedding.Result> results = embedding.of(images);
                for (int i = 0; i < images.size(); i++) {
                    Optional<byte[]> found = results.get(i).bytes();
                    assertThat(found.orElseThrow()).hasSize(tokens.bytes()).isEqualTo(embedding.of(images.get(i)));
                }
            }
        }
    }
}
