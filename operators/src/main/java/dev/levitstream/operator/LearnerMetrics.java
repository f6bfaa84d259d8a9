package dev.levitstream.operator;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LearnerDescription;
import dev.levitstream.learner.WorkReport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
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
    private final Counter judged;
    private final Counter right;
    private final WindowedAccuracy accuracy = new WindowedAccuracy();
    private final Counter batches;
    private final Counter updates;
    private final Counter nonFiniteUpdates;
    private final Counter expansions;
    private final Counter refusedExpansions;
    private final DeadLetterCount deadLetters;
    private final Counter evictions;
    private final Counter quarantines;
    private final Counter expiries;
    private final Counter refusedKeys;
    /** What learners in memory held when they had last learnt, for threads that report. */
    private final Map<String, LearnerDescription> held = new ConcurrentHashMap<>();

    private volatile double crossEntropy = Double.NaN;
    private volatile double vae = Double.NaN;
    private final Histogram answerMillis;
    private final Histogram learnMillis;
    private final Histogram loadMillis;

    LearnerMetrics(MetricGroup parent) {
        group = parent.addGroup("levit");
        images = group.counter("images.count"); // images predicted
        judged = group.counter("accuracy.images.count"); // answered images with a label
        right = group.counter("accuracy.right.count"); // of them, whose answer was their label
        group.gauge("accuracy.window", (Gauge<Double>) accuracy::share); // of the latest with a label, 0 to 1
        group.gauge("loss.cross-entropy", (Gauge<Double>) () -> crossEntropy); // of the latest update, nats
        group.gauge("loss.vae", (Gauge<Double>) () -> vae); // of the latest update, squared pixel units
        batches = group.counter("batches.count"); // batches learnt
        updates = group.counter("updates.count"); // optimizer updates that changed parameters
        nonFiniteUpdates = group.counter("updates.non-finite.count"); // optimizer updates that found no finite loss
        expansions = group.counter("expansion.count"); // components created
        refusedExpansions = group.counter("expansion.refused.count"); // found novel without room
        deadLetters = new DeadLetterCount(group); // images that could not be used
        evictions = group.counter("keys.evicted.count"); // learners that left memory for others
        quarantines = group.counter("keys.quarantined.count"); // learners that failed on their numbers
        expiries = group.counter("keys.expired.count"); // silent keys whose state was removed
        refusedKeys = group.counter("keys.refused.count"); // images of new keys beyond keys.max
        answerMillis = histogram("answer.millis"); // of images answered in one go
        learnMillis = histogram("learn.millis"); // of one slice of work
        loadMillis = histogram("load.millis"); // of a key's learner, new or from state
    }

    /**
     * Adds the gauges of a learner subtask; values are asked for when metrics are reported, on a thread of any kind.
     */
    void gauges(Supplier<Integer> keys, Supplier<Integer> gpu) {
        group.gauge("keys.count", (Gauge<Integer>) keys::get); // keys with state
        group.gauge("keys.live.count", (Gauge<Integer>) held::size); // learners in memory
        // components of the learner in memory that has most
        group.gauge("components.largest.count", (Gauge<Long>)
                () -> each(learner -> learner.components().orElse(0)).max().orElse(0));
        // images in replay memories of all learners in memory
        group.gauge("memory.images", (Gauge<Long>)
                () -> each(learner -> learner.memoryImages().orElse(0)).sum());
        // units of work that budgets of all learners in memory left for later
        group.gauge("work.queued", (Gauge<Long>)
                () -> each(LearnerDescription::queuedWork).sum());
        group.gauge("device.gpu", (Gauge<Integer>) gpu::get); // 1 on a GPU, 0 on the CPU
    }

    /** Adds what the restore came to. */
    void restored(boolean bytesMayDiffer) {
        // 1 if the restored state was written on another kind of machine, which may change last bits
        group.gauge("restore.bytes-may-differ", (Gauge<Integer>) () -> bytesMayDiffer ? 1 : 0);
    }

    private LongStream each(ToLongFunction<LearnerDescription> value) {
        return held.values().stream().mapToLong(value);
    }

    private Histogram histogram(String name) {
        return group.histogram(name, new DescriptiveStatisticsHistogram(HISTOGRAM_SAMPLES));
    }

    void deadLetter(String part) {
        deadLetters.add(part);
    }

    void answered(int count, double millis) {
        images.inc(count);
        answerMillis.update(Math.round(millis));
    }

    /** An image was answered before it is learnt; one without a label is not judged. */
    void judge(Frame image, ImagePrediction answer) {
        if (image.label() != null) {
            boolean isRight = answer.label().equals(Optional.of(image.label()));
            judged.inc();
            right.inc(isRight ? 1 : 0);
            accuracy.add(isRight);
        }
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
        crossEntropy = report.losses().getOrDefault(WorkReport.CROSS_ENTROPY, crossEntropy);
        vae = report.losses().getOrDefault(WorkReport.VAE, vae);
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
    void learnt(String streamKey, LearnerDescription learner) {
        batches.inc();
        held.put(streamKey, learner);
    }

    /** A learner has come into memory. */
    void loaded(String streamKey, LearnerDescription learner, double millis) {
        held.put(streamKey, learner);
        loadMillis.update(Math.round(millis));
    }

    /** A learner has left memory for others. */
    void evicted(String streamKey) {
        held.remove(streamKey);
        evictions.inc();
    }

    /** A learner is gone, with its state. */
    void forgotten(String streamKey) {
        held.remove(streamKey);
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
