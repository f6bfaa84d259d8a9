package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.common.InputValues;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.nn.backbone.Backbone;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.BackboneOptions;
import dev.levitstream.nn.backbone.Embedding;
import dev.levitstream.nn.backbone.SizedImage;
import dev.levitstream.nn.model.RandomExpansion;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackboneFeaturesTest {
    private static final Path REFERENCE = Path.of("../../shared/backbone/mobilenetv2-imagenet-128.pt");

    @TempDir
    private static Path dir;

    /** A file and images for it: the tiny one, and where the reference data lie beside the project a real one. */
    record Case(BackboneFile file, ImageShape image) {
        @Override
        public String toString() {
            return Path.of(file.path()).getFileName() + " " + image;
        }
    }

    static List<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>(List.of(new Case(TinyBackbone.of(dir), TinyLearners.SHAPE)));
        ImageShape colour = new ImageShape(32, 32, 3);
        if (Files.exists(REFERENCE)) {
            cases.add(new Case(BackboneFile.of(REFERENCE, colour, BackboneOptions.DEFAULTS), colour));
        }
        return cases;
    }

    private static FeatureOptions options(BackboneFile file, int expansion) {
        return new FeatureOptions(Kind.BACKBONE, 0, expansion, file);
    }

    private static FixedFeatures fixed(TokenShape tokens, FeatureOptions options) {
        return new FixedFeatures(tokens, options, new SharedWeights(), TinyLearners.COMPUTE);
    }

    private static float[] rounded(float[] values) {
        return HalfFloats.decode(HalfFloats.encode(values));
    }

    /** Of an image of any size: the backbone sees all of it. */
    @ParameterizedTest
    @MethodSource("cases")
    void featuresAreTheBackbonesOwnAsHalfFloats(Case given) {
        TokenShape tokens = given.file().wholeShape();
        byte[] pixels = new byte[given.image().size()];
        new SplittableRandom(1).nextBytes(pixels);
        try (Backbone backbone = given.file().open(given.image(), "cpu");
                Embedding embedding = Embedding.open(given.file(), given.image(), tokens, "cpu")) {
            float[] expected = rounded(backbone.features(List.of(new SizedImage(given.image(), pixels)))[0]);
            byte[] embedded = embedding.of(pixels);
            FixedFeatures features = fixed(tokens, options(given.file(), 0));
            assertThat(features.of(embedded)).isEqualTo(expected).hasSize(backbone.width());
            assertThat(features.ofSeen(features.seen(embedded))).isEqualTo(expected);
            assertThat(features.width()).isEqualTo(backbone.width());
            assertThat(features.isProvisional()).isFalse();
            assertThat(features.isLearnt()).isFalse();

            FixedFeatures wider = fixed(tokens, options(given.file(), 7));
            assertThat(wider.of(embedded))
                    .isEqualTo(new RandomExpansion(new BackboneFeatures(tokens), 7).of(embedded))
                    .hasSize(7);
        }
    }

    /** Each token standardised, here to 1 and -1 or to zeros: their means, and the means of their sizes. */
    @Test
    void featuresOfManyTokensAreMeansOfValuesAndOfSizes() throws IOException {
        TokenShape tokens = new TokenShape(4, 2);
        FixedFeatures features = fixed(tokens, options(TinyBackbone.of(dir), 0));
        assertThat(features.width()).isEqualTo(4);
        assertThat(options(TinyBackbone.of(dir), 0).width(tokens)).isEqualTo(4);
        assertThat(features.of(HalfFloats.encode(new float[] {100, 300, 9000, 1000, -700, -300, 7, 7})))
                .containsExactly(-0.25f, 0.25f, 0.75f, 0.75f);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theyAreThoseOfTheDefinition(long seed) throws IOException {
        TokenShape tokens = new TokenShape(5, 6);
        float[] values = new float[tokens.size()];
        Randomness.normals(new SplittableRandom(seed), values);
        byte[] embedded = HalfFloats.encode(values);
        float[] standardised = InputValues.of(tokens, List.of(embedded));
        double[] expected = new double[12];
        for (int i = 0; i < standardised.length; i++) {
            expected[i % 6] += standardised[i] / 5.0;
            expected[6 + i % 6] += Math.abs(standardised[i]) / 5.0;
        }
        float[] found = fixed(tokens, options(TinyBackbone.of(dir), 0)).of(embedded);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(1e-6));
        }
    }

    @Test
    void whatABackboneMadeAndWhatWeMakeAreNotTakenForEachOther() throws IOException {
        FeatureOptions backbone = options(TinyBackbone.of(dir), 0);
        assertThatThrownBy(() ->
                        new FixedFeatures(TinyLearners.SHAPE, backbone, new SharedWeights(), TinyLearners.COMPUTE))
                .hasMessage("input=8x8x1 must be tokens for features of kind BACKBONE");
        assertThatThrownBy(() -> fixed(new TokenShape(1, 96), new FeatureOptions(Kind.RANDOM, 2, 0)))
                .hasMessage("input=1 tokens of 96 must be an image for features of kind RANDOM");
    }

    @Test
    void whatSettingsCarryOpensTheSameFileAndNoOther() throws Exception {
        BackboneFile file = TinyBackbone.file(dir.resolve("moved.pt"), "return torch.flatten(x, 1)");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(options(file, 3));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(options(file, 3));
        }
        assertThat(Path.of(file.path())).isAbsolute();
        assertThat(file.width()).isEqualTo(3 * 64);
        file.open(TinyLearners.SHAPE, "cpu").close();

        BackboneFile other = TinyBackbone.file(dir.resolve("moved.pt"), "return torch.flatten(torch.square(x), 1)");
        assertThatThrownBy(() -> file.open(TinyLearners.SHAPE, "cpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backbone=" + file.path() + " has SHA-256 " + other.sha256() + ", must have "
                        + file.sha256() + " as where the job was started: the same file must be everywhere");
        Files.delete(Path.of(file.path()));
        assertThatThrownBy(() -> file.open(TinyLearners.SHAPE, "cpu"))
                .hasMessage("backbone=" + file.path() + " cannot be read: no such file");
    }

    @Test
    void optionsThatDoNotFitABackboneAreRefused() throws IOException {
        BackboneFile file = TinyBackbone.of(dir);
        assertThatThrownBy(() -> new FeatureOptions(Kind.BACKBONE, 0, 0).require("any"))
                .hasMessage("any.features=backbone needs the option backbone, a file");
        assertThatThrownBy(() -> new FeatureOptions(Kind.BACKBONE, 2, 0, file).require("any"))
                .hasMessage("any.filters=2 must be 0: features of a backbone have none");
        assertThatThrownBy(() -> new FeatureOptions(Kind.RANDOM, 0, 0, file).require("any"))
                .hasMessage("any.filters=0 must be at least 1");
        assertThat(new FeatureOptions(Kind.RANDOM, 2, 0, file).backbone()).isEqualTo(BackboneFile.NONE);
        assertThat(options(file, 0).footprint(file.wholeShape(), "other").advice())
                .isEqualTo("give a backbone of fewer features");
        assertThat(options(file, 5).footprint(file.wholeShape(), "other").advice())
                .isEqualTo("other");
    }
}
