package dev.levitstream.job;

import dev.levitstream.operator.Excerpt;
import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One source, and the sinks of both tasks.
 *
 * <p>Delivery: exactly once by default. Results are written in transactions that commit with a checkpoint, so a
 * consumer that reads committed records sees each result once and one checkpoint interval late; aborted attempts are
 * never seen. At least once on request: results at once, after a failure some of them again. Transactional ids come
 * from a pool, so their number does not grow with the job's age. A fast topic has predictions at once whatever the
 * others do.
 */
final class KafkaEndpoints {
    /** The sink that holds the job's lease. */
    private static final String HOLDER = "predictions";

    private static final String MAX_REQUEST = Integer.toString(WireFormat.MAX_MESSAGE_BYTES + (1 << 16));

    private KafkaEndpoints() {}

    static Source<ReceivedRecord, ?, ?> images(KafkaOptions options) {
        Properties properties = client(options);
        properties.setProperty("bootstrap.servers", options.bootstrapServers());
        properties.setProperty("group.id", options.groupId());
        properties.setProperty("client.id.prefix", options.transactionPrefix() + "-images");
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("partition.discovery.interval.ms", "30000");
        return new ImageSource(options.images(), options.offsetReset(), properties);
    }

    static JobSinks sinks(KafkaOptions options) {
        JobLease lease = JobLease.of(options); // one of the whole job
        return new JobSinks(
                sink(options, lease, HOLDER, new PredictionWriter(options)),
                options.fast() ? Optional.of(fast(options)) : Optional.empty(),
                sink(options, lease, "components-created", new ComponentCreatedWriter(options)),
                sink(options, lease, "dead-letters", new DeadLetterWriter(options)),
                sink(options, lease, "events", new StreamEventWriter(options)),
                sink(
                        options,
                        lease,
                        "without-key",
                        new DeadLetterWriter(options)), // as it was first: transactions are found by it
                sink(options, lease, "embed-dead-letters", new DeadLetterWriter(options)),
                sink(options, lease, "input-events", new StreamEventWriter(options)));
    }

    private static Sink<Prediction> fast(KafkaOptions options) {
        Properties properties = producer(options);
        properties.setProperty("acks", "all");
        properties.setProperty("enable.idempotence", "true"); // keeps the order of a key when a request is repeated
        properties.setProperty("linger.ms", "0");
        return new FastSink<>(KafkaSink.<Prediction>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(options.bootstrapServers())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new FastPredictionWriter(options))
                .build());
    }

    private static <T> Sink<T> sink(
            KafkaOptions options, JobLease lease, String name, KafkaRecordSerializationSchema<T> serializer) {
        Properties properties = producer(options);
        properties.setProperty("transaction.timeout.ms", Long.toString(options.transactionTimeoutMillis()));
        KafkaSink<T> sink = KafkaSink.<T>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(options.bootstrapServers())
                .setDeliveryGuarantee(
                        options.exactlyOnce() ? DeliveryGuarantee.EXACTLY_ONCE : DeliveryGuarantee.AT_LEAST_ONCE)
                .setTransactionalIdPrefix(options.transactionPrefix() + "-" + name)
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setRecordSerializer(serializer)
                .build();
        if (!options.exactlyOnce()) {
            return sink;
        }
        return name.equals(HOLDER) ? ResultSink.holding(sink, lease) : ResultSink.looking(sink, lease);
    }

    private static Properties producer(KafkaOptions options) {
        Properties properties = client(options);
        properties.setProperty("max.request.size", MAX_REQUEST);
        properties.setProperty("compression.type", "lz4");
        return properties;
    }

    private static Properties client(KafkaOptions options) {
        Properties properties = new Properties();
        properties.putAll(options.client());
        return properties;
    }

    /** Predictions, keyed by stream so that their order per stream is kept. */
    static class PredictionWriter extends FramedRecordWriter<Prediction> {
        private static final long serialVersionUID = 1L;

        PredictionWriter(KafkaOptions options) {
            this(options, options.predictions());
        }

        private PredictionWriter(KafkaOptions options, String topic) {
            super(options, topic, Prediction.class);
        }

        @Override
        String key(Prediction record) {
            return record.getStreamKey();
        }

        @Override
        Prediction shorter(Prediction record, int excess) {
            if (record.getScores().isEmpty()) {
                throw nothingToCut(excess);
            }
            return Excerpt.ofScores(record, record.getScores().size() / 2);
        }
    }

    /** The same predictions for the fast topic, each marked as one that may come again. */
    static final class FastPredictionWriter extends PredictionWriter {
        private static final long serialVersionUID = 1L;
        private static final String HEADER = "delivery";
        private static final String AT_LEAST_ONCE = "at-least-once";

        FastPredictionWriter(KafkaOptions options) {
            super(options, options.fastTopic());
        }

        @Override
        ProducerRecord<byte[], byte[]> message(Prediction record) {
            ProducerRecord<byte[], byte[]> message = super.message(record);
            message.headers().add(HEADER, AT_LEAST_ONCE.getBytes(StandardCharsets.UTF_8));
            return message;
        }
    }

    /** Component-created events, keyed by stream. */
    static final class ComponentCreatedWriter extends FramedRecordWriter<ComponentCreated> {
        private static final long serialVersionUID = 1L;

        ComponentCreatedWriter(KafkaOptions options) {
            super(options, options.componentsCreated(), ComponentCreated.class);
        }

        @Override
        String key(ComponentCreated record) {
            return record.getStreamKey();
        }
    }

    /** Dead letters, keyed by the topic they come from. */
    static final class DeadLetterWriter extends FramedRecordWriter<DeadLetter> {
        private static final long serialVersionUID = 1L;

        /** Bytes that a letter gains when it is cut. */
        private static final int LENGTH_AND_HASH = 64;

        DeadLetterWriter(KafkaOptions options) {
            super(options, options.deadLetters(), DeadLetter.class);
        }

        @Override
        String key(DeadLetter record) {
            return record.getTopic();
        }

        @Override
        DeadLetter bounded(DeadLetter record) {
            return Excerpt.ofReason(record);
        }

        @Override
        DeadLetter shorter(DeadLetter record, int excess) {
            int whole = record.getBytes() == null ? 0 : record.getBytes().remaining();
            if (whole == 0) {
                throw nothingToCut(excess);
            }
            return Excerpt.ofBytes(record, Math.max(0, whole - excess - LENGTH_AND_HASH));
        }
    }

    /** Events, keyed by stream, or by the topic that they concern. */
    static final class StreamEventWriter extends FramedRecordWriter<StreamEvent> {
        private static final long serialVersionUID = 1L;

        StreamEventWriter(KafkaOptions options) {
            super(options, options.events(), StreamEvent.class);
        }

        @Override
        String key(StreamEvent record) {
            return Objects.requireNonNullElse(record.getStreamKey(), Objects.requireNonNullElse(record.getTopic(), ""));
        }

        @Override
        StreamEvent bounded(StreamEvent record) {
            return Excerpt.ofReason(record);
        }
    }
}
