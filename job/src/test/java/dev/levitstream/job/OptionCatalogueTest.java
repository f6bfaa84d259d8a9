package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.ExpansionOptions.Criterion;
import dev.levitstream.learner.LearnerKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            Map.entry("preset", "paper"),
            Map.entry("image", "32x32x3"),
            Map.entry("learner", "er"),
            Map.entry("batch.size", "7"),
            Map.entry("classes", "3"),
            Map.entry("labels.max", "11"),
            Map.entry("learner.max-mib", "999"),
            Map.entry("seed", "9"),
            Map.entry("fusion.level", "attention"),
            Map.entry("fusion.components", "3"),
            Map.entry("routing.judges", "all"),
            Map.entry("routing.router", "vae"),
            Map.entry("routing.score", "elbo"),
            Map.entry("routing.filters", "7"),
            Map.entry("routing.shrinkage", "0.5"),
            Map.entry("vit.patch", "14"),
            Map.entry("vit.embedding-width", "64"),
            Map.entry("vit.heads", "2"),
            Map.entry("vit.hidden", "50,40"),
            Map.entry("vae.latent-width", "20"),
            Map.entry("vae.channels", "8"),
            Map.entry("vae.hidden", "300"),
            Map.entry("dnn.hidden", "99"),
            Map.entry("training.batch", "32"),
            Map.entry("training.learning-rate", "0.01"),
            Map.entry("training.gate-learning-rate", "0.02"),
            Map.entry("training.beta1", "0.9"),
            Map.entry("training.beta2", "0.99"),
            Map.entry("training.kl-weight", "0.5"),
            Map.entry("budget.updates", "5"),
            Map.entry("budget.period", "3"),
            Map.entry("budget.millis", "20"),
            Map.entry("budget.slice", "3"),
            Map.entry("budget.queue", "77"),
            Map.entry("memory.capacity", "3000"),
            Map.entry("training.augmentation", "natural"),
            Map.entry("vit.shared-embedding", "true"),
            Map.entry("memory.admission", "fifo"),
            Map.entry("memory.unlabelled", "all"),
            Map.entry("expansion.criterion", "latent"),
            Map.entry("expansion.scale", "absolute"),
            Map.entry("expansion.threshold", "3.5"),
            Map.entry("expansion.codes", "sampled"),
            Map.entry("expansion.samples", "100"),
            Map.entry("expansion.evidence", "7"),
            Map.entry("expansion.warm-up", "900"),
            Map.entry("expansion.max-images", "5000"),
            Map.entry("expansion.first-fill", "true"),
            Map.entry("components.max", "5"),
            Map.entry("keys.max", "12"),
            Map.entry("keys.expire-millis", "60000"),
            Map.entry("learner.failure", "dead-letter"),
            Map.entry("quarantine.release", "north#1,east#2"),
            Map.entry("quarantine.reset", "south#1"),
            Map.entry("batch.flush", "size"),
            Map.entry("batch.gap-millis", "5"),
            Map.entry("batch.wait-millis", "6"),
            Map.entry("learner.resident-keys", "3"),
            Map.entry("learner.fleet", "16"),
            Map.entry("prediction.scores", "2"),
            Map.entry("device", "cpu"),
            Map.entry("kafka.bootstrap-servers", "other:1"),
            Map.entry("kafka.images", "i"),
            Map.entry("kafka.predictions", "p"),
            Map.entry("kafka.components-created", "c"),
            Map.entry("kafka.dead-letters", "d"),
            Map.entry("kafka.events", "e"),
            Map.entry("kafka.group-id", "g"),
            Map.entry("kafka.transaction-prefix", "t"),
            Map.entry("kafka.transaction-timeout-millis", "700000"),
            Map.entry("event-time.earliest", "1970-01-01T00:00:00Z"),
            Map.entry("event-time.ahead-millis", "5"),
            Map.entry("kafka.offset-reset", "fail"),
            Map.entry("kafka.exactly-once", "false"),
            Map.entry("kafka.client", "security.protocol=SSL"),
            Map.entry("checkpoint.interval-millis", "5000"),
            Map.entry("checkpoint.unaligned", "false"),
            Map.entry("parallelism", "2"),
            Map.entry("parallelism.max", "64"),
            Map.entry("watermark.late-millis", "1"),
            Map.entry("watermark.idle-millis", "2"));

    static Stream<String> keys() {
        return OptionCatalogue.all().stream().map(OptionReader.Option::key);
    }

    @Test
    void everyKeyIsTestedAndNamedOnce() {
        assertThat(keys()).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(OTHER.keySet());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyChangesTheOptions(String key) {
        Map<String, String> given = key.equals("vae.channels")
                ? Map.of(key, "8", "vae.hidden", "300")
                : Map.of(key, String.valueOf(OTHER.get(key)));
        Map<String, String> base = key.equals("vae.channels") ? Map.of("vae.hidden", "300") : Map.of();
        assertThat(OptionCatalogue.read(given)).isNotEqualTo(OptionCatalogue.read(base));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void theDefaultOfEveryKeyIsItsOwnText(String key) {
        String shown = OptionCatalogue.all().stream()
                .filter(option -> option.key().equals(key))
                .findFirst()
                .orElseThrow()
                .defaultValue();
        assertThat(OptionCatalogue.read(Map.of(key, shown))).isEqualTo(OptionCatalogue.read(Map.of()));
    }

    @Test
    void theTextOfAStructuralOptionIsTheSameHoweverItIsWritten() {
        assertThat(OptionCatalogue.read(Map.of("vit.hidden", " 50, 40", "vit.patch", "07"))
                        .structure())
                .isEqualTo(OptionCatalogue.read(Map.of("vit.hidden", "50,40")).structure())
                .containsEntry("vit.hidden", "50,40")
                .containsEntry("vit.patch", "7")
                .doesNotContainKey("seed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"28x28x1", "32x32x3", "64x64x3", "224x224x3", "96x96x3", "84x84x3"})
    void imagesOfUsualSizesFitWithEveryPreset(String image) {
        for (String preset : List.of("stream", "paper")) {
            JobOptions options = OptionCatalogue.read(Map.of("image", image, "preset", preset));
            assertThat(options.operator().learner().image()).hasToString(image);
        }
    }

    @Test
    void sizesThatCouldNotBeAllocatedAreRefusedWithWhatFits() {
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "31x31x3")))
                .hasMessage("image=31x31x3 must need at most learner.max-mib=2048 for one learner, but needs about 5497"
                        + " MiB: its sides make 961 patches, choose sides with a common divisor, such as"
                        + " image=32x32x3");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "227x227x3")))
                .hasMessageMatching("image=227x227x3 must need at most .*, such as image=228x228x3");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "32x32x3", "vit.patch", "1")))
                .hasMessageMatching("image=32x32x3 must need at most .*, such as vit.patch=8");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "224x224x3", "learner", "levit-dnn")))
                .hasMessageMatching("image=224x224x3 must need at most .*: make hidden layers,.* smaller");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "99999x99999x64")))
                .hasMessage("image=99999x99999x64 must have at most 16777216 values");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "4096x4096x1", "vit.patch", "1")))
                .hasMessage(
                        "vit.heads=3 times patches=16777216 times vit.embedding-width=100 must be at most 100000000");
    }

    @Test
    void defaultsAreThoseOfThePreset() {
        JobOptions options = OptionCatalogue.read(Map.of("preset", "paper"));
        assertThat(options.operator().learner().kind()).isEqualTo(LearnerKind.LEVIT_DKF);
        assertThat(options.operator().learner().expansion().criterion()).isEqualTo(Criterion.LATENT);
        assertThat(options.operator().learner().training().learningRate()).isEqualTo(1e-4);
        assertThat(options.operator().learner().memory().capacity()).isEqualTo(2000);
    }

    @Test
    void wrongValuesAreNamedWithWhatIsAllowed() {
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("batch.size", "ten")))
                .hasMessage("batch.size=ten must be a whole number");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("learner", "levit")))
                .hasMessage(
                        "learner=levit must be one of levit-dkf, levit-no-dkf, levit-dkf-fixed, levit-dnn, finetune, er");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("image", "28x28")))
                .hasMessage("image=28x28 must be HEIGHTxWIDTHxCHANNELS, as in 28x28x1");
        assertThatThrownBy(() -> OptionCatalogue.read(Map.of("vit.patch", "5")))
                .hasMessage("vit.patch=5 must divide height and width of 28x28x1");
        assertThatThrownBy(() -> OptionCatalogue.read(
                        Map.of("checkpoint.interval-millis", "900000", "kafka.transaction-timeout-millis", "600000")))
                .hasMessage(
                        "kafka.transaction-timeout-millis=600000 must be more than checkpoint.interval-millis=900000");
    }

    private static String prefix(String... keysAndValues) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            given.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return OptionCatalogue.read(given).kafka().transactionPrefix();
    }

    @Test
    void theTransactionPrefixTellsJobsOfOtherGroupsOrTopicsApart() {
        assertThat(prefix()).isEqualTo("levit-stream:predictions:components-created:dead-letters:events");
        assertThat(Stream.of(
                        prefix(),
                        prefix("kafka.group-id", "other"),
                        prefix("kafka.predictions", "other"),
                        prefix("kafka.components-created", "other"),
                        prefix("kafka.dead-letters", "other")))
                .doesNotHaveDuplicates();
        assertThat(prefix("kafka.images", "other", "seed", "5")).isEqualTo(prefix());
        assertThat(prefix("kafka.transaction-prefix", "mine", "kafka.group-id", "other"))
                .isEqualTo("mine");
    }

    private static JobOptions parse(String... args) {
        CommandSpec spec = CommandSpec.create();
        CommandLineOptions.addTo(spec, "job");
        return CommandLineOptions.read(new CommandLine(spec).parseArgs(args), Map.of());
    }

    @Test
    void theCommandLineWinsOverTheFile(@TempDir Path dir) throws IOException {
        Path file = dir.resolve("job.properties");
        Files.writeString(file, "learner=er\nbatch.size=5\n");
        JobOptions options = parse("--config", file.toString(), "--batch.size", "6");
        assertThat(options.operator().learner().kind()).isEqualTo(LearnerKind.ER);
        assertThat(options.operator().learner().batchSize()).isEqualTo(6);
    }

    @Test
    void anUnknownKeyNamesTheClosestKnownOne(@TempDir Path dir) throws IOException {
        assertThatThrownBy(() -> parse("--batch.sise", "6"))
                .isInstanceOfSatisfying(
                        CommandLine.UnmatchedArgumentException.class,
                        e -> assertThat(CommandLineOptions.closest(e)).isEqualTo("; closest known: --batch.size"));
        Path file = dir.resolve("job.properties");
        Files.writeString(file, "memory.capasity=5\n");
        assertThatThrownBy(() -> parse("--config", file.toString()))
                .hasMessageEndingWith("unknown key memory.capasity; closest known: --memory.capacity");
    }

    @Test
    void helpListsEveryOptionWithDefaultAndRule() {
        CommandSpec spec = CommandSpec.create();
        CommandLineOptions.addTo(spec, "job");
        String help = new CommandLine(spec).getUsageMessage().replaceAll("\\s+", " ");
        assertThat(OptionCatalogue.all()).allSatisfy(option -> {
            assertThat(help).contains("--" + option.key());
            assertThat(help).contains(option.rule());
        });
    }
}
