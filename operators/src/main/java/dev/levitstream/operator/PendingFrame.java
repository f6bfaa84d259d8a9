package dev.levitstream.operator;

/**
 * What a record that waits was decoded to, in state beside the record.
 *
 * @param partition source partition of the record
 * @param offset source offset of the record
 * @param frame what it was decoded to
 */
public record PendingFrame(int partition, long offset, Frame frame) {
    static PendingFrame of(LiveLearner.Pending image) {
        return new PendingFrame(image.source().partition(), image.source().offset(), image.frame());
    }

    boolean isOf(SourceRecord source) {
        return partition == source.partition() && offset == source.offset();
    }
}
