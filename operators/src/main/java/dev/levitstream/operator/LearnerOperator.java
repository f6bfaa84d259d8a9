package dev.levitstream.operator;

import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.Fleet;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.Lesson;
import dev.levitstream.learner.Slice;
import dev.levitstream.nn.Compute;
import dev.levitstream.nn.NumericException;
import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.Prediction;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The keyed operator around one learner per stream key: decode, answer, collect a batch, learn, emit. See the package
 * documentation for the life of a record and of state.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else
public final class LearnerOperator extends AbstractStreamOperator<Prediction>
        implements OneInputStreamOperator<KeyedRecord, Prediction>,
                BoundedOneInput,
                Triggerable<String, VoidNamespace>,
                LiveLearners.Trouble {
    private static final long serialVersionUID = 1L;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Batches of a key that may wait for its learner before its records work, which holds its input back. */
    private static final int MOST_BATCHES_WAITING = 2;

    private final OperatorOptions options;
    private final Map<String, String> structure;

    private transient FrameDecoder decoder;
    private transient KeyState state;
    private transient LiveLearners live;
    private transient KeyLife life;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient LearnerMetrics learnerMetrics;
    private transient Compute compute;
    private transient Emitter emitter;
    private transient Fingerprint fingerprint;

    LearnerOperator(
            StreamOperatorParameters<Prediction> parameters, OperatorOptions options, Map<String, String> structure) {
        super(parameters);
        this.options = options;
        this.structure = structure;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        fingerprint = new Fingerprint(context.getOperatorStateStore(), structure);
        state = new KeyState(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        decoder = new FrameDecoder(options.learner().image(), options.eventTime());
        timers = getInternalTimerService("flush", VoidNamespaceSerializer.INSTANCE, this);
        String device = options.device().resolve(getRuntimeContext());
        compute = new Compute(device, options.path());
        learnerMetrics = new LearnerMetrics(getMetricGroup());
        emitter = new Emitter(output, learnerMetrics, options.mostScores());
        live = new LiveLearners(options, state, compute, learnerMetrics, this);
        life = new KeyLife(options.keys(), timers, learnerMetrics);
        learnerMetrics.gauges(
                life::keys, live.all()::size, live::largestComponents, () -> device.startsWith("gpu") ? 1 : 0);
        LOG.info("learner {} computes on {}", options.learner().kind().key(), device);
        Optional<String> otherMachine = fingerprint.machine(compute.identity());
        otherMachine.ifPresent(LOG::warn);
        learnerMetrics.restored(otherMachine.isPresent());
        requireReadable();
        wakeWaiting();
    }

    /** Opens one restored learner, so that state of another format or of other options is refused at the start. */
    private void requireReadable() throws Exception {
        try (Stream<String> keys =
                this.<String>getKeyedStateBackend().getKeys(KeyState.TIMES, VoidNamespace.INSTANCE)) {
            life.count(keys);
        }
        Optional<String> any;
        try (Stream<String> keys =
                this.<String>getKeyedStateBackend().getKeys(LearnerStore.CHANGING, VoidNamespace.INSTANCE)) {
            any = keys.findFirst();
        }
        if (any.isPresent()) {
            setCurrentKey(any.get());
            live.get(any.get());
        }
    }

    /** Earlier releases let images wait for their batch: those that came from them are answered now. */
    private void wakeWaiting() throws Exception {
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, KeyState.PENDING, (key, waiting) -> {
                            if (state.isWithoutStatus()
                                    && waiting.get().iterator().hasNext()) {
                                timers.registerProcessingTimeTimer(
                                        VoidNamespace.INSTANCE, Math.max(1, timers.currentProcessingTime()));
                            }
                        });
    }

    @Override
    public void processElement(StreamRecord<KeyedRecord> element) throws Exception {
        KeyedRecord record = element.getValue();
        try {
            Frame frame = decoder.decode(record.source()); // first, so that what is no image wakes no learner
            LiveLearner key = arrive(record, frame);
            key.requireRoom(record.source(), frame, options.learner().labelRule());
            key.add(new Pending(record.source(), frame));
            go(record.streamKey(), key);
        } catch (MalformedRecordException e) {
            emitter.deadLetter(record.source(), e.reason());
        }
    }

    /** The key of an image that has come, which may be new, or have been silent for too long, or be released. */
    private LiveLearner arrive(KeyedRecord record, Frame frame) throws Exception {
        String streamKey = record.streamKey();
        boolean isKnown = live.knows(streamKey);
        life.requireRoom(record.source(), streamKey, isKnown);
        LiveLearner key = live.get(streamKey);
        if (isKnown && life.isOver(key, frame.eventTime())) {
            expire(streamKey, key);
            return arrive(record, frame);
        }
        key.setDirty(true);
        return key.status().quarantined() ? released(streamKey, key, frame) : key;
    }

    /** The same key, or one that starts from nothing, if its quarantine was ended. */
    private LiveLearner released(String streamKey, LiveLearner key, Frame frame) throws Exception {
        int number = key.status().quarantines();
        String name = KeyOptions.quarantine(streamKey, number);
        if (options.keys().reset().contains(name)) {
            live.forget(streamKey);
            LiveLearner fresh = live.get(streamKey);
            fresh.setStatus(key.status().released());
            emitter.event(EventKind.KEY_RESET, streamKey, frame.eventTime(), number, "quarantine.reset=" + name);
            return fresh;
        }
        if (options.keys().released().contains(name)) {
            key.setStatus(key.status().released());
            emitter.event(EventKind.KEY_RELEASED, streamKey, frame.eventTime(), number, "quarantine.release=" + name);
        }
        return key;
    }

    /** An image has come: it is answered at once, unless the batch before is still being learnt from. */
    private void go(String streamKey, LiveLearner key) {
        if (!key.learner().isLearning()) {
            advance(streamKey, key, false);
        } else if (key.pending().size()
                >= MOST_BATCHES_WAITING * options.learner().batchSize()) {
            learn(streamKey, key, share());
            advance(streamKey, key, false);
        }
    }

    /** Updates that each record of an overloaded key does, so that a batch's work is done when the next one is full. */
    private int share() {
        int size = options.learner().batchSize();
        int updates = options.learner().budget().updates();
        return Math.max(options.learner().budget().slice(), (updates + size - 1) / size);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        LiveLearner key = live.get(timer.getKey());
        KeyTimes times = key.times();
        key.setTimes(times.withTimer(0));
        key.setDirty(true);
        if (key.learner().isLearning()) {
            learn(timer.getKey(), key, options.learner().budget().slice());
        }
        boolean waited = times.flushAt() > 0 && timer.getTimestamp() >= times.flushAt();
        advance(timer.getKey(), key, waited);
    }

    /** Looks whether a key has been silent for ever. */
    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        if (live.knows(timer.getKey())) {
            LiveLearner key = live.get(timer.getKey());
            if (life.isSilent(key, timer.getTimestamp())) {
                expire(timer.getKey(), key);
            }
        }
    }

    private void expire(String streamKey, LiveLearner key) throws Exception {
        finish(streamKey, key);
        long last = key.times().lastEventTime();
        String reason =
                "silent for more than keys.expire-millis=" + options.keys().expireMillis();
        emitter.event(EventKind.KEY_EXPIRED, streamKey, last, key.status().quarantines(), reason);
        life.over(key);
        live.forget(streamKey);
    }

    /** The stream is over: every key's work is done, also of those that no image woke since the restore. */
    @Override
    public void endInput() throws Exception {
        Set<String> keys = new LinkedHashSet<>(live.all().keySet());
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, KeyState.PENDING, (key, waiting) -> {
                            if (waiting.get().iterator().hasNext()) {
                                keys.add(key);
                            }
                        });
        timers.forEachProcessingTimeTimer((namespace, time) -> keys.add((String) getCurrentKey()));
        for (String name : keys) {
            setCurrentKey(name);
            finish(name, live.get(name));
        }
    }

    /** Learns all that is left to learn, also from a batch that is not full. */
    private void finish(String streamKey, LiveLearner key) {
        do {
            if (key.learner().isLearning()) {
                learn(streamKey, key, Integer.MAX_VALUE);
            }
            advance(streamKey, key, true);
        } while (key.learner().isLearning());
    }

    /**
     * Answers the images of the next batch as far as they are there, and starts to learn from it once it is closed;
     * goes on while that leaves nothing to do.
     */
    private void advance(String streamKey, LiveLearner key, boolean close) {
        boolean closed = true;
        while (closed && !key.learner().isLearning() && !key.status().quarantined()) {
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
        life.watch(key);
    }

    /** All at once; where that fails or has an answer that is no number, one by one, to know whose fault it is. */
    private void answer(String streamKey, LiveLearner key, List<Pending> images) {
        if (images.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        try {
            long step = key.learner().step();
            List<ImagePrediction> answers =
                    key.learner().answer(LiveLearner.images(images)).predictions();
            learnerMetrics.answered(images.size(), millisSince(start));
            for (int i = 0; i < images.size() && !key.status().quarantined(); i++) {
                if (answers.get(i).isFinite()) {
                    key.answered(images.get(i));
                    emitter.prediction(streamKey, images.get(i).frame(), answers.get(i), step);
                } else {
                    String reason = "scores=NaN must be finite: component "
                            + answers.get(i).componentId() + " has diverged";
                    quarantine(streamKey, key, reason);
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

    private void begin(String streamKey, LiveLearner key, int size) {
        try {
            key.begin(size);
        } catch (NumericException e) {
            failed(streamKey, key, e);
            return;
        }
        learn(streamKey, key, options.learner().budget().slice());
    }

    /** A key learns, and with it others that have work left; their own timers then find less or nothing to do. */
    private void learn(String streamKey, LiveLearner key, int updates) {
        Map<String, LiveLearner> fleet = new LinkedHashMap<>(Map.of(streamKey, key));
        live.all().entrySet().stream()
                .filter(other -> other.getValue().learner().isLearning()
                        && !other.getKey().equals(streamKey))
                .limit(options.fleet() - 1L)
                .forEach(other -> fleet.put(other.getKey(), other.getValue()));
        long start = System.nanoTime();
        List<Slice> slices =
                Fleet.learn(fleet.values().stream().map(LiveLearner::learner).toList(), updates);
        learnerMetrics.worked(millisSince(start));
        int i = 0;
        for (Map.Entry<String, LiveLearner> member : fleet.entrySet()) {
            learnt(member.getKey(), member.getValue(), slices.get(i++));
        }
    }

    private void learnt(String streamKey, LiveLearner key, Slice slice) {
        key.setDirty(true);
        slice.lesson().ifPresent(learnerMetrics::learnt);
        Optional<Expansion> expansion = slice.lesson().flatMap(Lesson::expansion);
        expansion.ifPresent(e -> emitter.expansion(streamKey, e, key.times().lastEventTime()));
        slice.failure().ifPresent(e -> failed(streamKey, key, e));
    }

    @Override
    public void unreadable(SourceRecord source, String reason) {
        emitter.deadLetter(source, reason);
    }

    @Override
    public void failed(String streamKey, LiveLearner key, NumericException failure) {
        LOG.warn("the learner of stream key {} failed; it learns no more", streamKey, failure);
        quarantine(streamKey, key, String.valueOf(failure.getMessage()));
    }

    /** The learner of a key has failed on its own numbers: the key learns no more, and the others go on. */
    private void quarantine(String streamKey, LiveLearner key, String reason) {
        key.fail();
        learnerMetrics.quarantined();
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
                emitter.prediction(
                        streamKey, image.frame(), answer.get(), key.learner().step());
            } else {
                emitter.deadLetter(image.source(), "streamKey=" + streamKey + " is in quarantine " + name);
            }
        }
    }

    private static Optional<ImagePrediction> finite(Learner learner, Pending image) {
        try {
            return Optional.of(
                            learner.predict(LiveLearner.images(List.of(image))).get(0))
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
        long due = key.learner().isLearning() ? now : flushAt;
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

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        fingerprint.snapshot();
        live.store();
    }

    @Override
    public void close() throws Exception {
        if (live != null) {
            live.close();
        }
        if (compute != null) {
            compute.close();
        }
        super.close();
    }
}
