package dev.levitstream.operator;

/**
 * An image on its way to its key.
 *
 * @param streamKey stream that the image belongs to
 * @param source the record as it came, for a dead letter
 * @param frame what it was decoded to
 */
public record KeyedRecord(String streamKey, SourceRecord source, Frame frame) {}
