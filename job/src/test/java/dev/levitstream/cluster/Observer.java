package dev.levitstream.cluster;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Counts the committed records of a topic as they appear. */
final class Observer implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private long seen;

    Observer(String bootstrapServers, String topic) {
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
        seen += consumer.poll(Duration.ofMillis(100)).count();
        return seen;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
