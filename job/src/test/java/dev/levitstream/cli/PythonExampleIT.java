package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.TinyJob;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The producer and the consumer of schemas/README.md, as a stranger runs them: a broker and the job between them. */
class PythonExampleIT {
    private static final Path SCHEMAS =
            Path.of("../schemas/src/main").toAbsolutePath().normalize();
    private static final Path SCRIPTS = SCHEMAS.resolve("python");
    private static final int IMAGES = 120;
    private static final byte[] NO_IMAGE = {1, 2, 3};

    /** Which Python has been found, and whether it has the packages of the scripts. */
    private record Python(String command, boolean hasPackages) {
        static Optional<Python> find() throws IOException, InterruptedException {
            Optional<Python> bare = Optional.empty();
            for (String command : List.of("python3", "/usr/bin/python3")) { // where Debian's packages go
                Optional<Python> found = of(command);
                if (found.filter(Python::hasPackages).isPresent()) {
                    return found;
                }
                bare = bare.or(() -> found);
            }
            return bare;
        }

        private static Optional<Python> of(String command) throws InterruptedException {
            try {
                Process process = new ProcessBuilder(command, "-c", "import avro, confluent_kafka")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                return Optional.of(new Python(command, process.waitFor() == 0));
            } catch (IOException e) {
                return Optional.empty(); // there is no such program
            }
        }

        Process start(Object... arguments) throws IOException {
            List<String> line = new ArrayList<>(List.of(command, "-B"));
            Stream.of(arguments).map(Object::toString).forEach(line::add);
            return new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }
    }

    private static JobOptions options(String bootstrapServers) {
        return TinyJob.options(
                bootstrapServers, "image", "28x28x1", "levit.vit.patch", "7", "checkpoint.interval-millis", "500");
    }

    private static List<String> lines(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static void requireEnd(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    @Timeout(600)
    void whatPythonPublishesIsAnsweredAndPythonReadsTheAnswers(@TempDir Path dir) throws Exception {
        Optional<Python> python = Python.find();
        if (python.filter(Python::hasPackages).isPresent()) {
            System.out.println("python: ran against broker and job");
            runAgainstTheJob(python.get(), dir);
        } else {
            System.out.println("python: packages avro and confluent_kafka are missing, only the syntax was checked");
            assertThat(SCRIPTS.resolve("produce.py")).content().contains("def main(");
            if (python.isPresent()) {
                String check = "import ast, sys; [ast.parse(open(path).read(), path) for path in sys.argv[1:]]";
                requireEnd(
                        python.get().start("-c", check, SCRIPTS.resolve("produce.py"), SCRIPTS.resolve("consume.py")));
            }
        }
    }

    private static void runAgainstTheJob(Python python, Path dir) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            String servers = kafka.bootstrapServers();
            JobOptions options = options(servers);
            kafka.createTopics(options.kafka().topics());
            requireEnd(python.start(
                    SCRIPTS.resolve("produce.py"), servers, SCHEMAS.resolve("avro/image-record.avsc"), IMAGES));
            publishWhatIsNoImage(servers);
            try (EmbeddedJob job = EmbeddedJob.start(options, dir.resolve("checkpoints"), EmbeddedKafka.freePort());
                    ResultReader reader = new ResultReader(options.kafka(), true)) {
                List<SpecificRecordBase> results = new ArrayList<>();
                while (results.size() < IMAGES + 1) {
                    assertThat(job.hasEnded()).isFalse();
                    results.addAll(reader.poll(Duration.ofMillis(200)));
                }
                Process consumer = python.start(SCRIPTS.resolve("consume.py"), servers, SCHEMAS, results.size());
                try {
                    assertSame(lines(consumer), results);
                    requireEnd(consumer);
                } finally {
                    consumer.destroy();
                }
            }
        }
    }

    private static void publishWhatIsNoImage(String servers) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("images", NO_IMAGE)).get();
        }
    }

    private static void assertSame(List<String> printed, List<SpecificRecordBase> results) throws IOException {
        List<JsonNode> answers = new ArrayList<>();
        List<JsonNode> letters = new ArrayList<>();
        for (String line : printed) {
            JsonNode result = new ObjectMapper().readTree(line);
            (result.get("type").asText().equals("Prediction") ? answers : letters).add(result);
        }
        List<Prediction> predictions = results.stream()
                .filter(Prediction.class::isInstance)
                .map(Prediction.class::cast)
                .toList();
        assertThat(answers)
                .extracting(answer -> answer.get("imageId").asText())
                .containsExactlyElementsOf(IntStream.range(0, IMAGES)
                        .mapToObj(number -> String.format("image-%06d", number))
                        .toList());
        for (int i = 0; i < IMAGES; i++) {
            assertSame(answers.get(i), predictions.get(i));
        }
        assertThat(predictions.get(IMAGES - 1).getScores())
                .extracting(score -> score.getLabel())
                .containsExactly("lying", "standing");
        assertThat(letters).singleElement().satisfies(letter -> {
            assertThat(letter.get("type").asText()).isEqualTo(DeadLetter.class.getSimpleName());
            assertThat(letter.get("bytes").asText()).isEqualTo(HexFormat.of().formatHex(NO_IMAGE));
            assertThat(letter.get("reason").asText()).contains("message.bytes=3 must be at least 10");
        });
    }

    private static void assertSame(JsonNode printed, Prediction answer) {
        assertThat(printed.get("imageId").asText()).isEqualTo(answer.getImageId());
        assertThat(printed.get("streamKey").asText()).isEqualTo("camera-1");
        assertThat(OffsetDateTime.parse(printed.get("eventTime").asText()).toInstant())
                .isEqualTo(answer.getEventTime());
        assertThat(printed.get("predictedLabel").textValue()).isEqualTo(answer.getPredictedLabel());
        assertThat(printed.get("scores")).hasSize(answer.getScores().size());
        for (int i = 0; i < answer.getScores().size(); i++) {
            JsonNode score = printed.get("scores").get(i);
            assertThat(score.get("label").asText())
                    .isEqualTo(answer.getScores().get(i).getLabel());
            assertThat(score.get("score").floatValue())
                    .isEqualTo(answer.getScores().get(i).getScore());
        }
        assertThat(printed.get("componentId").asInt()).isEqualTo(answer.getComponentId());
        assertThat(printed.get("novelty").floatValue()).isEqualTo(answer.getNovelty());
        assertThat(printed.get("learnerStep").asLong()).isEqualTo(answer.getLearnerStep());
    }
}
