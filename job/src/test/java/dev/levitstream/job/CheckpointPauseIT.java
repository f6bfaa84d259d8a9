package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.levitstream.cluster.FlinkRest;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Sample;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.StreamPublisher;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a checkpoint holds up learners that train at the preset {@code stream} under more load than they can take:
 * alignment and synchronous part of each subtask, MNIST size, {@value #KEYS} keys on two subtasks. The time of an
 * unaligned checkpoint's alignment contains its synchronous part, for the task takes its snapshot at the first barrier
 * and works on until the last.
 */
@Tag("slow")
class CheckpointPauseIT {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int KEYS = 4;
    private static final int CHECKPOINTS = 60;
    /** First checkpoints, whose times are those of a process that starts. */
    private static final int WARM_UP = 10;

    private static final double MOST_MILLIS = 200;

    private static JobOptions options(String bootstrapServers) {
        return OptionCatalogue.read(Map.of(
                "checkpoint.interval-millis", "1000",
                "parallelism", "2",
                "device", "cpu",
                "kafka.bootstrap-servers", bootstrapServers));
    }

    private static void flood(String bootstrapServers, int key) throws Exception {
        SplittableRandom random = new SplittableRandom(key);
        try (StreamPublisher publisher = new StreamPublisher(bootstrapServers, "images", "key-" + key, 0, Map.of())) {
            for (int i = 0; !Thread.currentThread().isInterrupted() && i < 40_000; i++) {
                byte[] pixels = new byte[SHAPE.size()];
                int label = random.nextInt(4);
                for (int k = 0; k < pixels.length; k++) {
                    pixels[k] = (byte) ((k / 28 / 7 == label ? 200 : 20) + random.nextInt(40));
                }
                publisher.publish(Sample.raw("label-" + label, SHAPE, pixels), "image-" + i, true);
            }
        }
    }

    @Test
    void aCheckpointHoldsNoLearnerUpForLong(@TempDir Path dir) throws Exception {
        int port = EmbeddedKafka.freePort();
        FlinkRest rest = new FlinkRest(port);
        TreeMap<Long, double[]> pauses = new TreeMap<>();
        ExecutorService publishers = Executors.newFixedThreadPool(KEYS);
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
            List<Integer> keys = IntStream.range(0, KEYS).boxed().toList();
            for (int key : keys) {
                Future<?> unused = publishers.submit(() -> {
                    flood(kafka.bootstrapServers(), key);
                    return null;
                });
            }
            try (EmbeddedJob job =
                    EmbeddedJob.start(options(kafka.bootstrapServers()), dir.resolve("checkpoints"), port)) {
                String id = rest.get("/jobs")
                        .orElseThrow()
                        .path("jobs")
                        .path(0)
                        .path("id")
                        .asText();
                String learner = learnerVertex(rest.get("/jobs/" + id).orElseThrow());
                while (pauses.size() < WARM_UP + CHECKPOINTS) {
                    assertThat(job.hasEnded()).isFalse();
                    JsonNode latest = rest.get("/jobs/" + id + "/checkpoints")
                            .orElseThrow()
                            .path("latest")
                            .path("completed");
                    long number = latest.path("id").asLong();
                    if (number > 0 && !pauses.containsKey(number)) {
                        rest.get("/jobs/" + id + "/checkpoints/details/" + number + "/subtasks/" + learner)
                                .ifPresent(details -> pauses.put(number, pauses(details)));
                    }
                    LockSupport.parkNanos(Duration.ofMillis(100).toNanos()); // between two questions
                }
            }
        } finally {
            publishers.shutdownNow();
        }
        double[] sorted = pauses.values().stream()
                .skip(WARM_UP)
                .flatMapToDouble(Arrays::stream)
                .sorted()
                .toArray();
        double p99 = sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
        System.out.printf(
                "alignment + synchronous part of %d subtask checkpoints: median %.0f ms, p99 %.0f ms, most %.0f ms%n",
                sorted.length, sorted[sorted.length / 2], p99, sorted[sorted.length - 1]);
        assertThat(p99).isLessThan(MOST_MILLIS);
    }

    private static String learnerVertex(JsonNode job) {
        for (JsonNode vertex : job.path("vertices")) {
            if (vertex.path("name").asText().startsWith("learner")) {
                return vertex.path("id").asText();
            }
        }
        throw new IllegalStateException("no learner in " + job);
    }

    private static double[] pauses(JsonNode details) {
        double[] millis = new double[details.path("subtasks").size()];
        for (int i = 0; i < millis.length; i++) {
            JsonNode subtask = details.path("subtasks").path(i);
            double alignment = subtask.path("alignment").path("duration").asDouble();
            double synchronous = subtask.path("checkpoint").path("sync").asDouble();
            boolean unaligned = subtask.path("unaligned_checkpoint").asBoolean();
            millis[i] = unaligned ? Math.max(alignment, synchronous) : alignment + synchronous;
        }
        return millis;
    }
}
