package dev.levitstream.embedded;

import dev.levitstream.job.KafkaOptions;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads results as any consumer of theirs would: committed records only, in no group. Not thread-safe. */
public final class ResultReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, WireFormat<? extends SpecificRecordBase>> formats = new HashMap<>();

    /** @param fromBeginning whether to read what is there already, too */
    public ResultReader(KafkaOptions kafka, boolean fromBeginning) {
        Map<String, Object> properties = new HashMap<>(kafka.client());
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        formats.put(kafka.predictions(), new WireFormat<>(Prediction.getClassSchema()));
        formats.put(kafka.componentsCreated(), new WireFormat<>(ComponentCreated.getClassSchema()));
        formats.put(kafka.deadLetters(), new WireFormat<>(DeadLetter.getClassSchema()));
        formats.put(kafka.events(), new WireFormat<>(StreamEvent.getClassSchema()));
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : formats.keySet()) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        if (fromBeginning) {
            consumer.seekToBeginning(partitions);
        } else {
            consumer.seekToEnd(partitions);
        }
    }

    /** What came within the time, by topic in no particular order. */
    public List<SpecificRecordBase> poll(Duration time) {
        List<SpecificRecordBase> records = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time)) {
            WireFormat<? extends SpecificRecordBase> format = formats.get(record.topic());
            if (format != null) {
                records.add(format.unframe(record.topic(), record.value()));
            }
        }
        return records;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
