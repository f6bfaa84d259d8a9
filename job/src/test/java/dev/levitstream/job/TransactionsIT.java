package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.cluster.TestStream;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.schema.Prediction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.flink.connector.kafka.sink.internal.FlinkKafkaInternalProducer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job over a real broker that forgets or refuses its transactions: it goes on without a restart, and what is
 * answered and what is counted as lost make up what was published.
 */
@Timeout(600)
class TransactionsIT {
    private static final TopicPartition PREDICTIONS = new TopicPartition("predictions", 0);
    private static final Duration QUICK = Duration.ofMillis(200);
    private static final int KEYS = 2;
    private static final int BATCH = 4;
    private static final int ROUNDS = 40;
    private static final int IMAGES = KEYS * ROUNDS;
    private static final String PREFIX = "test";
    private static final String FIRST = PREFIX + "-predictions-0-0";
    private static final String SECOND = PREFIX + "-predictions-0-1";
    private static final String LOST = "results.lost.count";
    private static final String UNKNOWN = "transactions.unknown.count";
    private static final String LETTERS = PREFIX + "-without-key-0-0";
    private static final short LAST_EPOCH = Short.MAX_VALUE - 1;

    @TempDir
    private Path dir;

    private final Map<String, Integer> answers = new HashMap<>();

    private static JobOptions options(EmbeddedKafka kafka) {
        return TinyJob.options(
                kafka.bootstrapServers(),
                "batch.size",
                Integer.toString(BATCH),
                "checkpoint.interval-millis",
                "1000",
                "kafka.transaction-prefix",
                PREFIX,
                "kafka.transaction-timeout-millis",
                "15000");
    }

