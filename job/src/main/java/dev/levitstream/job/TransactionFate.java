package dev.levitstream.job;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What became of a transaction that the broker no longer commits. */
enum TransactionFate {
    /** Its results are there: it was committed before. */
    COMMITTED,
    /** Its results will never be seen. */
    ABORTED,
    /** The topic no longer reaches back to it, or cannot be read. */
    UNKNOWN;

    private static final Duration POLL = Duration.ofSeconds(1);

    /**
     * Looks in the topic: readers of committed records see a result of the transaction, or pass its place. Waits as
     * long as an open transaction before that place holds readers back; an interrupt ends that.
     *
     * @param client Kafka client properties
     */
    static TransactionFate of(WrittenTransaction.Results results, Properties client) {
        Properties properties = new Properties();
        properties.putAll(client);
        properties.put("isolation.level", "read_committed");
        properties.put("auto.offset.reset", "none");
        properties.put("max.poll.records", "1");
        TopicPartition partition = new TopicPartition(results.topic(), results.partition());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, results.offset());
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    return records.iterator().next().offset() == results.offset() ? COMMITTED : ABORTED;
                }
                if (consumer.position(partition) > results.offset()) {
                    return ABORTED;
                }
            }
        } catch (KafkaException e) { // out of range, not allowed, or interrupted
            return UNKNOWN;
        }
    }
}
