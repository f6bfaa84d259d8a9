package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.nn.backbone.Backbone;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.BackboneOptions;
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

    /** Of an image larger than what other kinds look at, too: the backbone sees all of it. */
    @ParameterizedTest
    @MethodSource("cases")
    void featuresAreTheBackbonesOwn(Case given) {
        ImageShape large = new ImageShape(200, 120, given.image().channels());
        SplittableRandom random = new SplittableRandom(1);
        try (SharedWeights shared = new SharedWeights();
                Backbone backbone = given.file().open(given.image(), "cpu")) {
            for (ImageShape shape : List.of(given.image(), large)) {
                byte[] pixels = new byte[shape.size()];
                random.nextBytes(pixels);
                float[] expected = backbone.features(List.of(new SizedImage(shape, pixels)))[0];
                FixedFeatures features =
                        new FixedFeatures(shape, options(given.file(), 0), shared, TinyLearners.COMPUTE);
                assertThat(features.of(pixels))
                        .isEqualTo(expected)
                        .hasSize(given.file().width());
                assertThat(features.ofSeen(features.seen(pixels))).isEqualTo(expected);
                assertThat(features.width()).isEqualTo(backbone.width());
                assertThat(features.isProvisional()).isFalse();
                assertThat(features.isLearnt()).isFalse();

                FixedFeatures wider = new FixedFeatures(shape, options(given.file(), 7), shared, TinyLearners.COMPUTE);
                assertThat(wider.of(pixels))
                        .isEqualTo(new RandomExpansion(new BackboneFeatures(backbone, shape), 7).of(pixels))
                        .hasSize(7);
            }
        }
    }

    @Test
    void aBackboneIsOpenedOnceAndClosedWithItsOwner() throws IOException {
        BackboneFile file = TinyBackbone.of(dir);
        SharedWeights shared = new SharedWeights();
        Backbone one = shared.backbone(file, TinyLearners.SHAPE, TinyLearners.COMPUTE);
        assertThat(shared.backbone(file, TinyLearners.SHAPE, TinyLearners.COMPUTE))
                .isSameAs(one);
        FixedFeatures features = new FixedFeatures(TinyLearners.SHAPE, options(file, 0), shared, TinyLearners.COMPUTE);
        byte[] pixels = new byte[TinyLearners.SHAPE.size()];
        assertThat(features.of(pixels)).hasSize(96);
        shared.close();
        assertThatThrownBy(() -> features.of(pixels)).as("it is closed").isInstanceOf(IllegalStateException.class);
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
        assertThat(options(file, 0).footprint("other").advice()).isEqualTo("give a backbone of fewer features");
        assertThat(options(file, 5).footprint("other").advice()).isEqualTo("other");
    }
}
