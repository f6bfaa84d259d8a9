package dev.levitstream.job;

import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.StreamEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Where to go on in a partition, and what there is to tell about it.
 *
 * @param position that is read next
 * @param event what was skipped, if anything was
 */
record Resumption(Position position, Optional<StreamEvent> event) {
    /**
     * Compares how far a partition was read with what it holds now.
     *
     * <p>A position before the oldest record, one behind the end, and one of another topic of the same name lead to
     * where {@code reset} says, with an event. A position of another topic says nothing about this one: its first image
     * is as unread as its last. Holes inside the partition are not looked at: transaction markers, aborted and
     * compacted records are no images.
     *
     * @param last how far it was read; a mark where it was not
     * @param now what it holds
     * @param at when, for the event
     * @throws SuppressRestartsException if there is something to tell and {@code reset} is {@link OffsetReset#FAIL}
     */
    static Resumption of(OffsetReset reset, TopicPartition partition, Position last, Extent now, Instant at) {
        if (last.offset() < 0) {
            boolean isNewest = last.offset() != KafkaPartitionSplit.EARLIEST_OFFSET && reset == OffsetReset.LATEST;
            return new Resumption(new Position(now.topicId(), isNewest ? now.end() : now.start()), Optional.empty());
        }
        boolean isReplaced =
                !last.topicId().equals(Uuid.ZERO_UUID) && !last.topicId().equals(now.topicId());
        boolean isBehindTheEnd = last.offset() > now.end();
        if (!isReplaced && !isBehindTheEnd && last.offset() >= now.start()) {
            return new Resumption(new Position(now.topicId(), last.offset()), Optional.empty());
        }
        String cause = isReplaced
                ? "topicId=" + now.topicId() + " was " + last.topicId() + ": the topic was made anew after offset "
                        + last.offset() + " of the old one"
                : isBehindTheEnd
                        ? "offset=" + last.offset() + " is behind the end, " + now.end()
                                + ": the topic was made anew or cut short"
                        : "offset=" + last.offset() + " was deleted before it was read, the oldest left is "
                                + now.start();
        long first = isReplaced || isBehindTheEnd ? 0 : last.offset();
        if (reset == OffsetReset.FAIL) {
            throw refusal(partition, first, now, cause);
        }
        long resumed = reset == OffsetReset.LATEST ? now.end() : now.start();
        StreamEvent event = new StreamEvent(
                isReplaced || isBehindTheEnd ? EventKind.TOPIC_REPLACED : EventKind.IMAGES_SKIPPED,
                null,
                at,
                partition.topic(),
                partition.partition(),
                first,
                resumed - first,
                cause + "; goes on at " + resumed,
                null,
                null,
                null,
                List.of(),
                List.of(),
                null);
        return new Resumption(new Position(now.topicId(), resumed), Optional.of(event));
    }

    private static SuppressRestartsException refusal(TopicPartition partition, long first, Extent now, String cause) {
        return new SuppressRestartsException(new IllegalStateException("kafka.offset-reset=fail topic="
                + partition.topic() + " partition=" + partition.partition() + " " + cause
                + "; to go on from the checkpoint all the same, set kafka.offset-reset to earliest (at "
                + now.start() + ", " + (now.start() - first) + " offsets are skipped) or latest (at " + now.end() + ", "
                + (now.end() - first) + " are)"));
    }
}
