package dev.levitstream.operator;

import dev.levitstream.learner.WorkReport;
import java.util.function.Supplier;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * Metrics of a subtask that learns: every name, unit and type. Sums are over the stream keys of one subtask; there is
 * none per key.
 */
final class LearnerMetrics {
    private static final int HISTOGRAM_SAMPLES = 1000;

    private final MetricGroup group;
    private final Counter images;
    private final Counter batches;
    private final Counter updates;
    private final Counter nonFiniteUpdates;
    private final Counter expansions;
    private final Counter refusedExpansions;
    private final Counter deadLetters;
    private final Counter evictions;
    private final Counter quarantines;
    private final Counter expiries;
    private final Counter refusedKeys;
    private final Histogram answerMillis;
    private final Histogram learnMillis;
    private final Histogram loadMillis;

    LearnerMetrics(MetricGroup parent) {
        group = parent.addGroup("levit");
        images = group.counter("images.count"); // images predicted
        batches = group.counter("batches.count"); // batches learnt
        updates = group.counter("updates.count"); // optimizer updates that changed parameters
        nonFiniteUpdates = group.counter("updates.non-finite.count"); // optimizer updates that found no finite loss
        expansions = group.counter("expansion.count"); // components created
        refusedExpansions = group.counter("expansion.refused.count"); // found novel without room
        deadLetters = group.counter("dead-letters.count"); // images that could not be used
        evictions = group.counter("keys.evicted.count"); // learners that left memory for others
        quarantines = group.counter("keys.quarantined.count"); // learners that failed on their numbers
        expiries = group.counter("keys.expired.count"); // silent keys whose state was removed
        refusedKeys = group.counter("keys.refused.count"); // images of new keys beyond keys.max
        answerMillis = histogram("answer.millis"); // of images answered in one go
        learnMillis = histogram("learn.millis"); // of one slice of work
        loadMillis = histogram("load.millis"); // of a key's learner, new or from state
    }

    /** Adds the gauges of a learner subtask; values are asked for when metrics are reported. */
    void gauges(
            Supplier<Integer> keys,
            Supplier<Integer> liveKeys,
            Supplier<Integer> largestComponents,
            Supplier<Integer> gpu) {
        group.gauge("keys.count", (Gauge<Integer>) keys::get); // keys with state
        group.gauge("keys.live.count", (Gauge<Integer>) liveKeys::get); // learners in memory
        group.gauge("components.largest.count", (Gauge<Integer>) largestComponents::get); // of any one live learner
        group.gauge("device.gpu", (Gauge<Integer>) gpu::get); // 1 on a GPU, 0 on the CPU
    }

    /** Adds what the restore came to. */
    void restored(boolean bytesMayDiffer) {
        // 1 if the restored state was written on another kind of machine, which may change last bits
        group.gauge("restore.bytes-may-differ", (Gauge<Integer>) () -> bytesMayDiffer ? 1 : 0);
    }

    private Histogram histogram(String name) {
        return group.histogram(name, new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    }

    void deadLetter() {
        deadLetters.inc();
    }

    void answered(int count, double millis) {
        images.inc(count);
        answerMillis.update(Math.round(millis));
    }

    /** One slice of learning. */
    void worked(double millis) {
        learnMillis.update(Math.round(millis));
    }

    /** What a unit of work did. */
    void worked(WorkReport report) {
        if (report.isUpdate()) {
            updates.inc();
        }
        if (!report.finite()) {
            nonFiniteUpdates.inc();
        }
        if (report.expansion().isPresent()) {
            expansions.inc();
        }
        if (report.expansionRefused()) {
            refusedExpansions.inc();
        }
    }

    /** All work of a batch is done. */
    void learnt() {
        batches.inc();
    }

    void loaded(double millis) {
        loadMillis.update(Math.round(millis));
    }

    void evicted() {
        evictions.inc();
    }

    void quarantined() {
        quarantines.inc();
    }

    void expired() {
        expiries.inc();
    }

    void refusedKey() {
        refusedKeys.inc();
    }
}
