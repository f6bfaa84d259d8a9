package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.cluster.FlinkRest;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a broker that was told nothing, what would be too large or too new for its topics is answered like everything
 * else: images of any time, long labels by the thousand, unusable records larger than a letter may be.
 */
class OutputContractIT {
    private static final int SIDE = 8;
    private static final int LABELS = 1350;
    private static final int BATCH = 50;
    private static final int OTHERS = 100;

    private final WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
    private final SplittableRandom random = new SplittableRandom(18);
    private final TreeSet<String> sent = new TreeSet<>();

    private static JobOptions options(String bootstrapServers) {
        return TinyJob.options(
                bootstrapServers,
                "learner",
                "er",
                "classes",
                Integer.toString(LABELS),
                "event-time.earliest",
                "1970-01-01T00:00:00Z",
                "replay.vit.patch",
                "4",
                "replay.vit.embedding-width",
                "8",
                "replay.vit.heads",
                "2",
                "replay.vit.hidden",
                "12",
                "replay.training.batch",
                "16",
                "replay.memory.capacity",
                "128",
                "batch.size",
                Integer.toString(BATCH),
                "batch.flush",
                "size",
                "checkpoint.interval-millis",
                "500");
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** An image of a key, its number in its name. */
    private ProducerRecord<byte[], byte[]> image(String key, int number, Instant time, String label) {
        String id = key + "-" + number;
        sent.add(id);
        byte[] value = format.frame(new ImageRecord(
                key, id, time, SIDE, SIDE, 1, Encoding.RAW, ByteBuffer.wrap(noise(SIDE * SIDE)), label));
        return new ProducerRecord<>("images", key.getBytes(StandardCharsets.UTF_8), value);
    }

    private static void publish(String bootstrapServers, List<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", bootstrapServers, "compression.type", "zstd", "max.request.size", 16 << 20);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record).get();
            }
        }
    }

    /** Images of three kinds of time and of a label each, and between them what is no image at all. */
    private List<ProducerRecord<byte[], byte[]>> stream(Map<Integer, byte[]> unusable) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        Instant now = Instant.now();
        for (int i = 0; i < LABELS; i++) {
            if (i < OTHERS) {
                records.add(image("ahead", i, now.plus(Duration.ofHours(2)), "a"));
                records.add(image("old", i, Instant.ofEpochMilli(1000L + i), "a"));
            }
            records.add(image("label-each", i, now, "あ".repeat(250) + i));
            if (unusable.containsKey(i)) {
                records.add(new ProducerRecord<>("images", unusable.get(i)));
            }
        }
        return records;
    }

    @Test
    @Timeout(600)
    void nothingIsRefusedByABrokerThatWasToldNothing(@TempDir Path dir) throws Exception {
        Map<String, String> untold = Map.of(
                "message.max.bytes", "1048588",
                "log.retention.ms", "604800000",
                "log.retention.check.interval.ms", "500");
        Map<Integer, byte[]> unusable =
                Map.of(10, noise(2 << 20), 60, new byte[5 << 20], 700, noise(900_000), LABELS - 1, noise(3));
        int port = EmbeddedKafka.freePort();
        Map<String, Prediction> answers = new HashMap<>();
        List<DeadLetter> letters = new ArrayList<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, untold)) {
            JobOptions options = options(kafka.bootstrapServers());
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                NewTopic images = new NewTopic("images", 1, (short) 1).configs(Map.of("max.message.bytes", "16842752"));
                admin.createTopics(List.of(images)).all().get();
            }
            kafka.createTopics(options.kafka().results());
            publish(kafka.bootstrapServers(), stream(unusable));
            try (EmbeddedJob job = EmbeddedJob.start(options, dir.resolve("checkpoints"), port);
                    ResultReader reader = new ResultReader(options.kafka(), true)) {
                while (answers.size() < sent.size() || letters.size() < unusable.size()) {
                    assertThat(job.hasEnded()).isFalse();
                    assertThat(restarts(new FlinkRest(port))).isZero();
                    for (SpecificRecordBase record : reader.poll(Duration.ofMillis(200))) {
                        if (record instanceof Prediction answer) {
                            assertThat(answers.put(answer.getImageId(), answer)).isNull();
                        } else if (record instanceof DeadLetter letter) {
                            letters.add(letter);
                        }
                    }
                }
            }
        }
        assertThat(answers.keySet()).containsExactlyInAnyOrderElementsOf(sent);
        assertLetters(letters, List.of(bytes(unusable, 10), bytes(unusable, 60), bytes(unusable, 700)));
        Prediction last = Objects.requireNonNull(answers.get("label-each-" + (LABELS - 1)));
        assertThat(last.getScores()).hasSize(100);
        assertThat(last.getOtherClasses()).isEqualTo(LABELS - BATCH - 100);
    }

    private static byte[] bytes(Map<Integer, byte[]> unusable, int at) {
        return Objects.requireNonNull(unusable.get(at));
    }

    /** In the order they came; the last is so small that it is not of interest. */
    private static void assertLetters(List<DeadLetter> letters, List<byte[]> values) throws Exception {
        for (int i = 0; i < values.size(); i++) {
            DeadLetter letter = letters.get(i);
            byte[] value = values.get(i);
            ByteBuffer kept = Objects.requireNonNull(letter.getBytes());
            assertThat(kept).isEqualTo(ByteBuffer.wrap(value, 0, kept.remaining()));
            assertThat(letter.getReason()).startsWith("topic images: marker=");
            if (value.length < 1_000_000) {
                assertThat(kept.remaining()).isEqualTo(value.length);
                assertThat(letter.getLength()).isNull();
            } else {
                assertThat(kept.remaining()).isGreaterThan(1_000_000);
                assertThat(letter.getLength()).isEqualTo(value.length);
                assertThat(letter.getSha256())
                        .isEqualTo(ByteBuffer.wrap(
                                MessageDigest.getInstance("SHA-256").digest(value)));
            }
        }
    }

    private static int restarts(FlinkRest rest) throws InterruptedException {
        String job =
                rest.get("/jobs").orElseThrow().path("jobs").path(0).path("id").asText();
        return rest.get("/jobs/" + job + "/metrics?get=numRestarts")
                .orElseThrow()
                .path(0)
                .path("value")
                .asInt();
    }
}
