package dev.levitstream.operator;

import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.Prediction;
import java.util.LinkedHashSet;
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
 * The keyed operator around one learner per stream key: answer, collect a batch, learn, emit. See the package
 * documentation for the life of a record and of state.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else
public final class LearnerOperator extends AbstractStreamOperator<Prediction>
        implements OneInputStreamOperator<KeyedRecord, Prediction>,
                BoundedOneInput,
                Triggerable<String, VoidNamespace>,
                LiveLearners.Trouble {
    private static final long serialVersionUID = 1L;
    private final OperatorOptions options;
    private final Map<String, String> structure;

    private transient KeyState state;
    private transient LiveLearners live;
    private transient KeyLife life;
    private transient KeyWork work;
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
        timers = getInternalTimerService("flush", VoidNamespaceSerializer.INSTANCE, this);
        String device = options.device().resolve(getRuntimeContext());
        compute = new Compute(device);
        learnerMetrics = new LearnerMetrics(getMetricGroup());
        emitter = new Emitter(output, learnerMetrics, options.mostScores());
        live = new LiveLearners(options, state, compute, learnerMetrics, this);
        life = new KeyLife(options.keys(), timers, learnerMetrics);
        work = new KeyWork(options, timers, emitter, learnerMetrics);
        learnerMetrics.gauges(life::keys, () -> device.startsWith("gpu") ? 1 : 0);
        LOG.info("learner {} computes on {}", options.learner().method(), device);
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
            LiveLearner key = arrive(record);
            key.requireRoom(record.source(), record.frame(), options.learner());
            key.add(new Pending(record.source(), record.frame()));
            work.go(record.streamKey(), key);
            life.watch(key);
        } catch (MalformedRecordException e) {
            emitter.deadLetter(record.source(), e);
        }
    }

    /** The key of an image that has come, which may be new, or have been silent for too long, or be released. */
    private LiveLearner arrive(KeyedRecord record) throws Exception {
        String streamKey = record.streamKey();
        boolean isKnown = live.knows(streamKey);
        life.requireRoom(record.source(), streamKey, isKnown);
        LiveLearner key = live.get(streamKey);
        if (isKnown && life.isOver(key, record.frame().eventTime())) {
            expire(streamKey, key);
            return arrive(record);
        }
        key.setDirty(true);
        return key.status().quarantined() ? released(streamKey, key, record.frame()) : key;
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

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        LiveLearner key = live.get(timer.getKey());
        KeyTimes times = key.times();
        key.setTimes(times.withTimer(0));
        key.setDirty(true);
        work.goOn(timer.getKey(), key, times.flushAt() > 0 && timer.getTimestamp() >= times.flushAt());
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
        work.finish(streamKey, key);
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
            work.finish(name, live.get(name));
        }
    }

    @Override
    public void unreadable(SourceRecord source, MalformedRecordException fault) {
        emitter.deadLetter(source, fault);
    }

    @Override
    public void failed(String streamKey, LiveLearner key, NumericException failure) {
        work.failed(streamKey, key, failure);
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
