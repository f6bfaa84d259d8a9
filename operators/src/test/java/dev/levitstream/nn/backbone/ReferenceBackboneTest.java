package dev.levitstream.nn.backbone;

import static dev.levitstream.nn.backbone.BackboneTest.batchOf;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.backbone.Safetensors.Tensor;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.engine.TorchFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * TorchScript files with images and what must come of them: one that the test writes and, where the reference data lie
 * beside the project, an ImageNet network with what PyTorch gave.
 */
class ReferenceBackboneTest {
    private static final Path REFERENCE = Path.of("../../shared/backbone");

    @TempDir
    private static Path dir;

    /**
     * A file and what comes of it.
     *
     * @param images (B, 3, H, W), pixels in 0 to 1
     * @param features (B, D)
     * @param tokens (B, T, D)
     */
    record Golden(Path file, Values images, Values features, Values tokens) {
        @Override
        public String toString() {
            return file.getFileName().toString();
        }
    }

    record Values(Shape shape, float[] values) {}

    static Stream<Golden> goldens() throws IOException {
        List<Golden> goldens = new ArrayList<>(List.of(own()));
        if (Files.exists(REFERENCE)) {
            byte[] file = Files.readAllBytes(REFERENCE.resolve("golden.safetensors"));
            InputStream in = new ByteArrayInputStream(file);
            List<Values> values = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (Tensor tensor : Safetensors.read(in, file.length).tensors()) {
                long[] axes = tensor.shape().stream().mapToLong(axis -> axis).toArray();
                values.add(new Values(new Shape(axes), tensor.values(in)));
                names.add(tensor.name());
            }
            goldens.add(new Golden(
                    REFERENCE.resolve("mobilenetv2-imagenet-128.pt"),
                    values.get(names.indexOf("x")),
                    values.get(names.indexOf("forward")),
                    values.get(names.indexOf("tokens"))));
        }
        return goldens.stream();
    }

    /** Sums over an image's columns, and each column by itself. */
    private static Golden own() throws IOException {
        byte[] archive = TorchFile.archive(
                TorchFile.method("forward", "Tensor", "return torch.sum(x, [2, 3])"),
                TorchFile.method("tokens", "Tensor", "return torch.transpose(torch.squeeze(x, 2), 1, 2)"));
        float[] images = {0.5f, 0.25f, 1, 0, 0.125f, 0.5f, 0, 0, 1, 1, 0.5f, 0.75f};
        float[] sums = {0.75f, 1, 0.625f, 0, 2, 1.25f};
        float[] columns = {0.5f, 1, 0.125f, 0.25f, 0, 0.5f, 0, 1, 0.5f, 0, 1, 0.75f};
        return new Golden(
                Files.write(dir.resolve("own.pt"), archive),
                new Values(new Shape(2, 3, 1, 2), images),
                new Values(new Shape(2, 3), sums),
                new Values(new Shape(2, 2, 3), columns));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldens")
    void featuresAndTokensAreThoseOfTheReference(Golden golden) throws IOException {
        try (Compute compute = new Compute("cpu");
                InputStream in = Files.newInputStream(golden.file());
                NDManager scope = compute.newManager()) {
            ScriptedNetwork network = ScriptedNetwork.read(in, compute);
            NDArray images =
                    Tensors.of(scope, golden.images().values(), golden.images().shape());
            assertSame(network.forward(images), golden.features());
            assertThat(network.hasTokens()).isTrue();
            assertSame(network.tokens(images), golden.tokens());
        }
    }

    /** Up to the relative error in which releases of the engine have been seen to differ, 2e-6, and a margin. */
    private static void assertSame(NDArray found, Values expected) {
        assertThat(found.getShape()).isEqualTo(expected.shape());
        float[] values = Tensors.read(found);
        double error = 0;
        double size = 0;
        for (int i = 0; i < values.length; i++) {
            error += Math.pow(values[i] - expected.values()[i], 2);
            size += Math.pow(expected.values()[i], 2);
        }
        assertThat(Math.sqrt(error / size)).isLessThan(5e-6);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goldens")
    void noBitDependsOnTheBlock(Golden golden) throws Exception {
        Shape shape = golden.images().shape();
        ImageShape image = new ImageShape((int) shape.get(2), (int) shape.get(3), 3);
        List<SizedImage> images = BackboneTest.random(image, 7);
        try (Backbone alone = Backbone.open(golden.file(), image, BackboneOptions.DEFAULTS, "cpu");
                Backbone backbone = Backbone.open(golden.file(), image, batchOf(4), "cpu")) {
            assertThat(alone.width()).isEqualTo((int) golden.features().shape().get(1));
            assertThat(alone.tokenCount())
                    .isEqualTo((int) golden.tokens().shape().get(1));
            assertThat(backbone.features(images)).isDeepEqualTo(alone.features(images));
            assertThat(backbone.tokens(images)).isDeepEqualTo(alone.tokens(images));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(golden.file()));
            assertThat(alone.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
        }
    }
}
