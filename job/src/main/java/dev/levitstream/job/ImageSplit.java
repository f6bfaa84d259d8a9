package dev.levitstream.job;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** The connector's split, and the id of the topic that its offset belongs to. */
final class ImageSplit extends KafkaPartitionSplit {
    private final Uuid topicId;

    private ImageSplit(TopicPartition partition, Position position) {
        super(partition, position.offset());
        topicId = position.topicId();
    }

    /** How far a split was read; one that comes from the enumerator does not know of what topic. */
    static Position position(KafkaPartitionSplit split) {
        return new Position(
                split instanceof ImageSplit ours ? ours.topicId : Uuid.ZERO_UUID, split.getStartingOffset());
    }

    /** A split that is being read. Not thread-safe. */
    static final class State extends KafkaPartitionSplitState {
        private Uuid topicId;

        State(KafkaPartitionSplit split) {
            super(split);
            topicId = position(split).topicId();
        }

        void moveTo(Position position) {
            topicId = position.topicId();
            setCurrentOffset(position.offset());
        }

        @Override
        public KafkaPartitionSplit toKafkaPartitionSplit() {
            return new ImageSplit(getTopicPartition(), new Position(topicId, getCurrentOffset()));
        }
    }

    /** The connector's bytes with the topic id behind them; its own version 0, without, is read as well. */
    static final class Serializer implements SimpleVersionedSerializer<KafkaPartitionSplit> {
        private static final int VERSION = 1;
        private static final int ID_BYTES = 16;

        private final KafkaPartitionSplitSerializer connector = new KafkaPartitionSplitSerializer();

        @Override
        public int getVersion() {
            return VERSION;
        }

        @Override
        public byte[] serialize(KafkaPartitionSplit split) throws IOException {
            Uuid id = position(split).topicId();
            byte[] bytes = connector.serialize(split);
            return ByteBuffer.allocate(bytes.length + ID_BYTES)
                    .put(bytes)
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits())
                    .array();
        }

        @Override
        public KafkaPartitionSplit deserialize(int version, byte[] bytes) throws IOException {
            if (version > VERSION) {
                throw new IOException("version=" + version + " of a split must be at most " + VERSION
                        + ": the checkpoint is of a later release");
            }
            KafkaPartitionSplit split = connector.deserialize(connector.getVersion(), bytes);
            if (version == 0) {
                return split;
            }
            ByteBuffer id = ByteBuffer.wrap(bytes, bytes.length - ID_BYTES, ID_BYTES);
            return new ImageSplit(
                    split.getTopicPartition(),
                    new Position(new Uuid(id.getLong(), id.getLong()), split.getStartingOffset()));
        }
    }
}
