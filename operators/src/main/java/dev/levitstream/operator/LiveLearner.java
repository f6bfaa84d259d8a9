package dev.levitstream.operator;

import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One key's learner in memory, with the batch that is not full yet. */
final class LiveLearner {
    private final Learner learner;
    private final LearnerStore.Written written;
    private final List<Pending> pending = new ArrayList<>();
    private boolean dirty;
    private long flushAt;

    /**
     * One image of the batch.
     *
     * @param source as it came, for state and dead letters
     * @param frame decoded
     */
    record Pending(SourceRecord source, Frame frame) {}

    LiveLearner(Learner learner, LearnerStore.Written written) {
        this.learner = learner;
        this.written = written;
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

    List<LabelledImage> images() {
        return pending.stream().map(image -> image.frame().image()).toList();
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

    /** When the waiting batch's timer fires, in processing time; 0 for no timer. */
    long flushAt() {
        return flushAt;
    }

    void setFlushAt(long time) {
        flushAt = time;
    }
}
