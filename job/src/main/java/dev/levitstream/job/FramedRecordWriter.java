package dev.levitstream.job;

import dev.levitstream.schema.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializationSchema.InitializationContext;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Frames generated records for one topic, so that its broker takes them: the topic's limit is read whenever a writer
 * opens, at a restart too, and what is longer is cut. Subclasses are named classes because the connector cannot see
 * through lambdas.
 *
 * <p>The Kafka timestamp of a result is the time at which it was written, by the producer's or the broker's clock; the
 * event time is in the message. A broker refuses timestamps an hour ahead unless it is told otherwise, and drops
 * records by their timestamp, so that results for old images would be gone at once. Nothing is lost for exactly-once:
 * results written again after a failure have another timestamp, but those written before were aborted, and key and
 * value are the same bytes.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
abstract class FramedRecordWriter<T extends SpecificRecordBase>
        implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {
    private static final long serialVersionUID = 1L;

    private final KafkaOptions options;
    private final String topic;
    private final Class<T> type;
    private transient WireFormat<T> format;
    private transient int room;

    FramedRecordWriter(KafkaOptions options, String topic, Class<T> type) {
        this.options = options;
        this.topic = topic;
        this.type = type;
    }

    abstract String key(T record);

    /** The record with no text that is too long. */
    T bounded(T record) {
        return record;
    }

    /**
     * A record whose message is shorter; one that says what was cut. By default there is nothing to cut.
     *
     * @param excess bytes by which the message is too long, at least 1; it may stay too long, then this is called again
     * @throws IllegalStateException if there is nothing to cut
     */
    T shorter(T record, int excess) {
        throw nothingToCut(excess);
    }

    /** The topic, which the sink needs to know to find its own open transactions. */
    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) throws InterruptedException {
        open(Topics.rules(options, topic));
    }

    /** For a topic whose rules are known. */
    void open(TopicRules rules) {
        format = new WireFormat<>(SpecificData.get().getSchema(type));
        room = rules.room();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(T record, KafkaSinkContext context, Long timestamp) {
        return message(record);
    }

    /** The message of a record, which the topic's broker takes; its time is left to who writes it. */
    ProducerRecord<byte[], byte[]> message(T record) {
        byte[] key = key(record).getBytes(StandardCharsets.UTF_8);
        T fitting = bounded(record);
        byte[] value = format.frame(fitting);
        while (key.length + value.length > room) {
            fitting = shorter(fitting, key.length + value.length - room);
            value = format.frame(fitting);
        }
        return new ProducerRecord<>(topic, key, value);
    }

    final IllegalStateException nothingToCut(int excess) {
        return new IllegalStateException(
                "a message for topic " + topic + " is " + excess + " bytes too long and has nothing to cut");
    }
}
