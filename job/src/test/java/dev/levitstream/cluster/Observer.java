package dev.levitstream.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the committed records of a topic, under keys that start in one way, as they appear. */
final class Observer implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String keys;
    private long seen;

    Observer(String bootstrapServers, String topic, String keys) {
        this.keys = keys;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "isolation.level", "read_committed",
                        "enable.auto.commit", "false",
                        "reconnect.backoff.max.ms", "500"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        Collection<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(List.copyOf(partitions));
    }

    /** Records seen so far (count). */
    long seen() {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            seen += new String(record.key(), StandardCharsets.UTF_8).startsWith(keys) ? 1 : 0;
        }
        return seen;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
