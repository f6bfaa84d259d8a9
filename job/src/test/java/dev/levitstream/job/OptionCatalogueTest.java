package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.levit.ExpansionOptions.Criterion;
import dev.levitstream.learner.levit.LevitOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class OptionCatalogueTest {
    /** Another allowed value for every key; a key that is missing here fails the test. */
    static final Map<String, String> OTHER = Map.ofEntries(
            Map.entry("levit.preset", "paper"),
            Map.entry("image", "32x32x3"),
            Map.entry("learner", "er"),
            Map.entry("batch.size", "7"),
            Map.entry("backbone", "tiny.safetensors"),
            Map.entry("backbone.batch", "4"),
            Map.entry("backbone.size", "8"),
            Map.entry("backbone.mean", "0.5"),
            Map.entry("backbone.std", "0.25"),
            Map.entry("backbone.heads", "2"),
            Map.entry("classes", "3"),
            Map.entry("labels.max", "11"),
            Map.entry("learner.max-mib", "999"),
            Map.entry("seed", "9"),
            Map.entry("levit.fusion.level", "attention"),
            Map.entry("levit.fusion.components", "3"),
            Map.entry("levit.routing.judges", "all"),
            Map.entry("levit.routing.router", "vae"),
            Map.entry("levit.routing.score", "elbo"),
            Map.entry("levit.routing.features", "random"),
            Map.entry("levit.routing.filters", "7"),
            Map.entry("levit.routing.shrinkage", "0.5"),
            Map.entry("levit.vit.patch", "14"),
            Map.entry("levit.vit.embedding-width", "64"),
            Map.entry("levit.vit.heads", "2"),
            Map.entry("levit.vit.hidden", "50,40"),
            Map.entry("levit.vae.latent-width", "20"),
            Map.entry("levit.vae.channels", "8"),
            Map.entry("levit.vae.hidden", "300"),
            Map.entry("levit.dnn.hidden", "99"),
            Map.entry("levit.training.batch", "32"),
            Map.entry("levit.training.learning-rate", "0.01"),
            Map.entry("levit.training.gate-learning-rate", "0.02"),
            Map.entry("levit.training.beta1", "0.9"),
            Map.entry("levit.training.beta2", "0.99"),
            Map.entry("levit.training.kl-weight", "0.5"),
            Map.entry("levit.budget.updates", "5"),
            Map.entry("levit.budget.period", "3"),
            Map.entry("levit.budget.millis", "20"),
            Map.entry("learner.slice", "3"),
            Map.entry("levit.budget.queue", "77"),
            Map.entry("levit.memory.capacity", "3000"),
            Map.entry("levit.training.augmentation", "natural"),
            Map.entry("levit.vit.shared-embedding", "true"),
            Map.entry("levit.memory.admission", "fifo"),
            Map.entry("levit.memory.unlabelled", "all"),
            Map.entry("levit.expansion.criterion", "latent"),
            Map.entry("levit.expansion.scale", "absolute"),
            Map.entry("levit.expansion.threshold", "3.5"),
            Map.entry("levit.expansion.codes", "sampled"),
            Map.entry("levit.expansion.samples", "100"),
            Map.entry("levit.expansion.evidence", "7"),
            Map.entry("levit.expansion.false-alarm", "1e-9"),
            Map.entry("levit.expansion.warm-up", "900"),
            Map.entry("levit.expansion.max-images", "5000"),
            Map.entry("levit.expansion.first-fill", "true"),
            Map.entry("levit.components.max", "5"),
            Map.entry("keys.max", "12"),
            Map.entry("keys.expire-millis", "60000"),
            Map.entry("learner.failure", "dead-letter"),
            Map.entry("quarantine.release", "north#1,east#2"),
            Map.entry("quarantine.reset", "south#1"),
            Map.entry("batch.flush", "size"),
            Map.entry("batch.gap-millis", "5"),
            Map.entry("batch.wait-millis", "6"),
            Map.entry("learner.resident-keys", "3"),
            Map.entry("prediction.scores", "2"),
            Map.entry("device", "cpu"),
            Map.entry("kafka.bootstrap-servers", "other:1"),
            Map.entry("kafka.images", "i"),
            Map.entry("kafka.predictions", "p"),
            Map.entry("kafka.components-created", "c"),
            Map.entry("kafka.dead-letters", "d"),
            Map.entry("kafka.events", "e"),
            Map.entry("kafka.fast-topic", "f"),
            Map.entry("kafka.group-id", "g"),
            Map.entry("kafka.transaction-prefix", "t"),
            Map.entry("kafka.transaction-timeout-millis", "700000"),
            Map.entry("event-time.earliest", "1970-01-01T00:00:00Z"),
            Map.entry("event-time.ahead-millis", "5"),
            Map.entry("input.format", "image"),
            Map.entry("image.fit", "cover"),
            Map.entry("image.background", "80ff00"),
            Map.entry("image.max-bytes", "1000"),
            Map.entry("image.max-pixels", "1000"),
            Map.entry("kafka.offset-reset", "fail"),
            Map.entry("kafka.exactly-once", "false"),
            Map.entry("kafka.client", "security.protocol=SSL"),
            Map.entry("checkpoint.interval-millis", "5000"),
            Map.entry("checkpoint.unaligned", "false"),
            Map.entry("parallelism", "2"),
            Map.entry("parallelism.max", "64"),
            Map.entry("watermark.late-millis", "1"),
            Map.entry("watermark.idle-millis", "2"));

    /** The same for what only the family {@code replay} has. */
    private static final Map<String, String> REPLAY =
            Map.of("replay.net", "convolutional", "replay.conv.channels", "8,9");

    static Stream<String> keys() {
        return OptionCatalogue.all("levit-dkf").stream().map(OptionReader.Option::key);
    }

    @Test
    void everyKeyIsTestedAndNamedOnce() {
        assertThat(keys()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(OTHER.keySet());
    }

    /** Those of a backbone need a file: BackboneOptionsTest has them. */
    static Stream<String> keysThatNeedNoFile() {
        return keys().filter(key -> !key.startsWith(OptionCatalogue.BACKBONE));
    }

    @ParameterizedTest
    @MethodSource("keysThatNeedNoFile")
    void everyKeyChangesTheOptions(String key) {
        Map<String, String> given = key.equals("levit.vae.channels")
                ? Map.of(key, "8", "levit.vae.hidden", "300")
                : Map.of(key, String.valueOf(OTHER.get(key)));
        Map<String, String> base = key.equals("levit.vae.channels") ? Map.of("levit.vae.hidden", "300") : Map.of();
        assertThat(OptionCatalogue.read(given)).isNotEqualTo(OptionCatalogue.read(base));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void theDefaultOfEveryKeyIsItsOwnText(String key) {
        String shown = OptionCatalogue.all("levit-dkf").stream()
                .filter(option -> option.key().equals(key))
                .findFirst()
                .orElseThrow()
                .defaultValue();
        assertThat(OptionCatalogue.read(Map.of(key, shown))).isEqualTo(OptionCatalogue.read(Map.of()));
    }

    @Test
    void theTextOfAStructuralOptionIsTheSameHoweverItIsWritten() {
        assertThat(OptionCatalogue.read(Map.of("levit.vit.hidden", " 50, 40", "levit.vit.patch", "07"))
                        .structure())
                .isEqualTo(OptionCatalogue.read(Map.of("levit.vit.hidden", "50,40"))
                        .structure())
                .containsEntry("levit.vit.hidden", "50,40")
                .containsEntry("levit.vit.patch", "7")
                .doesNotContainKey("seed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"28x28x1", "32x32x3", "64x64x3", "224x224x3", "96x96x3", "84x84x3"})
    void imagesOfUsualSizesFitWithEveryPreset(String image) {
        for (String preset : List.of("stream", "paper")) {
            JobOptions options = OptionCatalogue.read(Map.of("image", image, "levit.preset", preset));
            assertThat(options.operator().learner().image()).hasToString(image);
        }
    }

    @Test
    void sizesThatCouldNotBeAllocatedAreRefusedWithWhatFits() {
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "31x31x3")))
                .hasMessage("image=31x31x3 must need at most learner.max-mib=2048 for one learner, but needs about 5559"
                        + " MiB: its sides make 961 patches, choose sides with a common divisor, such as"
                        + " image=32x32x3");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "227x227x3")))
                .hasMessageMatching("image=227x227x3 must need at most .*, such as image=228x228x3");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "32x32x3", "levit.vit.patch", "1")))
                .hasMessageMatching("image=32x32x3 must need at most .*, such as vit.patch=8");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "224x224x3", "learner", "levit-dnn")))
                .hasMessageMatching("image=224x224x3 must need at most .*: make hidden layers,.* smaller");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "99999x99999x64")))
                .hasMessage("image=99999x99999x64 must have at most 16777216 values");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "4096x4096x1", "levit.vit.patch", "1")))
                .hasMessage(
                        "levit.vit.heads=3 times patches=16777216 times vit.embedding-width=100 must be at most 100000000");
    }

    @Test
    void defaultsAreThoseOfThePreset() {
        JobOptions options = OptionCatalogue.read(Map.of("levit.preset", "paper"));
        assertThat(options.operator().learner().method()).isEqualTo("levit-dkf");
        LevitOptions own = (LevitOptions) options.operator().learner().own();
        assertThat(own.expansion().criterion()).isEqualTo(Criterion.LATENT);
        assertThat(own.training().learningRate()).isEqualTo(1e-4);
        assertThat(own.memory().capacity()).isEqualTo(2000);
    }

    private static String other(String key) {
        return String.valueOf(REPLAY.getOrDefault(key, OTHER.get(key.replace("replay.", "levit."))));
    }

    @Test
    void everyKeyOfTheFamilyReplayChangesTheOptions() {
        JobOptions base = OptionCatalogue.read(Map.of("learner", "er"));
        for (OptionReader.Option option : OptionCatalogue.all("er")) {
            if (option.key().startsWith("replay.")) {
                assertThat(OptionCatalogue.read(Map.of("learner", "er", option.key(), other(option.key()))))
                        .as(option.key())
                        .isNotEqualTo(base);
                assertThat(OptionCatalogue.read(Map.of("learner", "er", option.key(), option.defaultValue())))
                        .as(option.key())
                        .isEqualTo(base);
            }
        }
    }

    /** Every option of a method, by the name that it had when options knew no methods. */
    @ParameterizedTest
    @ValueSource(strings = {"levit-dkf", "er"})
    void formerNamesStillWorkWithAWarning(String method) {
        for (OptionReader.Option option : OptionCatalogue.all(method)) {
            if (!option.formerKey().equals(option.key())) {
                Map<String, String> given = new HashMap<>(Map.of("learner", method, "vae.hidden", "300"));
                Map<String, String> renamed = new HashMap<>(Map.of("learner", method, "levit.vae.hidden", "300"));
                String value = other(option.key());
                given.put(option.formerKey(), value);
                renamed.put(option.key(), value);
                List<String> warnings = new ArrayList<>();
                assertThat(OptionCatalogue.read(given, warnings::add)).isEqualTo(OptionCatalogue.read(renamed));
                assertThat(warnings)
                        .contains(option.formerKey() + " is now called " + option.key() + "; the former name will go");
            }
        }
        List<String> none = new ArrayList<>();
        OptionCatalogue.read(Map.of("levit.vit.patch", "14"), none::add);
        assertThat(none).isEmpty();
    }

    @Test
    void wrongValuesAreNamedWithWhatIsAllowed() {
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("batch.size", "ten")))
                .hasMessage("batch.size=ten must be a whole number");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("learner", "levit")))
                .hasMessage(
                        "learner=levit must be one of er, finetune, levit-dkf, levit-dkf-fixed, levit-dnn, levit-no-dkf,"
                                + " ncm, none, ranpac, slda");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "28x28")))
                .hasMessage("image=28x28 must be HEIGHTxWIDTHxCHANNELS, as in 28x28x1");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("vit.patch", "5")))
                .hasMessage("levit.vit.patch=5 must divide height and width of 28x28x1");
        assertThatThrownBy(() -> OptionCatalogue.read(
                        Map.of("checkpoint.interval-millis", "900000", "kafka.transaction-timeout-millis", "600000")))
                .hasMessage(
                        "kafka.transaction-timeout-millis=600000 must be more than checkpoint.interval-millis=900000");
    }

    private static JobOptions parse(String... args) {
        CommandSpec spec = CommandSpec.create();
        CommandLineOptions.addTo(spec, "job", args);
        return CommandLineOptions.read(new CommandLine(spec).parseArgs(args), Map.of(), warning -> {});
    }

    @Test
    void theCommandLineWinsOverTheFile(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("job.properties");
        Files.writeString(file, "learner=er\nbatch.size=5\n");
        JobOptions options = parse("--config", file.toString(), "--batch.size", "6");
        assertThat(options.operator().learner().method()).isEqualTo("er");
        assertThat(options.operator().learner().batchSize()).isEqualTo(6);
    }

    @Test
    void anUnknownKeyNamesTheClosestKnownOne(@TempDir Path dir) throws IOException {
        assertThatThrownBy(() -> parse("--batch.sise", "6"))
                .isInstanceOfSatisfying(
                        CommandLine.UnmatchedArgumentException.class,
                        e -> assertThat(CommandLineOptions.closest(e)).isEqualTo("; closest known: --batch.size"));
        Path file = dir.resolve("job.properties");
        Files.writeString(file, "levit.memory.capasity=5\n");
        assertThatThrownBy(() -> parse("--config", file.toString()))
                .hasMessageEndingWith("unknown key levit.memory.capasity; closest known: --levit.memory.capacity");
    }

    @ParameterizedTest
    @ValueSource(strings = {"levit-dkf", "er"})
    void helpListsEveryOptionOfTheJobAndTheChosenMethod(String method) {
        CommandSpec spec = CommandSpec.create();
        CommandLineOptions.addTo(spec, "job", "--learner", method, "--help");
        String help = new CommandLine(spec).getUsageMessage().replaceAll("\\s+", " ");
        assertThat(help.contains("--levit.")).isEqualTo(method.startsWith("levit"));
        assertThat(OptionCatalogue.all(method)).allSatisfy(option -> {
            assertThat(help).contains("--" + option.key());
            assertThat(help).contains(option.rule());
        });
    }
}
