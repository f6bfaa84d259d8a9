package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.cluster.FlinkRest;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Sample;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One key floods a learner that works long for every batch, and sends pictures of a wrong size among the others, while
 * other keys of the same subtask want their answers: nothing is lost, checkpoints complete, the others go on.
 */
class OverloadIT {
    private static final ImageShape SHAPE = new ImageShape(24, 24, 1);
    private static final ImageShape WRONG = new ImageShape(25, 24, 1);
    private static final int FLOOD = 2400;
    private static final int WRONG_EVERY = 20;
    private static final int QUIET_KEYS = 4;
    private static final int QUIET_IMAGES = 24;
    private static final int PARTITIONS = 4;

    private static JobOptions options(String bootstrapServers) {
        return TinyJob.options(
                bootstrapServers,
                "image",
                SHAPE.toString(),
                "image.fit",
                "exact",
                "levit.vit.patch",
                "6",
                "levit.routing.filters",
                "3",
                "levit.budget.updates",
                "12",
                "learner.slice",
                "4",
                "checkpoint.interval-millis",
                "250");
    }

    private static void publish(EmbeddedKafka kafka, String key, int images, int wrongEvery) throws Exception {
        SplittableRandom random = new SplittableRandom(key.hashCode());
        try (StreamPublisher publisher = new StreamPublisher(kafka.bootstrapServers(), "images", key, 0, Map.of())) {
            for (int i = 0; i < images; i++) {
                byte[] pixels = new byte[SHAPE.size()];
                random.nextBytes(pixels);
                publisher.publish(Sample.raw("label-" + i % 2, SHAPE, pixels), key + "-" + i, true);
                if (wrongEvery > 0 && i % wrongEvery == 0) {
                    publisher.publish(Sample.raw("label-0", WRONG, new byte[WRONG.size()]), key + "-wrong-" + i, true);
                }
            }
        }
    }

    /** Where Kafka puts a key; behind the flood in its own partition nothing can go on. */
    private static int partition(String key) {
        return BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), PARTITIONS);
    }

    @Test
    @Timeout(600)
    void aFloodOnOneKeyHoldsUpNeitherCheckpointsNorOtherKeys(@TempDir Path dir) throws Exception {
        int port = EmbeddedKafka.freePort();
        FlinkRest rest = new FlinkRest(port);
        List<String> quiet = IntStream.range(0, 1000)
                .mapToObj(k -> "quiet-" + k)
                .filter(key -> partition(key) != partition("flood"))
                .limit(QUIET_KEYS)
                .toList();
        Map<String, Integer> answers = new HashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        int letters = 0;
        int floodWhenOthersWereDone = -1;
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic("images", PARTITIONS, (short) 1)))
                        .all()
                        .get();
            }
            kafka.createTopics(List.of("predictions", "components-created", "dead-letters", "events"));
            publish(kafka, "flood", FLOOD, WRONG_EVERY);
            try (EmbeddedJob job =
                            EmbeddedJob.start(options(kafka.bootstrapServers()), dir.resolve("checkpoints"), port);
                    ResultReader reader =
                            new ResultReader(options(kafka.bootstrapServers()).kafka(), true)) {
                for (String key : quiet) {
                    publish(kafka, key, QUIET_IMAGES, 0);
                }
                String id = rest.get("/jobs")
                        .orElseThrow()
                        .path("jobs")
                        .path(0)
                        .path("id")
                        .asText();
                while (seen.size() < FLOOD + QUIET_KEYS * QUIET_IMAGES || letters < FLOOD / WRONG_EVERY) {
                    assertThat(job.hasEnded()).isFalse();
                    for (SpecificRecordBase record : reader.poll(Duration.ofMillis(100))) {
                        if (record instanceof Prediction prediction) {
                            seen.merge(prediction.getImageId(), 1, Integer::sum);
                            answers.merge(prediction.getStreamKey(), 1, Integer::sum);
                        } else if (record instanceof DeadLetter letter) {
                            assertThat(letter.getReason()).contains("25x24x1");
                            letters++;
                        }
                    }
                    boolean done = quiet.stream().allMatch(key -> answers.getOrDefault(key, 0) == QUIET_IMAGES);
                    if (done && floodWhenOthersWereDone < 0) {
                        floodWhenOthersWereDone = answers.getOrDefault("flood", 0);
                    }
                }
                long completed = rest.get("/jobs/" + id + "/checkpoints")
                        .orElseThrow()
                        .path("counts")
                        .path("completed")
                        .asLong();
                assertThat(completed).as("checkpoints under load").isGreaterThan(5);
            }
        }
        assertThat(seen.values()).as("each image is answered once").containsOnly(1);
        assertThat(letters).isEqualTo(FLOOD / WRONG_EVERY);
        System.out.printf(
                "answers to the flood when the other keys were done: %d of %d%n", floodWhenOthersWereDone, FLOOD);
        assertThat(floodWhenOthersWereDone)
                .as("answers to the flood when the other keys were done")
                .isLessThan(FLOOD);
    }
}
