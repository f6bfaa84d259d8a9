package dev.levitstream.job;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** A transaction that waits for its commit, and what was written in it, so that a loss can be told from no loss. */
final class WrittenTransaction extends KafkaCommittable {
    private final Results results;

    /**
     * What one transaction holds.
     *
     * @param topic of its last result
     * @param partition of its last result
     * @param offset of its last result
     * @param count results, at least 1
     * @param since when the broker took the first
     */
    record Results(String topic, int partition, long offset, long count, Instant since) {}

    WrittenTransaction(KafkaCommittable transaction, Results results) {
        super(
                transaction.getProducerId(),
                transaction.getEpoch(),
                transaction.getTransactionalId(),
                transaction.getProducer().orElse(null));
        this.results = results;
    }

    Results results() {
        return results;
    }

    /**
     * Adds the results to what the connector writes of a transaction; reads also what the connector alone wrote, which
     * gives a plain {@link KafkaCommittable}.
     */
    static final class Serializer implements SimpleVersionedSerializer<KafkaCommittable> {
        private static final int WITH_RESULTS = 101; // far from the connector's own versions

        private final SimpleVersionedSerializer<KafkaCommittable> connector;

        Serializer(SimpleVersionedSerializer<KafkaCommittable> connector) {
            this.connector = connector;
        }

        @Override
        public int getVersion() {
            return WITH_RESULTS;
        }

        @Override
        public byte[] serialize(KafkaCommittable transaction) throws IOException {
            byte[] bare = connector.serialize(transaction);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(connector.getVersion());
            out.writeInt(bare.length);
            out.write(bare);
            boolean known = transaction instanceof WrittenTransaction;
            out.writeBoolean(known);
            if (known) {
                Results results = ((WrittenTransaction) transaction).results;
                out.writeUTF(results.topic);
                out.writeInt(results.partition);
                out.writeLong(results.offset);
                out.writeLong(results.count);
                out.writeLong(results.since.toEpochMilli());
            }
            return bytes.toByteArray();
        }

        @Override
        public KafkaCommittable deserialize(int version, byte[] serialized) throws IOException {
            if (version != WITH_RESULTS) {
                return connector.deserialize(version, serialized);
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(serialized));
            int connectorVersion = in.readInt();
            byte[] bare = new byte[in.readInt()];
            in.readFully(bare);
            KafkaCommittable transaction = connector.deserialize(connectorVersion, bare);
            return in.readBoolean()
                    ? new WrittenTransaction(
                            transaction,
                            new Results(
                                    in.readUTF(),
                                    in.readInt(),
                                    in.readLong(),
                                    in.readLong(),
                                    Instant.ofEpochMilli(in.readLong())))
                    : transaction;
        }
    }
}
