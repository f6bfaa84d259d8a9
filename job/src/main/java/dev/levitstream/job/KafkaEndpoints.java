package dev.levitstream.job;

import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.util.Objects;
import java.util.Properties;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;

/**
 * One source and four sinks.
 *
 * <p>Delivery: exactly once by default. Results are written in transactions that commit with a checkpoint, so a
 * consumer that reads committed records sees each result once and one checkpoint interval late; aborted attempts are
 * never seen. At least once on request: results at once, after a failure some of them again. Transactional ids come
 * from a pool, so their number does not grow with the job's age.
 */
final class KafkaEndpoints {
    private static final String MAX_REQUEST = Integer.toString(WireFormat.MAX_MESSAGE_BYTES + (1 << 16));

    private KafkaEndpoints() {}

    static Source<SourceRecord, ?, ?> images(KafkaOptions options) {
        Properties properties = client(options);
        properties.setProperty("bootstrap.servers", options.bootstrapServers());
        properties.setProperty("group.id", options.groupId());
        properties.setProperty("client.id.prefix", options.transactionPrefix() + "-images");
        properties.setProperty("isolation.level", "read_committed");
        properties.setProperty("partition.discovery.interval.ms", "30000");
        return new ImageSource(options.images(), options.offsetReset(), properties);
    }

    static JobSinks sinks(KafkaOptions options) {
        return new JobSinks(
                sink(options, "predictions", new PredictionWriter(options.predictions())),
                sink(options, "components-created", new ComponentCreatedWriter(options.componentsCreated())),
                sink(options, "dead-letters", new DeadLetterWriter(options.deadLetters())),
                sink(options, "events", new StreamEventWriter(options.events())));
    }

    private static <T> KafkaSink<T> sink(
            KafkaOptions options, String name, KafkaRecordSerializationSchema<T> serializer) {
        Properties properties = client(options);
        properties.setProperty("transaction.timeout.ms", Long.toString(options.transactionTimeoutMillis()));
        properties.setProperty("max.request.size", MAX_REQUEST);
        properties.setProperty("compression.type", "lz4");
        return KafkaSink.<T>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(options.bootstrapServers())
                .setDeliveryGuarantee(
                        options.exactlyOnce() ? DeliveryGuarantee.EXACTLY_ONCE : DeliveryGuarantee.AT_LEAST_ONCE)
                .setTransactionalIdPrefix(options.transactionPrefix() + "-" + name)
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setRecordSerializer(serializer)
                .build();
    }

    private static Properties client(KafkaOptions options) {
        Properties properties = new Properties();
        properties.putAll(options.client());
        return properties;
    }

    /** Predictions, keyed by stream so that their order per stream is kept. */
    static final class PredictionWriter extends FramedRecordWriter<Prediction> {
        private static final long serialVersionUID = 1L;

        PredictionWriter(String topic) {
            super(topic, Prediction.class);
        }

        @Override
        String key(Prediction record) {
            return record.getStreamKey();
        }

        @Override
        long timestamp(Prediction record) {
            return record.getEventTime().toEpochMilli();
        }
    }

    /** Component-created events, keyed by stream. */
    static final class ComponentCreatedWriter extends FramedRecordWriter<ComponentCreated> {
        private static final long serialVersionUID = 1L;

        ComponentCreatedWriter(String topic) {
            super(topic, ComponentCreated.class);
        }

        @Override
        String key(ComponentCreated record) {
            return record.getStreamKey();
        }

        @Override
        long timestamp(ComponentCreated record) {
            return record.getEventTime().toEpochMilli();
        }
    }

    /** Dead letters, keyed by the topic they come from. */
    static final class DeadLetterWriter extends FramedRecordWriter<DeadLetter> {
        private static final long serialVersionUID = 1L;

        DeadLetterWriter(String topic) {
            super(topic, DeadLetter.class);
        }

        @Override
        String key(DeadLetter record) {
            return record.getTopic();
        }

        @Override
        long timestamp(DeadLetter record) {
            return record.getTimestamp().toEpochMilli();
        }
    }

    /** Events, keyed by stream, or by the topic that they concern. */
    static final class StreamEventWriter extends FramedRecordWriter<StreamEvent> {
        private static final long serialVersionUID = 1L;

        StreamEventWriter(String topic) {
            super(topic, StreamEvent.class);
        }

        @Override
        String key(StreamEvent record) {
            return Objects.requireNonNullElse(record.getStreamKey(), Objects.requireNonNullElse(record.getTopic(), ""));
        }

        @Override
        long timestamp(StreamEvent record) {
            return record.getEventTime().toEpochMilli();
        }
    }
}
