package dev.levitstream.nn.backbone;

import static dev.levitstream.nn.backbone.BackboneRefusalTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.model.PretrainedVit;
import dev.levitstream.testing.NaiveVit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backbones from safetensors files that the tests write. */
class VitBackboneTest {
    private static final PretrainedVit.Sizes SIZES = new PretrainedVit.Sizes(3, 2, 3, 8, 12, 2, 2);
    private static final ImageShape IMAGE = new ImageShape(6, 6, 3);
    private static final BackboneOptions TWO_HEADS = new BackboneOptions(1, 0, List.of(), List.of(), 2);

    @TempDir
    private Path dir;

    private static Map<String, float[]> weights(PretrainedVit.Sizes sizes) {
        SplittableRandom random = new SplittableRandom(4);
        Map<String, float[]> weights = new LinkedHashMap<>();
        new PretrainedVit(sizes).weights().forEach((name, shape) -> {
            float[] values = new float[(int) shape.size()];
            Randomness.normals(random, values);
            for (int i = 0; i < values.length; i++) {
                values[i] *= 0.4f;
            }
            weights.put(name, values);
        });
        return weights;
    }

    private static long[] shape(PretrainedVit.Sizes sizes, String name) {
        return Objects.requireNonNull(new PretrainedVit(sizes).weights().get(name))
                .getShape();
    }

    private static TensorFile file(PretrainedVit.Sizes sizes) {
        TensorFile file = new TensorFile();
        weights(sizes).forEach((name, values) -> file.add(name, values, shape(sizes, name)));
        return file;
    }

