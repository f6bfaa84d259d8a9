package dev.levitstream.operator;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** Metrics of a subtask that embeds images: every name, unit and type. */
final class EmbedMetrics {
    private static final int HISTOGRAM_SAMPLES = 1000;
    private static final double NANOS_PER_MICRO = 1e3;

    private final Counter embedded;
    private final DeadLetterCount deadLetters;
    private final Histogram embedMicros;
    private final Histogram blockImages;

    EmbedMetrics(MetricGroup parent) {
        MetricGroup group = parent.addGroup("levit");
        embedded = group.counter("images.embedded.count"); // images sent on to their keys
        deadLetters = new DeadLetterCount(group); // images that the backbone cannot embed
        embedMicros = group.histogram( // of one image, the mean of its block
                "embed.micros", new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
        blockImages = group.histogram( // that were computed at once
                "block.images", new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    }

    void block(int images, long nanos) {
        blockImages.update(images);
        embedMicros.update(Math.round(nanos / NANOS_PER_MICRO / images));
    }

    void embedded() {
        embedded.inc();
    }

    void deadLetter() {
        deadLetters.add("embedding");
    }
}
