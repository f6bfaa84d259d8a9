package dev.levitstream.operator;

import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.Verdict;
import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.operator.OperatorOptions.Flush;
import dev.levitstream.schema.ClassScore;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.MalformedRecordException;
import dev.levitstream.schema.Prediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
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

    private final OperatorOptions options;
    private final transient Map<String, LiveLearner> live = new LinkedHashMap<>();
    private transient FrameDecoder decoder;
    private transient LearnerStore store;
    private transient ListStateDescriptor<SourceRecord> pendingDescriptor;
    private transient ListState<SourceRecord> pendingState;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient LearnerMetrics learnerMetrics;
    private transient String device;

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
    }

    @Override
    public void open() throws Exception {
        super.open();
        decoder = new FrameDecoder(options.learner().image());
        timers = getInternalTimerService("flush", VoidNamespaceSerializer.INSTANCE, this);
        device = options.device().resolve(getRuntimeContext());
        learnerMetrics = new LearnerMetrics(getMetricGroup());
        learnerMetrics.gauges(live::size, this::largestComponents, () -> device.startsWith("gpu") ? 1 : 0);
        LOG.info("learner {} computes on {}", options.learner().kind().key(), device);
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
        LiveLearner key = live(record.streamKey());
        Frame frame;
        try {
            frame = decoder.decode(record.source());
            requireRoom(key, record.source(), frame);
        } catch (MalformedRecordException e) {
            deadLetter(record.source(), e.reason());
            return;
        }
        List<Pending> pending = key.pending();
        if (options.flush() == Flush.GAP && !pending.isEmpty() && gapBefore(frame, pending)) {
            flush(record.streamKey(), key);
        }
        pending.add(new Pending(record.source(), frame));
        key.setDirty(true);
        if (pending.size() == options.learner().batchSize()) {
            flush(record.streamKey(), key);
        } else if (options.flush() == Flush.WAIT && pending.size() == 1) {
            key.setFlushAt(timers.currentProcessingTime() + options.waitMillis());
            timers.registerProcessingTimeTimer(VoidNamespace.INSTANCE, key.flushAt());
        }
    }

    private boolean gapBefore(Frame frame, List<Pending> pending) {
        return frame.eventTime() - pending.get(pending.size() - 1).frame().eventTime() > options.gapMillis();
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
        if (!key.pending().isEmpty()) {
            flush(timer.getKey(), key);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no event-time timer is ever set");
    }

    /** The stream is over: every key's incomplete batch goes, also those that no image woke since the restore. */
    @Override
    public void endInput() throws Exception {
        List<String> keys = new ArrayList<>(live.keySet());
        this.<String>getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, pendingDescriptor, (key, state) -> {
                            if (!live.containsKey(key) && state.get().iterator().hasNext()) {
                                keys.add(key);
                            }
                        });
        for (String key : keys) {
            setCurrentKey(key);
            LiveLearner learner = live(key);
            if (!learner.pending().isEmpty()) {
                flush(key, learner);
            }
        }
    }

    private void flush(String streamKey, LiveLearner key) {
        if (key.flushAt() > 0) {
            timers.deleteProcessingTimeTimer(VoidNamespace.INSTANCE, key.flushAt());
            key.setFlushAt(0);
        }
        long start = System.nanoTime();
        Outcome outcome = key.learner().observe(key.images());
        learnerMetrics.observed(outcome, (System.nanoTime() - start) / NANOS_PER_MILLI);
        List<Pending> batch = key.pending();
        for (int i = 0; i < batch.size(); i++) {
            emit(streamKey, batch.get(i), outcome.predictions().get(i), outcome.step());
        }
        long lastTime = batch.get(batch.size() - 1).frame().eventTime();
        outcome.expansion().ifPresent(expansion -> emit(streamKey, expansion, lastTime));
        batch.clear();
        key.setDirty(true);
    }

    private void emit(String streamKey, Pending image, ImagePrediction answer, long step) {
        if (!answer.isFinite()) {
            deadLetter(
                    image.source(), "scores=NaN must be finite: component " + answer.componentId() + " has diverged");
            return;
        }
        Frame frame = image.frame();
        List<ClassScore> scores = new ArrayList<>(answer.scores().length);
        for (int i = 0; i < answer.scores().length; i++) {
            scores.add(new ClassScore(answer.labels().get(i), answer.scores()[i]));
        }
        Prediction prediction = new Prediction(
                streamKey,
                frame.imageId(),
                Instant.ofEpochMilli(frame.eventTime()),
                answer.label().orElse(null),
                scores,
                answer.componentId(),
                answer.novelty(),
                Float.isNaN(answer.noveltyThreshold()) ? null : answer.noveltyThreshold(),
                step);
        output.collect(new StreamRecord<>(prediction, frame.eventTime()));
    }

    private void emit(String streamKey, Expansion expansion, long eventTime) {
        ComponentCreated created = new ComponentCreated(
                streamKey,
                expansion.componentId(),
                expansion.step(),
                Instant.ofEpochMilli(eventTime),
                expansion.verdict().map(Verdict::distance).orElse(null),
                expansion.verdict().map(Verdict::threshold).orElse(null),
                expansion.componentCount(),
                expansion.imagesSeen());
        output.collect(Outputs.COMPONENTS_CREATED, new StreamRecord<>(created, eventTime));
    }

    private void deadLetter(SourceRecord source, String reason) {
        learnerMetrics.deadLetter();
        output.collect(
                Outputs.DEAD_LETTERS, new StreamRecord<>(Outputs.deadLetter(source, reason), source.timestamp()));
    }

    /** The live learner of the current key, rebuilt from its state if need be. */
    private LiveLearner live(String streamKey) throws Exception {
        LiveLearner known = live.get(streamKey);
        if (known != null) {
            return known;
        }
        LearnerStore.Written written = new LearnerStore.Written();
        Map<String, byte[]> state = store.read(written);
        LearnerContext context = new LearnerContext(options.learner(), seed(streamKey), device, System::nanoTime);
        Learner learner = options.learner().kind().open(context, state);
        LiveLearner key = new LiveLearner(learner, written);
        for (SourceRecord source : pendingState.get()) {
            key.pending().add(new Pending(source, decoder.decode(source)));
        }
        live.put(streamKey, key);
        return key;
    }

    private long seed(String streamKey) {
        return options.learner().seed() * 31 + streamKey.hashCode();
    }

    /** Writes back every learner that changed, each under its own key. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        for (Map.Entry<String, LiveLearner> entry : live.entrySet()) {
            LiveLearner key = entry.getValue();
            if (key.isDirty()) {
                setCurrentKey(entry.getKey());
                store.write(key.learner().state(), key.written());
                pendingState.update(key.pending().stream().map(Pending::source).toList());
                key.setDirty(false);
            }
        }
    }

    @Override
    public void close() throws Exception {
        for (LiveLearner key : live.values()) {
            key.learner().close();
        }
        live.clear();
        super.close();
    }
}