    private Path write(TensorFile file) {
        try {
            return Files.write(dir.resolve("vit.safetensors"), file.bytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Tokens of an image whose pixels are (x / 255 - mean) / std. */
    private static double[][] naive(
            PretrainedVit.Sizes sizes, Map<String, float[]> weights, SizedImage image, double mean, double std) {
        Map<String, double[]> doubles = new HashMap<>();
        weights.forEach((name, values) -> {
            double[] wide = new double[values.length];
            Arrays.setAll(wide, i -> values[i]);
            doubles.put(name, wide);
        });
        int places = sizes.side() * sizes.side();
        double[] planes = new double[sizes.channels() * places];
        Arrays.setAll(
                planes,
                i -> ((image.pixels()[i % places * sizes.channels() + i / places] & 0xFF) / 255.0 - mean) / std);
        return new NaiveVit(sizes, doubles).tokens(planes, List.of(), List.of());
    }

    private static void assertIsNaive(
            Backbone backbone, Map<String, float[]> weights, double mean, double std, int heads) {
        PretrainedVit.Sizes sizes = new PretrainedVit.Sizes(
                SIZES.channels(), SIZES.patch(), SIZES.grid(), SIZES.width(), SIZES.hidden(), SIZES.blocks(), heads);
        List<SizedImage> images = BackboneTest.random(IMAGE, 5);
        float[][] features = backbone.features(images);
        float[][] tokens = backbone.tokens(images);
        for (int i = 0; i < images.size(); i++) {
            double[][] expected = naive(sizes, weights, images.get(i), mean, std);
            for (int k = 0; k < 8; k++) {
                assertThat((double) features[i][k]).isCloseTo(expected[0][k], within(1e-5));
                for (int t = 0; t < 9; t++) {
                    assertThat((double) tokens[i][t * 8 + k]).isCloseTo(expected[1 + t][k], within(1e-5));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void featuresAreTheClassTokenAndTokensThoseOfThePatches(int batch) {
        try (Backbone backbone = Backbone.open(
                write(file(SIZES)), IMAGE, new BackboneOptions(batch, 0, List.of(), List.of(), 2), "cpu")) {
            assertThat(backbone.width()).isEqualTo(8);
            assertThat(backbone.tokenCount()).isEqualTo(9);
            assertThat(backbone.tokenWidth()).isEqualTo(8);
            assertIsNaive(backbone, weights(SIZES), 0, 1, 2);
        }
    }

    @Test
    void theFileSaysWhatTensorsCannot() {
        TensorFile file = file(SIZES).metadata(Map.of("heads", "4", "mean", "0.5, 0.5, 0.5", "std", "0.25"));
        try (Backbone backbone = Backbone.open(write(file), IMAGE, BackboneOptions.DEFAULTS, "cpu")) {
            assertIsNaive(backbone, weights(SIZES), 0.5, 0.25, 4);
        }
        BackboneOptions others = new BackboneOptions(1, 6, List.of(0.25f), List.of(2f), 1);
        try (Backbone backbone = Backbone.open(write(file), IMAGE, others, "cpu")) {
            assertIsNaive(backbone, weights(SIZES), 0.25, 2, 1);
        }
    }

    /** One head for every 64 of the width, as all published sizes have it. */
    @ParameterizedTest
    @CsvSource({"8, 1", "64, 1", "128, 2"})
    void headsFollowFromTheWidth(int width, int heads) {
        PretrainedVit.Sizes sizes = new PretrainedVit.Sizes(3, 3, 2, width, 5, 1, heads);
        SizedImage image = BackboneTest.random(IMAGE, 1).get(0);
        try (Backbone backbone = Backbone.open(write(file(sizes)), IMAGE, BackboneOptions.DEFAULTS, "cpu")) {
            double[] expected = naive(sizes, weights(sizes), image, 0, 1)[0];
            float[] found = backbone.features(List.of(image))[0];
            for (int k = 0; k < width; k++) {
                assertThat((double) found[k]).isCloseTo(expected[k], within(1e-5));
            }
        }
    }

    /** Halves and upper halves of floats stand for numbers, and those are computed with. */
    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16"})
    void shortNumbersAreReadToo(String type) {
        TensorFile file = new TensorFile();
        Map<String, float[]> rounded = new LinkedHashMap<>();
        weights(SIZES).forEach((name, values) -> {
            float[] kept = values.clone();
            if (type.equals("BF16")) {
                file.addBrain(name, values, shape(SIZES, name));
                for (int i = 0; i < kept.length; i++) {
                    kept[i] = Float.intBitsToFloat(Float.floatToRawIntBits(kept[i]) & 0xFFFF0000);
                }
            } else { // sixteenths, that is eleven bits at most
                ByteBuffer halves = ByteBuffer.allocate(2 * kept.length).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < kept.length; i++) {
                    kept[i] = Math.round(kept[i] * 16) / 16f;
                    halves.putShort(half(kept[i]));
                }
                file.add(name, "F16", halves.array(), shape(SIZES, name));
            }
            rounded.put(name, kept);
        });
        try (Backbone backbone = Backbone.open(write(file), IMAGE, TWO_HEADS, "cpu")) {
            assertIsNaive(backbone, rounded, 0, 1, 2);
        }
    }

    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int size = value == 0 ? 0 : (((bits >> 23 & 255) - 112) << 10) + (bits >> 13 & 1023);
        return (short) ((bits >>> 31 << 15) + size);
    }

    @Test
    void imagesOfAnySizeAreMadeToFit() {
        ImageShape large = new ImageShape(18, 12, 3);
        byte[] grey = new byte[large.size()];
        Arrays.fill(grey, (byte) 100);
        byte[] small = new byte[IMAGE.size()];
        Arrays.fill(small, (byte) 100);
        try (Backbone backbone = Backbone.open(write(file(SIZES)), large, TWO_HEADS, "cpu")) {
            float[][] found = backbone.features(List.of(
                    new SizedImage(large, grey),
                    new SizedImage(IMAGE, small),
                    new SizedImage(new ImageShape(6, 6, 1), Arrays.copyOf(small, 36))));
            for (int k = 0; k < 8; k++) {
                assertThat(found[0][k]).isCloseTo(found[1][k], within(1e-5f));
            }
            assertThat(found[2]).as("grey").isEqualTo(found[1]);
        }
    }

    /** The classifier that it was trained with is no part of a backbone, but of the file. */
    @Test
    void theHeadIsPassedOver() throws Exception {
        float[] head = new float[8 * 100_000];
        Arrays.fill(head, 7);
        // first, for what follows must be read from the right place
        TensorFile file =
                new TensorFile().add("head.weight", head, 100_000, 8).add("head.bias", "I64", new byte[24], 3);
        weights(SIZES).forEach((name, values) -> file.add(name, values, shape(SIZES, name)));
        Path path = write(file);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
        try (Backbone backbone = Backbone.open(path, IMAGE, TWO_HEADS, "cpu")) {
            assertThat(backbone.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
            assertIsNaive(backbone, weights(SIZES), 0, 1, 2);
        }
    }

    private TensorFile without(String name) {
        TensorFile file = new TensorFile();
        weights(SIZES).forEach((each, values) -> {
            if (!each.equals(name)) {
                file.add(each, values, shape(SIZES, each));
            }
        });
        return file;
    }

    @Test
    void whatIsNoSuchVitIsRefusedWhenItIsOpened() {
        for (String name : weights(SIZES).keySet()) {
            if (!name.equals("blocks.0.norm1.weight") && !name.equals("blocks.1.norm1.weight")) {
                refused(without(name), "tensor=" + name + " is missing: a ViT with timm's names has it");
            }
        }
        refused(without("blocks.1.norm1.weight"), "tensor=blocks.1.");
        refused(without("norm.bias").add("norm.bias", new float[7], 7), "tensor=norm.bias has shape [7], must be [8]");
        refused(
                without("patch_embed.proj.weight").add("patch_embed.proj.weight", new float[8 * 3 * 2], 8, 3, 2),
                "tensor=patch_embed.proj.weight has shape [8, 3, 2], must have 4 axes of 1 to 16384");
        refused(
                without("patch_embed.proj.weight").add("patch_embed.proj.weight", new float[8 * 4 * 4], 8, 4, 2, 2),
                "tensor=patch_embed.proj.weight has shape [8, 4, 2, 2], must take 1 or 3 channels");
        refused(
                without("pos_embed").add("pos_embed", new float[9 * 8], 1, 9, 8),
                "tensor=pos_embed has shape [1, 9, 8], must have a place for the class token and a square of patches");
        refused(
                without("norm.bias").add("norm.bias", "F64", new byte[64], 8),
                "tensor=norm.bias has type F64, must be F32, F16 or BF16");
        refused(
                file(SIZES).add("blocks.0.ls1.gamma", new float[8], 8),
                "tensor=blocks.0.ls1.gamma is none of a plain ViT's with timm's names: export this network as"
                        + " TorchScript");
        refused(file(SIZES).metadata(Map.of("heads", "x")), "metadata.heads=x must be a whole number");
        refused(file(SIZES).metadata(Map.of("heads", "3")), "heads=3 must divide the width 8");
        refused(
                file(SIZES).metadata(Map.of("mean", "0.5;1")),
                "metadata.mean=0.5;1 must be numbers with commas between");
        refused(file(SIZES).metadata(Map.of("std", "1,0,1")), "std=[1.0, 0.0, 1.0] must be positive numbers");
        float[] undefined = Objects.requireNonNull(weights(SIZES).get("norm.bias"));
        undefined[3] = Float.NaN;
        refused(without("norm.bias").add("norm.bias", undefined, 8), "forward=(1, 8) has values that are not finite");
    }

    private void refused(TensorFile file, String message) {
        assertRefused(write(file), IMAGE, BackboneOptions.DEFAULTS, message);
    }

    @Test
    void sizesAndFilesThatDoNotFitAreRefused() throws IOException {
        Path path = write(file(SIZES));
        BackboneOptions eight = new BackboneOptions(1, 8, List.of(), List.of(), 2);
        assertRefused(path, IMAGE, eight, "backbone.size=8 must be 6, which the file has positions for");
        byte[] bytes = Files.readAllBytes(path);
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 5));
        assertRefused(path, IMAGE, TWO_HEADS, "data=");
    }
}
