package dev.levitstream.operator;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Metrics of a subtask that reads records: every name, unit and type. */
final class InputMetrics {
    private static final int HISTOGRAM_SAMPLES = 1000;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Counter decoded;
    private final Counter skipped;
    private final DeadLetterCount deadLetters;
    private final Histogram decodeMicros;

    InputMetrics(MetricGroup parent) {
        MetricGroup group = parent.addGroup("levit");
        decoded = group.counter("images.decoded.count"); // images sent on to their keys
        skipped = group.counter("images.skipped.count"); // offsets that were gone before they were read
        deadLetters = new DeadLetterCount(group); // records that are no image
        decodeMicros = group.histogram( // of one image that was decoded, from the bytes of its record
                "decode.micros", new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    }

    void decoded(long nanos) {
        decoded.inc();
        decodeMicros.update(Math.round(nanos / NANOS_PER_MICRO));
    }

    void skipped(long count) {
        skipped.inc(count);
    }

    void deadLetter(String part) {
        deadLetters.add(part);
    }
}
