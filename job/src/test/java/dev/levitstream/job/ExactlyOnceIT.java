package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.Routed;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.Verdict;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole job over a real broker: cancelled in mid-stream, without a savepoint, and started again on its last
 * checkpoint, it answers every image once and to the same byte as learners that were never interrupted.
 */
class ExactlyOnceIT {
    private static final List<String> KEYS = List.of("north", "east", "south");
    private static final int BAD = 25;
    private static final int SIDE = 8;

    private final WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
    private final Map<String, List<LabelledImage>> images = new LinkedHashMap<>();
    private final Map<String, Integer> answers = new HashMap<>();
    private final Map<String, TreeMap<String, Prediction>> predictions = new HashMap<>();
    private final List<ComponentCreated> created = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();

    private static JobOptions options(String bootstrapServers, String criterion) {
        return TinyJob.options(
                bootstrapServers,
                "levit.expansion.criterion",
                criterion,
                "levit.training.learning-rate",
                "0.01",
                "levit.training.kl-weight",
                "0.1",
                "levit.expansion.samples",
                "64",
                "batch.flush",
                "gap",
                "event-time.earliest",
                "1970-01-01T00:00:00Z",
                "checkpoint.interval-millis",
                "200",
                "parallelism",
                "2",
                "kafka.transaction-timeout-millis",
                "60000");
    }

    /** Two worlds: bars on a dark ground, then on a grey one. */
    private static LabelledImage image(SplittableRandom random, boolean second) {
        byte[] pixels = new byte[SIDE * SIDE];
        int bar = random.nextInt(2);
        for (int i = 0; i < pixels.length; i++) {
            int along = bar == 0 ? i / SIDE : i % SIDE;
            pixels[i] = (byte) ((along == 2 ? 220 : second ? 120 : 20) + random.nextInt(30));
        }
        return new LabelledImage(pixels, Optional.of((second ? "grey-" : "dark-") + bar));
    }

    private static String id(String key, long number) {
        return String.format("%s-%04d", key, number);
    }

    private static Instant time(long number) {
        return Instant.ofEpochMilli(1000L + number);
    }

    private byte[] record(String key, int number, LabelledImage image) {
        return format.frame(new ImageRecord(
                key,
                id(key, number),
                time(number),
                SIDE,
                SIDE,
                1,
                Encoding.RAW,
                ByteBuffer.wrap(image.pixels()),
                image.label().orElseThrow()));
    }

