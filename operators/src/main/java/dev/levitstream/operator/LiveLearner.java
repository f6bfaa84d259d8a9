package dev.levitstream.operator;

import dev.levitstream.learner.Learner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One key's learner in memory, with the images that wait for it. */
final class LiveLearner {
    private final Learner learner;
    private final LearnerStore.Written written;
    private final List<Pending> pending = new ArrayList<>();
    private KeyTimes times;
    private boolean dirty;

    /**
     * One image that waits.
     *
     * @param source as it came, for state and dead letters
     * @param frame decoded
     */
    record Pending(SourceRecord source, Frame frame) {}

    LiveLearner(Learner learner, LearnerStore.Written written, KeyTimes times) {
        this.learner = learner;
        this.written = written;
        this.times = times;
    }

    Learner learner() {
        return learner;
    }

    LearnerStore.Written written() {
        return written;
    }

    List<Pending> pending() {
        return pending;
    }

    /**
     * Images that make the next batch: those up to a gap, or as many as a batch holds. It depends on the key's own
     * records alone, never on when they arrive.
     *
     * @param close whether no image is waited for, so that the last batch need not be full
     * @return count; 0 if the batch may still grow
     */
    int closed(OperatorOptions options, boolean close) {
        for (int i = 1; i <= pending.size(); i++) {
            if (i == options.learner().batchSize()) {
                return i;
            }
            boolean last = i == pending.size();
            if (last ? close : options.flush() == OperatorOptions.Flush.GAP && gapBefore(i, options.gapMillis())) {
                return i;
            }
        }
        return 0;
    }

    private boolean gapBefore(int i, long gapMillis) {
        return pending.get(i).frame().eventTime() - pending.get(i - 1).frame().eventTime() > gapMillis;
    }

    /** Takes the first {@code count} images out. */
    List<Pending> take(int count) {
        List<Pending> head = pending.subList(0, count);
        List<Pending> taken = List.copyOf(head);
        head.clear();
        return taken;
    }

    /** Whether an image with this label can join the batch: all its labels must find room in the learner. */
    boolean admits(String label) {
        Set<String> labels = new HashSet<>();
        labels.add(label);
        pending.forEach(image -> image.frame().image().label().ifPresent(labels::add));
        return learner.admits(labels);
    }

    /** Whether state is behind. */
    boolean isDirty() {
        return dirty;
    }

    void setDirty(boolean behind) {
        dirty = behind;
    }

    KeyTimes times() {
        return times;
    }

    void setTimes(KeyTimes now) {
        times = now;
    }
}
