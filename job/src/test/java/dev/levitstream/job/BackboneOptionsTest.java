package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.bench.run.RunPlan;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.MethodOptions;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.learner.statistics.StatisticsOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.operator.OperatorOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The option {@code backbone} and those beside it. */
class BackboneOptionsTest {
    @TempDir
    private static Path dir;

    private static String file = "";

    @BeforeAll
    static void writeFile() throws IOException {
        file = TinyVit.write(dir.resolve("tiny.safetensors"), 1).toString();
    }

    private static Map<String, String> given(String learner, String... keysAndValues) {
        Map<String, String> given = new HashMap<>(Map.of("learner", learner, "backbone", file));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return given;
    }

    private static MethodOptions own(Map<String, String> given) {
        return OptionCatalogue.read(given).operator().learner().own();
    }

    private static FeatureOptions features(MethodOptions own) {
        return own instanceof LevitOptions levit ? levit.routing().features() : ((StatisticsOptions) own).features();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac", "none", "levit-dkf", "levit-dnn"})
    void whereAFileIsGivenItsFeaturesAreTaken(String learner) throws Exception {
        MethodOptions own = own(given(learner));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Path.of(file)));
        assertThat(own.backbone())
                .isEqualTo(features(own).backbone())
                .satisfies(backbone -> assertThat(backbone.path()).isEqualTo(file))
                .satisfies(backbone -> assertThat(backbone.width()).isEqualTo(4))
                .satisfies(backbone ->
                        assertThat(backbone.sha256()).isEqualTo(HexFormat.of().formatHex(digest)));
        assertThat(features(own).kind()).isEqualTo(Kind.BACKBONE);
        assertThat(features(own).width(new TokenShape(1, 4))).isEqualTo(learner.equals("ranpac") ? 2000 : 4);
        double shrinkage =
                own instanceof LevitOptions levit ? levit.routing().shrinkage() : ((StatisticsOptions) own).shrinkage();
        assertThat(shrinkage).isEqualTo(0.1);
        assertThat(own(Map.of("learner", learner)).backbone()).isEqualTo(BackboneFile.NONE);
    }

    @Test
    void itsLearnersAreGivenTokensAndTheDecoderImages() {
        OperatorOptions operator = OptionCatalogue.read(given("slda")).operator();
        assertThat(operator.learner().input()).isEqualTo(new TokenShape(1, 4));
        assertThat(operator.image()).hasToString("28x28x1");
        assertThatThrownBy(() -> operator.learner().image())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input=1 tokens of 4 must be an image: learner=slda takes no tokens of a backbone here");
        OperatorOptions images = OptionCatalogue.read(Map.of("learner", "slda")).operator();
        assertThat(images.learner().input())
                .isEqualTo(images.image())
                .isEqualTo(images.learner().image());
    }

    @ParameterizedTest
    @CsvSource({"levit.preset,paper", "levit.preset,stream", "levit.routing.router,vae"})
    void levitIsGivenAllTokensWhateverItsRouter(String key, String value) {
        OperatorOptions operator =
                OptionCatalogue.read(given("levit-dkf", key, value)).operator();
        assertThat(operator.learner().input())
                .isEqualTo(operator.learner().own().backbone().tokenShape());
        assertThat(operator.learner().input()).isNotEqualTo(new TokenShape(1, 4));
    }

    @Test
    void whatIsInTheFileIsStructureAndNotItsName() throws IOException {
        Path copy = Files.copy(Path.of(file), dir.resolve("copy.safetensors"));
        Path other = TinyVit.write(dir.resolve("other.safetensors"), 2);
        Map<String, String> structure = OptionCatalogue.read(given("slda")).structure();
        assertThat(OptionCatalogue.read(given("slda", "backbone", copy.toString()))
                        .structure())
                .isEqualTo(structure);
        assertThat(OptionCatalogue.read(given("slda", "backbone", other.toString()))
                        .structure())
                .isNotEqualTo(structure);
        assertThat(structure.get("backbone")).matches("sha256:[0-9a-f]{64}");
        assertThat(OptionCatalogue.read(Map.of("learner", "slda")).structure()).containsEntry("backbone", "none");
    }

    @Test
    void aRelativeFileIsTheSameFromAnywhere() {
        Path here = Path.of("").toAbsolutePath().relativize(Path.of(file));
        assertThat(own(given("slda", "backbone", here.toString())).backbone().path())
                .isEqualTo(file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"backbone.size|8", "backbone.mean|0.5", "backbone.std|0.25", "backbone.heads|2"})
    void howItIsUsedIsStructureToo(String key, String text) {
        JobOptions base = OptionCatalogue.read(given("slda"));
        JobOptions other = OptionCatalogue.read(given("slda", key, text));
        assertThat(other.operator().learner().own().backbone().options())
                .isNotEqualTo(base.operator().learner().own().backbone().options());
        assertThat(other.structure()).isNotEqualTo(base.structure()).containsEntry(key, text);
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("learner", "slda", key, text)))
                .hasMessage("backbone=none must be a file where backbone.batch, size, mean, std or heads is given");
    }

    @Test
    void howManyImagesAreEmbeddedAtOnceIsNoStructure() {
        JobOptions base = OptionCatalogue.read(given("slda"));
        JobOptions other = OptionCatalogue.read(given("slda", "backbone.batch", "7"));
        assertThat(other.operator().learner().own().backbone().options().batch())
                .isEqualTo(7);
        assertThat(other.structure()).isEqualTo(base.structure());
        refused(given("slda", "backbone.batch", "0"), "backbone.batch=0 must be 1 to 256");
        refused(
                Map.of("learner", "slda", "backbone.batch", "2"),
                "backbone=none must be a file where backbone.batch, size, mean, std or heads is given");
    }

    private static void refused(Map<String, String> given, String message) {
        assertThatThrownBy(() -> OptionCatalogue.read(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void aFileThatNothingUsesIsRefused() {
        String unused = " with these options: leave it out";
        refused(given("er"), "backbone=" + file + " plays no part in learner=er" + unused);
        refused(
                given("slda", "statistics.features", "random"),
                "backbone=" + file + " plays no part in learner=slda" + unused);
        refused(
                given("levit-dkf", "levit.routing.features", "learnt"),
                "backbone=" + file + " plays no part in learner=levit-dkf" + unused);
    }

    @Test
    void whatDoesNotFitIsRefusedInOneLine() throws IOException {
        refused(
                Map.of("learner", "slda", "statistics.features", "backbone"),
                "statistics.features=backbone needs the option backbone, a file");
        refused(
                Map.of("levit.routing.features", "backbone"),
                "levit.routing.features=backbone needs the option backbone, a file");
        refused(
                given("slda", "statistics.filters", "7"),
                "statistics.filters=7 must be 0: features of a backbone have none");
        refused(
                given("slda", "backbone.size", "9"),
                "backbone=" + file + ": backbone.size=9 must be 8, which the file has positions for");
        refused(given("slda", "backbone.mean", "a"), "backbone.mean=a must be numbers with commas between");
        Path missing = dir.resolve("missing.pt");
        refused(given("slda", "backbone", missing.toString()), "backbone=" + missing + " cannot be read: no such file");
        Path text = Files.writeString(dir.resolve("text.pt"), "a picture of a network");
        assertThatThrownBy(() -> OptionCatalogue.read(given("slda", "backbone", text.toString())))
                .hasMessageStartingWith("backbone=" + text + ": first bytes=")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aRunSaysThatItIsPretrainedByTheNameOfItsFile() {
        RunPlan plan = new RunPlan("slda", "stream", Map.of("backbone", file, "shrinkage", "0.3"), 1, false, 0);
        assertThat(List.of(plan.name().split(" ", -1)))
                .containsExactlyInAnyOrder("slda", "backbone=tiny.safetensors", "pretrained", "shrinkage=0.3");
        assertThat(plan.name()).contains("backbone=tiny.safetensors pretrained");
    }
}
