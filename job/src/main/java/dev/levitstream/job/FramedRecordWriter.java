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
 * Frames generated records for one topic. Subclasses are named classes because the connector cannot see through
 * lambdas.
 */
@SuppressWarnings("NullAway.Init") // Flink calls open before anything else
abstract class FramedRecordWriter<T extends SpecificRecordBase>
        implements KafkaRecordSerializationSchema<T>, KafkaDatasetFacetProvider {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final Class<T> type;
    private transient WireFormat<T> format;

    FramedRecordWriter(String topic, Class<T> type) {
        this.topic = topic;
        this.type = type;
    }

    abstract String key(T record);

    /** Milliseconds since 1970. */
    abstract long timestamp(T record);

    /** The topic, which the sink needs to know to find its own open transactions. */
    @Override
    public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
        return Optional.of(new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
    }

    @Override
    public void open(InitializationContext context, KafkaSinkContext sinkContext) {
        format = new WireFormat<>(SpecificData.get().getSchema(type));
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(T record, KafkaSinkContext context, Long timestamp) {
        byte[] key = key(record).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, null, Math.max(0, timestamp(record)), key, format.frame(record));
    }
}
