package dev.levitstream.operator;

import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.operator.LiveLearner.Pending;
import dev.levitstream.schema.MalformedRecordException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * The learners in memory: a write-back cache over keyed state, of bounded size. One that changed is written at a
 * checkpoint, or when it has to go because its key was silent longest.
 */
final class LiveLearners implements AutoCloseable {
    private static final double NANOS_PER_MILLI = 1e6;

    private final OperatorOptions options;
    private final KeyState state;
    private final KeyContext keys;
    private final Compute compute;
    private final LearnerMetrics metrics;
    private final EarlierRecords earlier;
    private final Trouble trouble;
    private final SharedWeights shared = new SharedWeights();
    /** The longest unused first. */
    private final Map<String, LiveLearner> live = new LinkedHashMap<>(16, 0.75f, true);

    /** Who is told of what goes wrong while a learner comes back from state. */
    interface Trouble {
        /** A record stored without its frame can no longer be decoded, and was not answered yet. */
        void unreadable(SourceRecord source, MalformedRecordException fault);

        /** A learner's numbers cannot be computed with. */
        void failed(String streamKey, LiveLearner key, NumericException failure);
    }

    /** @param operator whose keys they are */
    <O extends KeyContext & Trouble> LiveLearners(
            OperatorOptions options, KeyState state, Compute compute, LearnerMetrics metrics, O operator) {
        this.options = options;
        this.state = state;
        this.keys = operator;
        this.compute = compute;
        this.metrics = metrics;
        this.trouble = operator;
        this.earlier = new EarlierRecords(FrameDecoder.of(options));
    }

    /** Those in memory by stream key, the longest unused first. */
    Map<String, LiveLearner> all() {
        return live;
    }

    /** Whether the current key has a learner, in memory or in state. */
    boolean knows(String streamKey) throws Exception {
        return live.containsKey(streamKey) || !state.isEmpty();
    }

    /** The learner of the current key, rebuilt from its state if need be; another may have to go. */
    LiveLearner get(String streamKey) throws Exception {
        LiveLearner known = live.get(streamKey);
        if (known != null) {
            return known;
        }
        long start = System.nanoTime();
        LearnerStore.Written written = new LearnerStore.Written();
        Learner learner = open(streamKey, state.learner(written));
        LiveLearner key = new LiveLearner(learner, written, state);
        live.put(streamKey, key);
        readPending(key);
        answerAgain(streamKey, key);
        metrics.loaded(streamKey, learner.describe(), (System.nanoTime() - start) / NANOS_PER_MILLI);
        evict(streamKey);
        return key;
    }

    /** State that this release cannot read does not become readable by trying again: the job ends. */
    private Learner open(String streamKey, Map<String, byte[]> stored) {
        LearnerContext context =
                new LearnerContext(options.learner(), seed(streamKey), compute, System::nanoTime, shared);
        try {
            return LearnerMethods.open(context, stored);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new SuppressRestartsException(e);
        }
    }

    private long seed(String streamKey) {
        return options.learner().seed() * 31 + streamKey.hashCode();
    }

    private void readPending(LiveLearner key) throws Exception {
        int index = 0;
        int answered = key.status().answered();
        Iterator<PendingFrame> frames = state.frames().iterator();
        for (SourceRecord source : state.pending()) {
            boolean isAnswered = index++ < answered;
            // an earlier release knows no frames, and may have left those of records that are gone
            Optional<PendingFrame> frame =
                    frames.hasNext() ? Optional.of(frames.next()).filter(each -> each.isOf(source)) : Optional.empty();
            if (frame.isPresent()) {
                int bytes = frame.get().frame().pixels().length;
                requireInput(bytes == options.learner().input().bytes(), bytes);
                key.pending().add(new Pending(source, frame.get().frame()));
            } else {
                decodeEarlier(key, source, isAnswered);
            }
        }
    }

    /** What waits came through another graph than now if it has another length: nothing here could make it fit. */
    private void requireInput(boolean fits, int bytes) {
        if (!fits) {
            throw new SuppressRestartsException(
                    new IllegalStateException("image=" + options.learner().input()
                            + " must be what waits in the restored state: images of " + bytes + " bytes"));
        }
    }

    /** Releases that kept no frames had no embedded ones either. */
    private void decodeEarlier(LiveLearner key, SourceRecord source, boolean isAnswered) {
        requireInput(!EmbedOperatorFactory.isNeeded(options), options.image().bytes());
        try {
            key.pending().add(earlier.decode(source));
        } catch (MalformedRecordException e) { // by the rules of another release it could be
            if (isAnswered) {
                key.setStatus(key.status().withAnswered(key.status().answered() - 1));
            } else {
                trouble.unreadable(earlier.original(source), e);
            }
        }
        key.setDirty(true);
    }

    /** Images that were answered are answered once more, so that the learner has them ready to learn from. */
    private void answerAgain(String streamKey, LiveLearner key) {
        if (key.status().answered() > 0) {
            try {
                key.answerAgain();
            } catch (NumericException e) {
                trouble.failed(streamKey, key, e);
            }
        }
    }

    /** Writes back every learner that changed, each under its own key. */
    void store() throws Exception {
        for (Map.Entry<String, LiveLearner> entry : live.entrySet()) {
            store(entry.getKey(), entry.getValue());
        }
    }

    private void store(String streamKey, LiveLearner key) throws Exception {
        if (key.isDirty()) {
            keys.setCurrentKey(streamKey);
            state.write(key);
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
            metrics.evicted(entry.getKey());
        }
        keys.setCurrentKey(current);
    }

    /** Removes the current key, from memory and from state. */
    void forget(String streamKey) throws Exception {
        LiveLearner key = live.remove(streamKey);
        if (key != null) {
            key.learner().close();
            metrics.forgotten(streamKey);
        }
        state.clear();
    }

    @Override
    public void close() {
        live.values().forEach(key -> key.learner().close());
        live.clear();
    }
}
