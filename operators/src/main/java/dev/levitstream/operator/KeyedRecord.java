package dev.levitstream.operator;

/**
 * A Kafka record whose stream key is known; the rest of it is decoded by the key's own operator.
 *
 * @param streamKey stream that the image belongs to
 * @param source the record as it came
 */
public record KeyedRecord(String streamKey, SourceRecord source) {}
