package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.cluster.TestStream;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fast topic over a real broker: answers before any checkpoint, the same bytes as those that are committed later,
 * none missing after a failure, and none of it left in the state.
 */
@Timeout(600)
class FastLaneIT {
    private static final Duration QUICK = Duration.ofMillis(200);
    private static final int KEYS = 2;
    private static final int ROUNDS = 20;
    private static final int IMAGES = KEYS * ROUNDS;
    private static final String FAST = "fast";
    private static final String COMMITTED = "predictions";

    private final WireFormat<Prediction> format = new WireFormat<>(Prediction.getClassSchema());

    @TempDir
    private Path dir;

    /** One record as a consumer sees it. */
    private record Answer(String streamKey, String imageId, String value, Map<String, String> headers) {}

    private EmbeddedKafka broker() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(
                dir.resolve("kafka"),
                0,
                Map.of(
                        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found", "true"));
        kafka.createTopics(options(kafka, FAST).kafka().topics());
        return kafka;
    }

    private static JobOptions options(EmbeddedKafka kafka, String fast) {
        return TinyJob.options(kafka.bootstrapServers(), "kafka.fast-topic", fast);
    }

    private HandledJob start(EmbeddedKafka kafka, String fast, Duration interval, Optional<Path> savepoint)
            throws Exception {
        return HandledJob.start(options(kafka, fast), interval, dir.resolve("checkpoints"), savepoint);
    }

    private static void publish(TestStream stream) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            stream.round();
        }
        stream.flush();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(EmbeddedKafka kafka) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Reads a topic from its beginning until so many images have an answer, and what is behind them. */
    private List<Answer> read(EmbeddedKafka kafka, HandledJob job, String topic, int images) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<Answer> answers = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (ids.size() < images || consumer.position(partition) < end(consumer, partition)) {
                assertThat(job.hasEnded()).isFalse();
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(QUICK)) {
                    Answer answer = answer(record);
                    answers.add(answer);
                    ids.add(answer.imageId());
                }
            }
        }
        assertThat(ids).hasSize(images);
        return answers;
    }

    private Answer answer(ConsumerRecord<byte[], byte[]> record) {
        Prediction prediction = format.unframe(record.topic(), record.value());
        Map<String, String> headers = new LinkedHashMap<>();
        record.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        String key = new String(record.key(), StandardCharsets.UTF_8);
        assertThat(key).isEqualTo(prediction.getStreamKey());
        return new Answer(
                key,
                prediction.getImageId(),
                new String(record.value(), StandardCharsets.ISO_8859_1), // a char for each byte
                headers);
    }

    private static long end(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition) {
        return consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    /** Where a consumer of committed records has read all there is; 0 if that is nothing. */
    private static long end(EmbeddedKafka kafka, String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            return end(consumer, new TopicPartition(topic, 0));
        }
    }

    /** Values of each image by stream key, images in the order of their first answers. */
    private static Map<String, Map<String, List<String>>> values(List<Answer> answers) {
        Map<String, Map<String, List<String>>> values = new TreeMap<>();
        answers.forEach(answer -> values.computeIfAbsent(answer.streamKey(), key -> new LinkedHashMap<>())
                .computeIfAbsent(answer.imageId(), id -> new ArrayList<>())
                .add(answer.value()));
        return values;
    }

    private static List<Integer> counts(List<Answer> answers) {
        return values(answers).values().stream()
                .flatMap(images -> images.values().stream())
                .map(List::size)
                .toList();
    }

    /** Checks that each image's answers are one, committed once, and marked where they may come again. */
    private static void assertSame(List<Answer> fast, List<Answer> committed) {
        assertThat(counts(committed)).containsOnly(1);
        Map<String, Map<String, List<String>>> distinct =
                values(fast.stream().distinct().toList());
        assertThat(distinct).isEqualTo(values(committed));
        distinct.forEach((key, images) ->
                assertThat(List.copyOf(images.keySet())).as("order of %s", key).isSorted());
        assertThat(fast).extracting(Answer::headers).containsOnly(Map.of("delivery", "at-least-once"));
        assertThat(committed).extracting(Answer::headers).containsOnly(Map.of());
    }

    @Test
    void answersComeBeforeAnyCheckpointAndStateWithTheFastTopicIsRestoredWithoutItAndBack() throws Exception {
        try (EmbeddedKafka kafka = broker();
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, 2 * ROUNDS)) {
            publish(stream);
            Path with;
            List<Answer> fast;
            try (HandledJob job = start(kafka, FAST, HandledJob.BY_HAND, Optional.empty())) {
                fast = read(kafka, job, FAST, IMAGES);
                assertThat(end(kafka, COMMITTED)).as("nothing is committed").isZero();
                with = job.stop(dir.resolve("savepoints"));
            }
            publish(stream);
            Path without;
            try (HandledJob job = start(kafka, "", QUICK, Optional.of(with))) {
                List<Answer> committed = read(kafka, job, COMMITTED, 2 * IMAGES);
                assertSame(fast, committed.subList(0, IMAGES));
                assertThat(end(kafka, FAST)).as("the fast topic is off").isEqualTo(IMAGES);
                without = job.stop(dir.resolve("savepoints"));
            }
            publish(stream);
            try (HandledJob job = start(kafka, FAST, QUICK, Optional.of(without))) {
                List<Answer> committed = read(kafka, job, COMMITTED, 3 * IMAGES);
                List<Answer> again = read(kafka, job, FAST, 2 * IMAGES);
                assertSame(again.subList(IMAGES, again.size()), committed.subList(2 * IMAGES, committed.size()));
                assertThat(job.restarts()).isZero();
            }
        }
    }

    @Test
    void afterAFailureNoAnswerIsMissingAndThoseThatComeAgainAreTheSameBytes() throws Exception {
        try (EmbeddedKafka kafka = broker();
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS)) {
            publish(stream);
            Path savepoint;
            try (HandledJob job = start(kafka, FAST, HandledJob.BY_HAND, Optional.empty())) {
                read(kafka, job, FAST, IMAGES);
                savepoint = job.savepoint(dir.resolve("savepoints"));
                publish(stream);
                read(kafka, job, FAST, 2 * IMAGES);
            } // cancelled: the second half was never committed
            publish(stream);
            try (HandledJob job = start(kafka, FAST, QUICK, Optional.of(savepoint))) {
                List<Answer> committed = read(kafka, job, COMMITTED, 3 * IMAGES);
                List<Answer> fast = read(kafka, job, FAST, 3 * IMAGES);
                assertSame(fast, committed);
                assertThat(counts(fast))
                        .as("answers since the savepoint come twice")
                        .containsOnly(1, 2)
                        .filteredOn(count -> count == 2)
                        .hasSize(IMAGES);
            }
        }
    }

    @Test
    void aBrokerThatRefusesTheFastTopicRestartsTheJobAndNoAnswerIsLost() throws Exception {
        AclBinding denied = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, FAST, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", AclOperation.WRITE, AclPermissionType.DENY));
        AclBinding allowed = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, FAST, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW));
        try (EmbeddedKafka kafka = broker();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, 2 * ROUNDS);
                HandledJob job = start(kafka, FAST, QUICK, Optional.empty())) {
            publish(stream);
            read(kafka, job, COMMITTED, IMAGES);
            admin.createAcls(List.of(allowed, denied)).all().get();
            publish(stream);
            while (job.restarts() == 0) {
                assertThat(job.hasEnded()).isFalse();
                LockSupport.parkNanos(QUICK.toNanos()); // between two questions
            }
            assertThat(read(kafka, job, COMMITTED, IMAGES))
                    .as("no checkpoint completes past what the fast topic does not have")
                    .hasSize(IMAGES);
            admin.deleteAcls(List.of(denied.toFilter())).all().get();
            List<Answer> committed = read(kafka, job, COMMITTED, 2 * IMAGES);
            assertSame(read(kafka, job, FAST, 2 * IMAGES), committed);
        }
    }
}
