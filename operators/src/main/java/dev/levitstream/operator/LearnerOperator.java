package dev.levitstream.operator;

import dev.levitstream.learner.Answers;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.Fleet;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.Lesson;
import dev.levitstream.nn.Compute;
import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.Prediction;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.execution.SuppressRestartsException;
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
 * The thin keyed operator around one learner per stream key: decode, collect a batch, predict then learn, emit. See the
 * package documentation for the life of a record and of state.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else
public final class LearnerOperator extends AbstractStreamOperator<Prediction>
        implements OneInputStreamOperator<KeyedRecord, Prediction>,
                BoundedOneInput,
                Triggerable<String, VoidNamespace> {
    private static final long serialVersionUID = 1L;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Batches of a key that may wait for its learner before its records work, which holds its input back. */
    private static final int MOST_BATCHES_WAITING = 2;

    private final OperatorOptions options;
    /** Learners in memory, the longest unused first. */
    private final transient Map<String, LiveLearner> live = new LinkedHashMap<>(16, 0.75f, true);

    private transient FrameDecoder decoder;
    private transient LearnerStore store;
    private transient ListStateDescriptor<SourceRecord> pendingDescriptor;
    private transient ListState<SourceRecord> pendingState;
    private transient ValueState<KeyTimes> timesState;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient LearnerMetrics learnerMetrics;
    private transient Compute compute;

    LearnerOperator(StreamOperatorParameters<Prediction> parameters, OperatorOptions options) {
        super(parameters);
        this.options = options;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        store = new LearnerStore(context);
        pendingDescriptor = new ListStateDescriptor<>("pending", TypeInformation.of(SourceRecord.class));
        pendingState = context.getKeyedStateStore().getListState(pendingDescriptor);
        timesState = context.getKeyedStateStore()
                .getState(new ValueStateDescriptor<>("times", TypeInformation.of(KeyTimes.class)));
    }

    @Override
    public void open() throws Exception {
        super.open();
        decoder = new FrameDecoder(options.learner().image(), options.eventTime());
        timers = getInternalTimerService("flush", VoidNamespaceSerializer.INSTANCE, this);
        String device = options.device().resolve(getRuntimeContext());
        compute = new Compute(device, options.path());
        learnerMetrics = new LearnerMetrics(getMetricGroup());
        learnerMetrics.gauges(live::size, this::largestComponents, () -> device.startsWith("gpu") ? 1 : 0);
        LOG.info("learner {} computes on {}", options.learner().kind().key(), device);
        requireReadable();
    }

    /** Opens one restored learner, so that state of another format or of other options is refused at the start. */
    private void requireReadable() throws Exception {
        Optional<String> any;
        try (Stream<String> keys =
                this.<String>getKeyedStateBackend().getKeys(LearnerStore.CHANGING, VoidNamespace.INSTANCE)) {
            any = keys.findFirst();
        }
        if (any.isPresent()) {
            setCurrentKey(any.get());
            live(any.get());
        }
    }

    private int largestComponents() {
        return live.values().stream()
                .mapToInt(key -> key.learner().describe().components())
                .max()
                .orElse(0);
    }

    @Override
    public void processElement(StreamRecord<KeyedRecord> element) throws Exception {
        KeyedRecord record = element.getValue();
        LiveLearner key;
        Frame frame;
        try {
            frame = decoder.decode(record.source()); // first, so that what is no image wakes no learner
            key = live(record.streamKey());
            requireRoom(key, record.source(), frame);
        } catch (MalformedRecordException e) {
            deadLetter(record.source(), e.reason());
            return;
        }
        key.pending().add(new Pending(record.source(), frame));
        key.setDirty(true);
        if (!key.learner().isLearning()) {
            advance(record.streamKey(), key, false);
        } else if (key.pending().size()
                >= MOST_BATCHES_WAITING * options.learner().batchSize()) {
            learn(record.streamKey(), key, share());
            advance(record.streamKey(), key, false);
        }
    }

    /** Updates that each record of an overloaded key does, so that a batch's work is done when the next one is full. */
    private int share() {
        int size = options.learner().batchSize();
        int updates = options.learner().budget().updates();
        return Math.max(options.learner().budget().slice(), (updates + size - 1) / size);
    }

    private void requireRoom(LiveLearner key, SourceRecord source, Frame frame) {
        String label = frame.image().label().orElse(null);
        if (label != null && !key.admits(label)) {
            throw new MalformedRecordException(
                    source.topic(),
                    "label",
                    label,
                    "must be one of the " + options.learner().classes() + " classes known (option classes)");
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        LiveLearner key = live(timer.getKey());
        KeyTimes times = key.times();
        key.setTimes(times.withTimer(0));
        if (key.learner().isLearning()) {
            learn(timer.getKey(), key, options.learner().budget().slice());
        }
        boolean waited = times.flushAt() > 0 && timer.getTimestamp() >= times.flushAt();
        advance(timer.getKey(), key, waited);
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no event-time timer is ever set");
    }

    /** The stream is over: every key's work is done, also of those that no image woke since the restore. */
    @Override
    public void endInput() throws Exception {
        Set<String> keys = new LinkedHashSet<>(live.keySet());
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, pendingDescriptor, (key, state) -> {
                            if (state.get().iterator().hasNext()) {
                                keys.add(key);
                            }
                        });
        timers.forEachProcessingTimeTimer((namespace, time) -> keys.add((String) getCurrentKey()));
        for (String name : keys) {
            setCurrentKey(name);
            LiveLearner key = live(name);
            do {
                if (key.learner().isLearning()) {
                    learn(name, key, Integer.MAX_VALUE);
                }
                advance(name, key, true);
            } while (key.learner().isLearning());
        }
    }

    /** Answers the next batch if it is closed, and starts to learn from it; goes on while that leaves nothing to do. */
    private void advance(String streamKey, LiveLearner key, boolean close) throws Exception {
        while (!key.learner().isLearning()) {
            int size = key.closed(options, close);
            if (size == 0) {
                break;
            }
            answer(streamKey, key, key.take(size));
            learn(streamKey, key, options.learner().budget().slice());
        }
        setTimer(key);
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

    private void answer(String streamKey, LiveLearner key, List<Pending> batch) {
        long start = System.nanoTime();
        Answers answers = key.learner()
                .answer(batch.stream().map(image -> image.frame().image()).toList());
        learnerMetrics.answered(answers, millisSince(start));
        for (int i = 0; i < batch.size(); i++) {
            emit(streamKey, batch.get(i), answers.predictions().get(i), answers.step());
        }
        key.setTimes(key.times().answered(batch.get(batch.size() - 1).frame().eventTime()));
    }

    /** A key learns, and with it others that have work left; their own timers then find less or nothing to do. */
    private void learn(String streamKey, LiveLearner key, int updates) {
        Map<String, LiveLearner> fleet = new LinkedHashMap<>(Map.of(streamKey, key));
        live.entrySet().stream()
                .filter(other -> other.getValue().learner().isLearning()
                        && !other.getKey().equals(streamKey))
                .limit(options.fleet() - 1L)
                .forEach(other -> fleet.put(other.getKey(), other.getValue()));
        long start = System.nanoTime();
        List<Optional<Lesson>> lessons =
                Fleet.learn(fleet.values().stream().map(LiveLearner::learner).toList(), updates);
        learnerMetrics.worked(millisSince(start));
        int i = 0;
        for (Map.Entry<String, LiveLearner> member : fleet.entrySet()) {
            learnt(member.getKey(), member.getValue(), lessons.get(i++));
        }
    }

    private void learnt(String streamKey, LiveLearner key, Optional<Lesson> lesson) {
        key.setDirty(true);
        lesson.ifPresent(learnerMetrics::learnt);
        lesson.flatMap(Lesson::expansion)
                .ifPresent(expansion -> emit(streamKey, expansion, key.times().lastEventTime()));
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / NANOS_PER_MILLI;
    }

    private void emit(String streamKey, Pending image, ImagePrediction answer, long step) {
        if (!answer.isFinite()) {
            deadLetter(
                    image.source(), "scores=NaN must be finite: component " + answer.componentId() + " has diverged");
            return;
        }
        Prediction prediction = Outputs.prediction(streamKey, image.frame(), answer, step);
        output.collect(new StreamRecord<>(prediction, image.frame().eventTime()));
    }

    private void emit(String streamKey, Expansion expansion, long eventTime) {
        ComponentCreated created = Outputs.componentCreated(streamKey, expansion, eventTime);
        output.collect(Outputs.COMPONENTS_CREATED, new StreamRecord<>(created, eventTime));
    }

    private void deadLetter(SourceRecord source, String reason) {
        learnerMetrics.deadLetter();
        output.collect(
                Outputs.DEAD_LETTERS, new StreamRecord<>(Outputs.deadLetter(source, reason), source.timestamp()));
    }

    /** The live learner of the current key, rebuilt from its state if need be; another may have to go. */
    private LiveLearner live(String streamKey) throws Exception {
        LiveLearner known = live.get(streamKey);
        if (known != null) {
            return known;
        }
        long start = System.nanoTime();
        LearnerStore.Written written = new LearnerStore.Written();
        Map<String, byte[]> state = store.read(written);
        LearnerContext context = new LearnerContext(options.learner(), seed(streamKey), compute, System::nanoTime);
        Learner learner = open(context, state);
        KeyTimes times = timesState.value();
        LiveLearner key = new LiveLearner(learner, written, times == null ? KeyTimes.NONE : times);
        for (SourceRecord source : pendingState.get()) {
            key.pending().add(new Pending(source, decoder.decode(source)));
        }
        live.put(streamKey, key);
        learnerMetrics.loaded(millisSince(start));
        evict(streamKey);
        return key;
    }

    /** State that this release cannot read does not become readable by trying again: the job ends. */
    private Learner open(LearnerContext context, Map<String, byte[]> state) {
        try {
            return options.learner().kind().open(context, state);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new SuppressRestartsException(e);
        }
    }

    private long seed(String streamKey) {
        return options.learner().seed() * 31 + streamKey.hashCode();
    }

    /** Writes back every learner that changed, each under its own key. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (Map.Entry<String, LiveLearner> entry : live.entrySet()) {
            store(entry.getKey(), entry.getValue());
        }
    }

    private void store(String streamKey, LiveLearner key) throws Exception {
        if (key.isDirty()) {
            setCurrentKey(streamKey);
            store.write(key.learner().state(), key.written());
            pendingState.update(key.pending().stream().map(Pending::source).toList());
            timesState.update(key.times());
            key.setDirty(false);
        }
    }

    /** Keys that were silent longest leave native memory; their next image loads them again. */
    private void evict(String current) throws Exception {
        Iterator<Map.Entry<String, LiveLearner>> oldest = live.entrySet().iterator();
        for (int i = live.size() - options.residentKeys(); i > 0; i--) {
            Map.Entry<String, LiveLearner> entry = oldest.next();
            store(entry.getKey(), entry.getValue());
            entry.getValue().learner().close();
            oldest.remove();
            learnerMetrics.evicted();
        }
        setCurrentKey(current);
    }

    @Override
    public void close() throws Exception {
        for (LiveLearner key : live.values()) {
            key.learner().close();
        }
        live.clear();
        if (compute != null) {
            compute.close();
        }
        super.close();
    }
}
