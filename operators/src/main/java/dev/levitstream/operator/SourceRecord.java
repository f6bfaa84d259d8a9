package dev.levitstream.operator;

import org.jspecify.annotations.Nullable;

/**
 * One Kafka record as it came.
 *
 * @param topic source topic
 * @param partition source partition
 * @param offset source offset
 * @param timestamp Kafka timestamp, milliseconds since 1970
 * @param value original bytes, null where the record had none
 */
public record SourceRecord(String topic, int partition, long offset, long timestamp, byte @Nullable [] value) {}