    private void publish(String bootstrapServers, int from, int to) throws Exception {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrapServers, "acks", "all");
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = from; i < to; i++) {
                for (String key : KEYS) {
                    byte[] value = record(key, i, stream(key).get(i));
                    sent.add(
                            producer.send(new ProducerRecord<>("images", key.getBytes(StandardCharsets.UTF_8), value)));
                }
                if (i % (stream(KEYS.get(0)).size() / BAD) == 0) {
                    sent.add(producer.send(new ProducerRecord<>("images", new byte[] {1, 2, 3})));
                }
            }
        }
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
    }

    private List<LabelledImage> stream(String key) {
        return Objects.requireNonNull(images.get(key), key);
    }

    private void read(ResultReader reader) {
        for (SpecificRecordBase record : reader.poll(Duration.ofMillis(200))) {
            if (record instanceof Prediction prediction) {
                answers.merge(prediction.getImageId(), 1, Integer::sum);
                predictions
                        .computeIfAbsent(prediction.getStreamKey(), key -> new TreeMap<>())
                        .put(prediction.getImageId(), prediction);
            } else if (record instanceof ComponentCreated component) {
                created.add(component);
            } else {
                letters.add((DeadLetter) record);
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} images a key")
    @CsvSource({"novelty, 400", "two-sample, 1700"})
    @Timeout(600)
    void aJobCancelledInMidStreamAnswersEveryImageOnceAndToTheSameByte(String criterion, int perKey, @TempDir Path dir)
            throws Exception {
        for (String key : KEYS) {
            SplittableRandom random = new SplittableRandom(key.hashCode());
            List<LabelledImage> stream = new ArrayList<>();
            for (int i = 0; i < perKey; i++) {
                stream.add(image(random, i >= perKey / 2));
            }
            images.put(key, stream);
        }
        Path checkpoints = dir.resolve("checkpoints");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            JobOptions options = options(kafka.bootstrapServers(), criterion);
            kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
            try (ResultReader reader = new ResultReader(options.kafka(), true)) {
                publish(kafka.bootstrapServers(), 0, perKey / 2 + 30);
                EmbeddedJob first = EmbeddedJob.start(options, checkpoints, EmbeddedKafka.freePort());
                while (answers.size() < perKey) {
                    assertThat(first.hasEnded()).isFalse();
                    read(reader);
                }
                first.close();
                assertThat(EmbeddedJob.newestCheckpoint(checkpoints)).isPresent();
                publish(kafka.bootstrapServers(), perKey / 2 + 30, perKey);
                try (EmbeddedJob second = EmbeddedJob.start(options, checkpoints, EmbeddedKafka.freePort())) {
                    while (answers.size() < KEYS.size() * perKey || letters.size() < BAD) {
                        assertThat(second.hasEnded()).isFalse();
                        read(reader);
                    }
                    for (int i = 0; i < 10; i++) { // so that a second answer would be seen
                        read(reader);
                    }
                }
            }
            assertThat(answers.values()).containsOnly(1);
            assertThat(answers).hasSize(KEYS.size() * perKey);
            assertThat(letters)
                    .hasSize(BAD)
                    .allMatch(letter -> letter.getReason().contains("message.bytes=3"));
            for (String key : KEYS) {
                assertSameAsNeverInterrupted(key, options);
            }
        }
    }

    private void assertSameAsNeverInterrupted(String key, JobOptions options) {
        List<LabelledImage> stream = stream(key);
        List<Prediction> found =
                new ArrayList<>(predictions.getOrDefault(key, new TreeMap<>()).values());
        List<List<Object>> expansions = new ArrayList<>();
        LearnerOptions settings = options.operator().learner();
        try (Compute compute = new Compute("cpu");
                Learner learner = LearnerMethods.open(
                        new LearnerContext(settings, key.hashCode(), compute, () -> 0, new SharedWeights()),
                        Map.of())) {
            for (int i = 0; i < stream.size(); i += 4) {
                Outcome outcome = Learning.observe(learner, stream.subList(i, i + 4));
                for (int k = 0; k < 4; k++) {
                    ImagePrediction expected = outcome.predictions().get(k);
                    Prediction answer = found.get(i + k);
                    Routed routed = expected.routed().orElseThrow();
                    assertThat(answer.getNovelty()).as(answer.getImageId()).isEqualTo(routed.novelty());
                    assertThat(answer.getComponentId()).isEqualTo(routed.componentId());
                    assertThat(answer.getScores().stream()
                                    .map(score -> score.getScore())
                                    .toList())
                            .isEqualTo(boxed(expected.scores()));
                    assertThat(answer.getLearnerStep()).isEqualTo(expected.step());
                }
                int last = i + 3;
                outcome.expansion().ifPresent(expansion -> expansions.add(expected(key, expansion, last)));
            }
        }
        assertThat(expansions).as("the stream changes").isNotEmpty();
        assertThat(created.stream()
                        .filter(event -> event.getStreamKey().equals(key))
                        .map(event -> List.of(
                                event.getComponentId(),
                                event.getStep(),
                                event.getDistance(),
                                event.getNearestComponentId(),
                                event.getEvidenceImages(),
                                event.getEvidenceBegan(),
                                event.getTypicalBefore(),
                                event.getTypicalAfter())))
                .containsExactlyElementsOf(expansions);
    }

    /** What is told of an expansion after image {@code last}, its images by their numbers in the stream. */
    private static List<Object> expected(String key, Expansion expansion, long last) {
        Verdict verdict = expansion.verdict().orElseThrow();
        Evidence evidence = verdict.evidence().orElseThrow();
        return List.of(
                expansion.componentId(),
                expansion.step(),
                verdict.distance(),
                expansion.nearest().orElseThrow(),
                evidence.images(),
                time(last + 1 - evidence.images()),
                evidence.typicalBefore().stream()
                        .map(age -> id(key, last - age))
                        .toList(),
                evidence.typicalAfter().stream().map(age -> id(key, last - age)).toList());
    }

    private static List<Float> boxed(float[] values) {
        List<Float> boxed = new ArrayList<>();
        for (float value : values) {
            boxed.add(value);
        }
        return boxed;
    }
}
