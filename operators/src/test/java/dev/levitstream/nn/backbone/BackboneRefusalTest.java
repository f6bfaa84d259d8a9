package dev.levitstream.nn.backbone;

import static dev.levitstream.nn.backbone.BackboneTest.COLOUR;
import static dev.levitstream.nn.backbone.BackboneTest.FEATURES;
import static dev.levitstream.nn.backbone.BackboneTest.TOKENS;
import static dev.levitstream.nn.backbone.BackboneTest.open;
import static dev.levitstream.nn.backbone.BackboneTest.random;
import static dev.levitstream.nn.backbone.BackboneTest.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.TorchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files, options and images that are no use are refused in one line. */
class BackboneRefusalTest {
    @TempDir
    private Path dir;

    private Path file(String... methods) {
        return file(TorchFile.archive(methods));
    }

    private Path file(byte[] bytes) {
        return write(dir, bytes);
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
