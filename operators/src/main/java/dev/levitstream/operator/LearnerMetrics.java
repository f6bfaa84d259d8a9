package dev.levitstream.operator;

import dev.levitstream.learner.Outcome;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * Every metric's name, unit and type, in one place. Sums are over the stream keys of one subtask; there is none per
 * key.
 */
final class LearnerMetrics {
    private static final int HISTOGRAM_SAMPLES = 1000;

    private final MetricGroup group;
    private final Counter images;
    private final Counter batches;
    private final Counter updates;
    private final Counter expansions;
    private final Counter refusedExpansions;
    private final Counter deadLetters;
    private final Histogram learnMillis;

    LearnerMetrics(MetricGroup parent) {
        group = parent.addGroup("levit");
        images = group.counter("images.count"); // images predicted
        batches = group.counter("batches.count"); // batches observed
        updates = group.counter("updates.count"); // optimizer updates
        expansions = group.counter("expansion.count"); // components created
        refusedExpansions = group.counter("expansion.refused.count"); // found novel at the cap on components
        deadLetters = group.counter("dead-letters.count"); // records that could not be used
        learnMillis = group.histogram("learn.millis", new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    }

    /** Adds the gauges of a learner subtask; values are asked for when metrics are reported. */
    void gauges(Supplier<Integer> liveKeys, Supplier<Integer> largestComponents, Supplier<Integer> gpu) {
        group.gauge("keys.live.count", (Gauge<Integer>) liveKeys::get); // learners in memory
        group.gauge("components.largest.count", (Gauge<Integer>) largestComponents::get); // of any one live learner
        group.gauge("device.gpu", (Gauge<Integer>) gpu::get); // 1 on a GPU, 0 on the CPU
    }

    void deadLetter() {
        deadLetters.inc();
    }

    void observed(Outcome outcome, double millis) {
        images.inc(outcome.predictions().size());
        batches.inc();
        updates.inc(outcome.updates());
        if (outcome.expansion().isPresent()) {
            expansions.inc();
        }
        if (outcome.refusedExpansion()) {
            refusedExpansions.inc();
        }
        learnMillis.update(Math.round(millis));
    }
}
