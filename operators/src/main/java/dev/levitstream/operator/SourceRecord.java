package dev.levitstream.operator;

import dev.levitstream.schema.StreamEvent;
import org.jspecify.annotations.Nullable;

/**
 * One Kafka record as it came, or a notice of the source itself: a framed {@link StreamEvent} between the records, told
 * apart by its offset, which no record has.
 *
 * @param topic source topic
 * @param partition source partition
 * @param offset source offset; {@link #NOTICE} for a notice
 * @param timestamp Kafka timestamp, milliseconds since 1970
 * @param value original bytes, null where the record had none
 */
public record SourceRecord(String topic, int partition, long offset, long timestamp, byte @Nullable [] value) {
    /** Offset of notices. */
    public static final long NOTICE = -1;
}
