package dev.levitstream.job;

import dev.levitstream.schema.StreamEvent;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What the fetcher tells the reader about a partition, in its place between the records: the position moves without a
 * record, and perhaps an event says why. Position and event are taken in one step, so a checkpoint has both or neither.
 */
final class Notice extends ConsumerRecord<byte[], byte[]> {
    private static final byte[] NOTHING = {};

    private final Resumption resumption;

    Notice(TopicPartition partition, Resumption resumption) {
        super(partition.topic(), partition.partition(), resumption.position().offset(), NOTHING, NOTHING);
        this.resumption = resumption;
    }

    Position position() {
        return resumption.position();
    }

    Optional<StreamEvent> event() {
        return resumption.event();
    }
}
