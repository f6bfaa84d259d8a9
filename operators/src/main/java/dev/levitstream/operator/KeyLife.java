package dev.levitstream.operator;

import dev.levitstream.schema.MalformedRecordException;
import java.util.stream.Stream;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimerService;

/**
 * How many keys there are, and when one is over. A key is over by its own images alone: the next one came too late.
 * That its state is removed while it stays silent goes by the watermark, which depends on other keys too, and so it
 * waits for twice the time: an image that is not later than that finds its key as it would have anyway.
 */
final class KeyLife {
    private final KeyOptions options;
    private final InternalTimerService<VoidNamespace> timers;
    private final LearnerMetrics metrics;
    private int keys;

    KeyLife(KeyOptions options, InternalTimerService<VoidNamespace> timers, LearnerMetrics metrics) {
        this.options = options;
        this.timers = timers;
        this.metrics = metrics;
    }

    /** Counts the keys that were restored. */
    void count(Stream<String> restored) {
        keys = (int) restored.distinct().count();
    }

    /** Keys with a learner, in memory or in state (count). */
    int keys() {
        return keys;
    }

    /**
     * Makes room for a key.
     *
     * @throws MalformedRecordException if it is new and there is none
     */
    void requireRoom(SourceRecord source, String streamKey, boolean isKnown) {
        if (isKnown) {
            return;
        }
        if (keys >= options.most()) {
            metrics.refusedKey();
            throw new MalformedRecordException(
                    source.topic(),
                    "streamKey",
                    streamKey,
                    "must be one of the " + options.most() + " keys of this subtask (option keys.max)");
        }
        keys++;
    }

    /** Whether an image of the key comes too late to go on with it. */
    boolean isOver(LiveLearner key, long eventTime) {
        return options.expireMillis() > 0 && key.lastSeen() > 0 && eventTime - key.lastSeen() > options.expireMillis();
    }

    /** Sees to it that somebody looks at the key once it has been silent for long. */
    void watch(LiveLearner key) {
        if (options.expireMillis() > 0 && key.status().expiry() == 0) {
            long due = key.lastSeen() + 2 * options.expireMillis();
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
            key.setStatus(key.status().withExpiry(due));
        }
    }

    /** Whether the key was silent until now; if not, it is watched anew. */
    boolean isSilent(LiveLearner key, long watermark) {
        key.setStatus(key.status().withExpiry(0));
        boolean silent = options.expireMillis() > 0 && key.lastSeen() + 2 * options.expireMillis() <= watermark;
        if (!silent) {
            watch(key);
        }
        return silent;
    }

    /** A key is gone. */
    void over(LiveLearner key) {
        if (key.status().expiry() > 0) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, key.status().expiry());
        }
        metrics.expired();
        keys--;
    }
}
