package dev.levitstream.operator;

import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Slice;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.EventKind;
import java.util.List;
import java.util.Optional;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of a key: its images are answered, its batches learnt, and its failure stays its own. The key that is worked
 * for must be Flink's current one.
 */
final class KeyWork {
    private static final Logger LOG = LoggerFactory.getLogger(KeyWork.class);
    private static final double NANOS_PER_MILLI = 1e6;
    /** Batches of a key that may wait for its learner before its records work, which holds its input back. */
    private static final int MOST_BATCHES_WAITING = 2;

    private final OperatorOptions options;
    private final InternalTimerService<VoidNamespace> timers;
    private final Emitter emitter;
    private final LearnerMetrics metrics;

    KeyWork(
            OperatorOptions options,
            InternalTimerService<VoidNamespace> timers,
            Emitter emitter,
            LearnerMetrics metrics) {
        this.options = options;
        this.timers = timers;
        this.emitter = emitter;
        this.metrics = metrics;
    }

    /** An image has come: it is answered at once, unless the batch before is still being learnt from. */
    void go(String streamKey, LiveLearner key) throws Exception {
        if (!key.isLearning()) {
            advance(streamKey, key, false);
        } else if (key.pending().size()
                >= MOST_BATCHES_WAITING * options.learner().batchSize()) {
            learn(streamKey, key, Math.max(options.learner().slice(), key.share()));
            advance(streamKey, key, false);
        }
    }

    /**
     * The key's timer has fired: a slice of work is done, or the batch has waited long enough.
     *
     * @param close whether no image is waited for, so that the batch need not be full
     */
    void goOn(String streamKey, LiveLearner key, boolean close) throws Exception {
        if (key.isLearning()) {
            learn(streamKey, key, options.learner().slice());
        }
        advance(streamKey, key, close);
    }

    /** Learns all that is left to learn, also from a batch that is not full. */
    void finish(String streamKey, LiveLearner key) throws Exception {
        do {
            if (key.isLearning()) {
                learn(streamKey, key, Integer.MAX_VALUE);
            }
            advance(streamKey, key, true);
        } while (key.isLearning());
    }

    /**
     * Answers the images of the next batch as far as they are there, and starts to learn from it once it is closed;
     * goes on while that leaves nothing to do.
     */
    private void advance(String streamKey, LiveLearner key, boolean close) throws Exception {
        boolean closed = true;
        while (closed && !key.isLearning() && !key.status().quarantined()) {
            int size = key.closed(options, close);
            closed = size > 0;
            answer(streamKey, key, key.unanswered(closed ? size : key.pending().size()));
            if (closed && !key.status().quarantined()) {
                begin(streamKey, key, size);
            }
        }
        if (key.status().quarantined()) {
            answerInQuarantine(streamKey, key);
        }
        setTimer(key);
    }