    /** A broker that looks for transactions and ids to give up every now and then; its other settings are its own. */
    private EmbeddedKafka broker(Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200");
        all.put("transaction.remove.expired.transaction.cleanup.interval.ms", "200");
        EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, all);
        kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
        return kafka;
    }

    private HandledJob first(EmbeddedKafka kafka) throws Exception {
        return HandledJob.start(options(kafka), HandledJob.BY_HAND, dir.resolve("checkpoints"), Optional.empty());
    }

    private HandledJob again(EmbeddedKafka kafka, Path savepoint) throws Exception {
        return HandledJob.start(options(kafka), QUICK, dir.resolve("checkpoints"), Optional.of(savepoint));
    }

    private static void publish(TestStream stream) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            stream.round();
        }
        stream.flush();
    }

    /** Sends one batch of each key. */
    private static void batch(TestStream stream) {
        for (int i = 0; i < BATCH; i++) {
            stream.round();
        }
    }

    /** Waits until so many predictions are in the topic, committed or not. */
    private static void awaitWritten(EmbeddedKafka kafka, int expected) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(PREDICTIONS));
            consumer.seekToBeginning(List.of(PREDICTIONS));
            int written = 0;
            while (written < expected) {
                written += consumer.poll(QUICK).count();
            }
        }
    }

    /** Waits until the broker says so of a transactional id; empty if it does not know it. */
    private static void await(EmbeddedKafka kafka, String id, Predicate<Optional<TransactionDescription>> state)
            throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            Optional<TransactionDescription> found;
            do {
                LockSupport.parkNanos(QUICK.toNanos()); // between two questions
                try {
                    found = Optional.of(admin.describeTransactions(List.of(id))
                            .description(id)
                            .get());
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(TransactionalIdNotFoundException.class);
                    found = Optional.empty();
                }
            } while (!state.test(found));
        }
    }

    private static boolean isAborted(Optional<TransactionDescription> transaction) {
        return transaction
                .filter(found -> found.state() == TransactionState.COMPLETE_ABORT)
                .isPresent();
    }

    /** Reads until so many images have an answer that is committed, and a while longer. */
    private void read(EmbeddedKafka kafka, HandledJob job, int expected) throws Exception {
        try (ResultReader reader = new ResultReader(options(kafka).kafka(), true)) {
            answers.clear();
            for (int more = 0; more < 5; ) {
                assertThat(job.hasEnded()).isFalse();
                for (Object record : reader.poll(QUICK)) {
                    if (record instanceof Prediction prediction) {
                        answers.merge(prediction.getImageId(), 1, Integer::sum);
                    }
                }
                more += answers.size() >= expected ? 1 : 0;
            }
        }
    }

    private void assertAnswered(int expected) {
        assertThat(answers).hasSize(expected);
        assertThat(answers.values()).containsOnly(1);
    }

    private static void awaitCount(HandledJob job, String metric, long expected) throws Exception {
        long found = -1;
        while (found < expected) {
            assertThat(job.hasEnded()).isFalse();
            LockSupport.parkNanos(QUICK.toNanos()); // between two questions
            found = job.count(metric).orElse(-1);
        }
        assertThat(found).as(metric).isEqualTo(expected);
    }

    /** A job that goes between its snapshot and the commit, and comes back when the transactions are gone. */
    private void assertLossIsTold(EmbeddedKafka kafka, Predicate<Optional<TransactionDescription>> gone)
            throws Exception {
        try (TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS)) {
            publish(stream);
            long letters = stream.bad(); // their transaction is lost as well
            Path savepoint;
            try (HandledJob first = first(kafka)) {
                awaitWritten(kafka, IMAGES);
                savepoint = first.savepoint(dir.resolve("savepoints"));
            }
            await(kafka, FIRST, gone);
            await(kafka, LETTERS, gone);
            publish(stream);
            try (HandledJob second = again(kafka, savepoint)) {
                read(kafka, second, IMAGES);
                assertAnswered(IMAGES);
                awaitCount(second, LOST, stream.images() - answers.size() + letters);
                assertThat(second.restarts()).isZero();
            }
        }
    }

    @Test
    void resultsThatTheBrokerAbortedDuringAnOutageAreCountedAndTheJobGoesOn() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of())) {
            assertLossIsTold(kafka, TransactionsIT::isAborted);
        }
    }

    @Test
    void resultsWhoseTransactionalIdExpiredAreCountedAndTheJobGoesOn() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of("transactional.id.expiration.ms", "10000"))) {
            assertLossIsTold(kafka, Optional::isEmpty);
        }
    }

    @Test
    void resultsThatWereCommittedBeforeTheirTransactionalIdExpiredAreNotCalledLost() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of("transactional.id.expiration.ms", "10000"));
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS)) {
            publish(stream);
            Path savepoint = stopped(kafka);
            await(kafka, FIRST, Optional::isEmpty);
            publish(stream);
            try (HandledJob second = again(kafka, savepoint)) {
                read(kafka, second, 2 * IMAGES);
                assertAnswered(2 * IMAGES);
                awaitCount(second, LOST, 0);
                awaitCount(second, UNKNOWN, 0);
                assertThat(second.restarts()).isZero();
            }
        }
    }

    @Test
    void aTransactionWhoseResultsAreNoLongerInTheTopicIsCalledUnknown() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of("transactional.id.expiration.ms", "10000"));
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            publish(stream);
            Path savepoint = stopped(kafka);
            await(kafka, FIRST, Optional::isEmpty);
            admin.deleteRecords(Map.of(PREDICTIONS, RecordsToDelete.beforeOffset(-1)))
                    .all()
                    .get();
            publish(stream);
            try (HandledJob second = again(kafka, savepoint)) {
                read(kafka, second, IMAGES);
                assertAnswered(IMAGES);
                awaitCount(second, UNKNOWN, 1);
                awaitCount(second, LOST, 0);
                assertThat(second.restarts()).isZero();
            }
        }
    }

    private Path stopped(EmbeddedKafka kafka) throws Exception {
        try (HandledJob job = first(kafka)) {
            awaitWritten(kafka, IMAGES);
            return job.stop(dir.resolve("savepoints"));
        }
    }

    /** Uses up the epochs of a transactional id, as four days of checkpoints every ten seconds do. */
    private static void burn(EmbeddedKafka kafka, String id, int upTo) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("key.serializer", ByteArraySerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        try (FlinkKafkaInternalProducer<byte[], byte[]> producer = new FlinkKafkaInternalProducer<>(properties, id)) {
            producer.initTransactions();
            while (producer.getEpoch() < upTo) {
                producer.setTransactionId(id);
                producer.initTransactions();
            }
        }
    }

    @Test
    void theLastEpochOfAProducerPassesWithoutALossWhetherTheJobRunsOrComesBack() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of());
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS)) {
            burn(kafka, FIRST, LAST_EPOCH - 1); // the first transaction has the last epoch
            burn(kafka, SECOND, LAST_EPOCH - 8);
            publish(stream);
            Path savepoint = stopped(kafka);
            await(
                    kafka,
                    FIRST,
                    found -> found.orElseThrow().producerEpoch() == 0); // the commit changed its producer id
            try (HandledJob second = again(kafka, savepoint)) {
                await(kafka, SECOND, found -> {
                    batch(stream); // ids take turns only while there are results
                    return found.orElseThrow().producerEpoch() < LAST_EPOCH - 8;
                });
                stream.flush();
                read(kafka, second, (int) stream.images());
                assertAnswered((int) stream.images());
                awaitCount(second, LOST, 0);
                awaitCount(second, UNKNOWN, 0);
                assertThat(second.restarts()).isZero();
            }
        }
    }
}
