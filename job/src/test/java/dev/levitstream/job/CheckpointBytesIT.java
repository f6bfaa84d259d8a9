package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.levitstream.bench.report.HtmlReport;
import dev.levitstream.cluster.FlinkRest;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Sample;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.Prediction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a checkpoint uploads while the number of components grows from 1 to 50 at MNIST size, against the whole state.
 * Writes {@code target/checkpoint-bytes.csv}, one line per checkpoint: components, bytes uploaded, bytes in all; and
 * the same as a plot, {@code target/checkpoint-bytes.html}.
 */
@Tag("slow")
class CheckpointBytesIT {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int COMPONENTS = 52;
    private static final int IMAGES_PER_COMPONENT = 60;
    private static final int BATCH = 10;
    /** Bytes of a checkpoint at most, if nothing was learnt since the one before. */
    private static final long IDLE = 1_000_000;

    private static JobOptions options(String bootstrapServers) {
        return OptionCatalogue.read(Map.ofEntries(
                Map.entry("levit.budget.updates", "1"),
                Map.entry("levit.training.batch", "32"),
                Map.entry("levit.expansion.max-images", Integer.toString(IMAGES_PER_COMPONENT)),
                Map.entry("levit.components.max", "60"),
                Map.entry("levit.routing.features", "random"),
                Map.entry("checkpoint.interval-millis", "500"),
                Map.entry("device", "cpu"),
                Map.entry("kafka.bootstrap-servers", bootstrapServers)));
    }

    private record Checkpoint(int components, long uploaded, long whole) {}

    @Test
    void aCheckpointUploadsWhatChangedHoweverManyComponentsThereAre(@TempDir Path dir) throws Exception {
        List<Checkpoint> checkpoints = new ArrayList<>();
        int port = EmbeddedKafka.freePort();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            JobOptions options = options(kafka.bootstrapServers());
            kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
            FlinkRest rest = new FlinkRest(port);
            try (EmbeddedJob job = EmbeddedJob.start(options, dir.resolve("checkpoints"), port);
                    StreamPublisher publisher =
                            new StreamPublisher(kafka.bootstrapServers(), "images", "one", 0, Map.of());
                    ResultReader reader = new ResultReader(options.kafka(), true)) {
                String id = rest.get("/jobs")
                        .orElseThrow()
                        .path("jobs")
                        .path(0)
                        .path("id")
                        .asText();
                SplittableRandom random = new SplittableRandom(1);
                int sent = 0;
                int components = 1;
                TreeMap<Long, Checkpoint> seen = new TreeMap<>();
                while (components < COMPONENTS) {
                    assertThat(job.hasEnded()).isFalse();
                    int answered = 0;
                    for (int i = 0; i < 3 * BATCH; i++) { // as many as are answered before the next ones come
                        byte[] pixels = new byte[SHAPE.size()];
                        random.nextBytes(pixels);
                        publisher.publish(
                                Sample.raw("label-" + random.nextInt(2), SHAPE, pixels), "image-" + sent++, true);
                    }
                    while (answered < 3 * BATCH) {
                        for (SpecificRecordBase record : reader.poll(Duration.ofMillis(50))) {
                            answered += record instanceof Prediction ? 1 : 0;
                            components += record instanceof ComponentCreated ? 1 : 0;
                        }
                    }
                    int now = components;
                    JsonNode history = rest.get("/jobs/" + id + "/checkpoints")
                            .orElseThrow()
                            .path("history");
                    for (JsonNode one : history) {
                        if (one.path("status").asText().equals("COMPLETED")) {
                            seen.putIfAbsent(
                                    one.path("id").asLong(),
                                    new Checkpoint(
                                            now,
                                            one.path("checkpointed_size").asLong(),
                                            one.path("state_size").asLong()));
                        }
                    }
                }
                checkpoints.addAll(seen.values());
            }
        }
        List<String> csv = new ArrayList<>(List.of("components,uploaded,whole"));
        checkpoints.forEach(one -> csv.add(one.components() + "," + one.uploaded() + "," + one.whole()));
        Files.write(Path.of("target/checkpoint-bytes.csv"), csv);
        String page = Files.readString(Path.of("src/test/resources/checkpoint-bytes.html"));
        Files.writeString(
                Path.of("target/checkpoint-bytes.html"),
                page.replace("/*LIBRARY*/", HtmlReport.library())
                        .replace("/*DATA*/null", HtmlReport.json(checkpoints)));
        double few = mean(checkpoints, 1, 10);
        double many = mean(checkpoints, COMPONENTS - 10, COMPONENTS);
        System.out.printf(
                "mean upload: %.1f MB at 1 to 10 components, %.1f MB at the last 10%n", few / 1e6, many / 1e6);
        assertThat(many).isLessThan(1.3 * few);
    }

    private static double mean(List<Checkpoint> checkpoints, int from, int to) {
        return checkpoints.stream()
                .filter(one -> one.components() >= from && one.components() <= to)
                .filter(one -> one.uploaded() > IDLE)
                .mapToLong(Checkpoint::uploaded)
                .average()
                .orElseThrow();
    }
}