    /** All at once; where that fails or has an answer that is no number, one by one, to know whose fault it is. */
    private void answer(String streamKey, LiveLearner key, List<Pending> images) {
        if (images.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        try {
            List<ImagePrediction> answers = key.learner().predict(LiveLearner.pixels(images));
            metrics.answered(images.size(), millisSince(start));
            for (int i = 0; i < images.size() && !key.status().quarantined(); i++) {
                if (answers.get(i).isFinite()) {
                    key.answered(images.get(i), answers.get(i));
                    metrics.judge(images.get(i).frame(), answers.get(i));
                    emitter.prediction(streamKey, images.get(i).frame(), answers.get(i));
                } else {
                    String which = answers.get(i)
                            .routed()
                            .map(routed -> "component " + routed.componentId())
                            .orElse("the learner");
                    quarantine(streamKey, key, "scores=NaN must be finite: " + which + " has diverged");
                }
            }
        } catch (NumericException e) {
            if (images.size() == 1) {
                failed(streamKey, key, e);
                return;
            }
            for (int i = 0; i < images.size() && !key.status().quarantined(); i++) {
                answer(streamKey, key, images.subList(i, i + 1));
            }
        }
    }

    private void begin(String streamKey, LiveLearner key, int size) throws Exception {
        try {
            key.begin(size);
        } catch (NumericException e) {
            failed(streamKey, key, e);
            return;
        }
        learn(streamKey, key, options.learner().slice());
    }

    private void learn(String streamKey, LiveLearner key, int units) throws Exception {
        long start = System.nanoTime();
        Slice slice = Learning.learn(key.learner(), units);
        metrics.worked(millisSince(start));
        key.setDirty(true);
        for (WorkReport report : slice.reports()) {
            metrics.worked(report);
            tell(streamKey, key, report);
        }
        if (slice.isDone()) {
            metrics.learnt(streamKey, key.learner().describe());
        }
        slice.failure().ifPresent(e -> failed(streamKey, key, e));
    }

    private void tell(String streamKey, LiveLearner key, WorkReport report) throws Exception {
        long eventTime = key.times().lastEventTime();
        if (report.expansion().isPresent()) {
            Expansion expansion = report.expansion().get();
            NamedEvidence evidence = NamedEvidence.of(expansion.verdict().flatMap(Verdict::evidence), key.trail());
            emitter.expansion(streamKey, expansion, evidence, eventTime);
        }
        for (LearnerNotice notice : report.notices()) {
            emitter.notice(streamKey, notice, NamedEvidence.of(notice.evidence(), key.trail()), eventTime);
        }
    }

    /** A learner's numbers cannot be computed with. */
    void failed(String streamKey, LiveLearner key, NumericException failure) {
        LOG.warn("the learner of stream key {} failed; it learns no more", streamKey, failure);
        quarantine(streamKey, key, String.valueOf(failure.getMessage()));
    }

    /** The learner of a key has failed on its own numbers: the key learns no more, and the others go on. */
    private void quarantine(String streamKey, LiveLearner key, String reason) {
        key.fail();
        metrics.quarantined();
        int number = key.status().quarantines();
        String name = KeyOptions.quarantine(streamKey, number);
        emitter.event(
                EventKind.KEY_QUARANTINED,
                streamKey,
                key.times().lastEventTime(),
                number,
                reason + "; end it by quarantine.release=" + name + " or quarantine.reset=" + name);
    }

    /** Each image by itself, without a part in any batch. */
    private void answerInQuarantine(String streamKey, LiveLearner key) {
        String name = KeyOptions.quarantine(streamKey, key.status().quarantines());
        for (Pending image : key.takeAll()) {
            Optional<ImagePrediction> answer = options.keys().failure() == KeyOptions.Failure.ANSWER
                    ? finite(key.learner(), image)
                    : Optional.empty();
            if (answer.isPresent()) {
                emitter.prediction(streamKey, image.frame(), answer.get());
            } else {
                emitter.deadLetter(
                        image.source(), "quarantine", "streamKey=" + streamKey + " is in quarantine " + name);
            }
        }
    }

    private static Optional<ImagePrediction> finite(Learner learner, Pending image) {
        try {
            return Optional.of(
                            learner.predict(LiveLearner.pixels(List.of(image))).get(0))
                    .filter(ImagePrediction::isFinite);
        } catch (NumericException e) {
            return Optional.empty();
        }
    }

    /** One timer at a time: for the next slice of work, else for the batch that waits. */
    private void setTimer(LiveLearner key) {
        long now = Math.max(1, timers.currentProcessingTime());
        KeyTimes times = key.times();
        boolean waits = options.flush() == Flush.WAIT && !key.pending().isEmpty();
        long flushAt = !waits ? 0 : times.flushAt() > 0 ? times.flushAt() : now + options.waitMillis();
        long due = key.isLearning() ? now : flushAt;
        if (times.timer() != due) {
            if (times.timer() > 0) {
                timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, times.timer());
            }
            if (due > 0) {
                timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, due);
            }
        }
        key.setTimes(new KeyTimes(times.lastEventTime(), flushAt, due));
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / NANOS_PER_MILLI;
    }
}
