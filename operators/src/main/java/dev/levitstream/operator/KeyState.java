package dev.levitstream.operator;

import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;

/** All keyed state of the operator, for the key that is current. */
final class KeyState {
    /** Name of the state that every key has something in. */
    static final String TIMES = "times";

    /** The records that wait. */
    static final ListStateDescriptor<SourceRecord> PENDING =
            new ListStateDescriptor<>("pending", TypeInformation.of(SourceRecord.class));

    /** Their frames, written together with them; earlier releases had none. */
    static final ListStateDescriptor<PendingFrame> FRAMES =
            new ListStateDescriptor<>("pending-frames", TypeInformation.of(PendingFrame.class));

    private final LearnerStore learner;
    private final ListState<SourceRecord> pending;
    private final ListState<PendingFrame> frames;
    private final ValueState<KeyTimes> times;
    private final ValueState<KeyStatus> status;
    private final MapState<Long, byte[]> trail;
    private final ValueState<TrailChunk> newestOfTrail;

    KeyState(StateInitializationContext context) throws Exception {
        learner = new LearnerStore(context);
        pending = context.getKeyedStateStore().getListState(PENDING);
        frames = context.getKeyedStateStore().getListState(FRAMES);
        times = context.getKeyedStateStore()
                .getState(new ValueStateDescriptor<>(TIMES, TypeInformation.of(KeyTimes.class)));
        status = context.getKeyedStateStore()
                .getState(new ValueStateDescriptor<>("status", TypeInformation.of(KeyStatus.class)));
        trail = context.getKeyedStateStore()
                .getMapState(new MapStateDescriptor<>(
                        "trail", BasicTypeInfo.LONG_TYPE_INFO, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        newestOfTrail = context.getKeyedStateStore()
                .getState(new ValueStateDescriptor<>("trail-newest", TypeInformation.of(TrailChunk.class)));
    }

    /** Whether nothing is stored of the key. */
    boolean isEmpty() throws Exception {
        return times.value() == null;
    }

    /** Whether what is stored was written by a release that answered no image before its batch was full. */
    boolean isWithoutStatus() throws Exception {
        return status.value() == null;
    }

    KeyTimes times() throws Exception {
        return Objects.requireNonNullElse(times.value(), KeyTimes.NONE);
    }

    KeyStatus status() throws Exception {
        return Objects.requireNonNullElse(status.value(), KeyStatus.NONE);
    }

    /** The records that wait, as they came. */
    Iterable<SourceRecord> pending() throws Exception {
        return pending.get();
    }

    /** What they were decoded to, in their order, as far as it was stored. */
    Iterable<PendingFrame> frames() throws Exception {
        return frames.get();
    }

    /** The images that the learner has observed last; valid while this key is the current one. */
    ImageTrail trail() throws Exception {
        return new ImageTrail(trail, Objects.requireNonNullElse(newestOfTrail.value(), TrailChunk.NONE));
    }

    /** The learner's entries; {@code written} learns what is there. */
    Map<String, byte[]> learner(LearnerStore.Written written) throws Exception {
        return learner.read(written);
    }

    /** Stores a key that changed; a learner that is as it started leaves nothing. */
    void write(LiveLearner key) throws Exception {
        learner.write(key.learner().state(), key.written());
        pending.update(key.pending().stream().map(LiveLearner.Pending::source).toList());
        frames.update(key.pending().stream().map(PendingFrame::of).toList());
        times.update(key.times());
        status.update(key.status());
        newestOfTrail.update(key.trail().newest());
    }

    /** Removes everything of the key. */
    void clear() throws Exception {
        learner.clear();
        pending.clear();
        frames.clear();
        times.clear();
        status.clear();
        trail.clear();
        newestOfTrail.clear();
    }
}
