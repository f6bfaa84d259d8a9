package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Properties;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class WrittenTransactionTest {
    private static final KafkaCommittable BARE = new KafkaCommittable(7, (short) 3, "id-0-1", null);

    private final SimpleVersionedSerializer<KafkaCommittable> connector = KafkaSink.builder()
            .setKafkaProducerConfig(new Properties())
            .setBootstrapServers("localhost:9092")
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            .setRecordSerializer((record, context, timestamp) -> null)
            .build()
            .getCommittableSerializer();
    private final SimpleVersionedSerializer<KafkaCommittable> serializer = new WrittenTransaction.Serializer(connector);

    private static RecordMetadata record(int partition, long offset) {
        return new RecordMetadata(new TopicPartition("predictions", partition), offset, 0, 0, 0, 0);
    }

    @Test
    void whatATransactionHoldsSurvivesARestart() throws IOException {
        WrittenTransaction.Results results =
                new WrittenTransaction.Results("predictions", 2, 41, 12, Instant.ofEpochMilli(1234));
        byte[] bytes = serializer.serialize(new WrittenTransaction(BARE, results));
        KafkaCommittable read = serializer.deserialize(serializer.getVersion(), bytes);
        assertThat(read).isInstanceOf(WrittenTransaction.class);
        assertThat(((WrittenTransaction) read).results()).isEqualTo(results);
        assertThat(read.toString()).isEqualTo(BARE.toString());
    }

    @Test
    void whatTheConnectorAloneWroteIsRead() throws IOException {
        assertThat(serializer.deserialize(connector.getVersion(), connector.serialize(BARE)))
                .isEqualTo(BARE);
        assertThat(serializer.deserialize(serializer.getVersion(), serializer.serialize(BARE)))
                .isEqualTo(BARE);
    }

    @Test
    void aTallyHoldsTheLastPlaceAndTheCountSinceItWasTaken() {
        ResultTally tally = new ResultTally();
        assertThat(tally.take()).isEmpty();
        tally.add(record(0, 5));
        tally.add(record(1, 9));
        tally.add(record(0, RecordMetadata.UNKNOWN_PARTITION)); // one that failed
        assertThat(tally.take()).hasValueSatisfying(results -> {
            assertThat(results.count()).isEqualTo(2);
            assertThat(results.partition()).isEqualTo(1);
            assertThat(results.offset()).isEqualTo(9);
        });
        assertThat(tally.take()).isEmpty();
    }
}
