package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.cluster.TestStream;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.schema.Prediction;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The savepoint of each format, made once and kept in the repository, restores for ever. Another format is another
 * folder beside them; the slow test leaves a savepoint of the present one in {@code target/golden}.
 */
class GoldenSavepointIT {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final int FORMATS = 9;
    private static final int KEYS = 2;
    private static final int WORLD = 120;
    private static final int BEFORE = 200;
    private static final int AFTER = 80;
    private static final int BATCH = 4;

    private static JobOptions options(String bootstrapServers) {
        return TinyJob.options(
                bootstrapServers,
                "levit.routing.filters",
                "3",
                "levit.training.learning-rate",
                "0.01",
                "levit.training.kl-weight",
                "0.1",
                "batch.size",
                Integer.toString(BATCH),
                "checkpoint.interval-millis",
                "200",
                "kafka.exactly-once",
                "false");
    }

    /** Sends the first images of the streams and waits for their answers. */
    private static List<SpecificRecordBase> answers(EmbeddedKafka kafka, int expected) {
        List<SpecificRecordBase> results = new ArrayList<>();
        try (ResultReader reader =
                new ResultReader(options(kafka.bootstrapServers()).kafka(), true)) {
            while (results.stream().filter(Prediction.class::isInstance).count() < expected) {
                results.addAll(reader.poll(Duration.ofMillis(200)));
            }
        }
        return results;
    }

    private static EmbeddedKafka broker(Path folder, int rounds) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(folder, 0);
        kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
        try (TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, WORLD)) {
            while (stream.rounds() < rounds) {
                stream.round();
            }
            stream.flush();
        }
        return kafka;
    }

    @Test
    @Tag("slow")
    void aSavepointOfTheSameStreamCanBeMadeAgain(@TempDir Path dir) throws Exception {
        try (EmbeddedKafka kafka = broker(dir.resolve("kafka"), BEFORE)) {
            JobOptions options = options(kafka.bootstrapServers());
            Configuration configuration = LevitStreamJob.configuration(options);
            configuration.setString("state.backend.type", "rocksdb");
            configuration.setString(
                    "execution.checkpointing.dir",
                    dir.resolve("checkpoints").toUri().toString());
            try (StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(configuration)) {
                LevitStreamJob.buildOnKafka(env, options);
                JobClient client = env.executeAsync();
                answers(kafka, KEYS * BEFORE);
                String path = client.stopWithSavepoint(
                                false, dir.resolve("savepoints").toString(), SavepointFormatType.CANONICAL)
                        .get();
                Path made = Path.of("target/golden");
                FileUtils.deleteDirectory(made.toFile());
                copy(Path.of(URI.create(path)), made);
                assertThat(made.resolve("_metadata")).isNotEmptyFile();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    @Timeout(600)
    void theSavepointOfEachFormatRestoresAndItsLearnersGoOn(int format, @TempDir Path dir) throws Exception {
        Path savepoint = dir.resolve("checkpoints/golden");
        copy(GOLDEN.resolve("format-" + format), savepoint);
        try (EmbeddedKafka kafka = broker(dir.resolve("kafka"), BEFORE + AFTER);
                EmbeddedJob job = EmbeddedJob.start(
                        options(kafka.bootstrapServers()), dir.resolve("checkpoints"), EmbeddedKafka.freePort())) {
            // since format 5 a position knows its topic, and that of this broker is another one: it is read from its
            // start
            int read = format < 5 ? BEFORE : 0;
            List<Prediction> answers = answers(kafka, KEYS * (BEFORE + AFTER - read)).stream()
                    .filter(Prediction.class::isInstance)
                    .map(Prediction.class::cast)
                    .toList();
            assertThat(job.hasEnded()).isFalse();
            assertThat(answers).hasSize(KEYS * (BEFORE + AFTER - read));
            for (Prediction answer : answers) {
                String id = answer.getImageId();
                int number = Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
                assertThat(number)
                        .as("what was answered before is not answered again")
                        .isGreaterThanOrEqualTo(read);
                assertThat(answer.getLearnerStep()).as(id).isEqualTo((BEFORE - read + number) / BATCH);
                assertThat(answer.getComponentId()).as(id).isBetween(1, format < 5 ? 4 : 10);
            }
            long right = answers.stream()
                    .filter(answer -> answer.getImageId().compareTo("stream-00000-000240") < 0)
                    .filter(answer -> String.valueOf(answer.getPredictedLabel()).startsWith("world-1-"))
                    .count();
            assertThat(right).as("labels learnt before the savepoint").isGreaterThan(30);
        }
    }

    @Test
    @Timeout(600)
    void aNewerFormatIsRefusedWithOneClearLine(@TempDir Path dir) throws Exception {
        Path savepoint = dir.resolve("checkpoints/golden");
        copy(GOLDEN.resolve("format-" + FORMATS), savepoint);
        assertThat(raiseFormat(savepoint)).as("sealed entries").isPositive();
        try (EmbeddedKafka kafka = broker(dir.resolve("kafka"), BEFORE + AFTER);
                EmbeddedJob job = EmbeddedJob.start(
                        options(kafka.bootstrapServers()), dir.resolve("checkpoints"), EmbeddedKafka.freePort())) {
            assertThatThrownBy(job::await)
                    .hasStackTraceContaining("format=" + (StateCodec.FORMAT + 1) + " must be 1 to " + StateCodec.FORMAT
                            + "; it was written by a newer release, restore it with that one");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        FileUtils.copy(
                new org.apache.flink.core.fs.Path(from.toUri()), new org.apache.flink.core.fs.Path(to.toUri()), false);
    }

    /** Rewrites the format number of every sealed entry in place: "LVST", then the number. */
    private static int raiseFormat(Path savepoint) throws IOException {
        int raised = 0;
        try (var files = Files.list(savepoint)) {
            for (Path file : files.toList()) {
                ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
                for (int i = 0; i + 8 <= bytes.limit(); i++) {
                    if (bytes.getInt(i) == 0x4C565354 && bytes.getInt(i + 4) == FORMATS) {
                        bytes.putInt(i + 4, StateCodec.FORMAT + 1);
                        raised++;
                    }
                }
                Files.write(file, bytes.array());
            }
        }
        return raised;
    }
}
