package dev.levitstream.operator;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.schema.MalformedRecordException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One key's learner in memory, with the images that wait for it. */
final class LiveLearner {
    private final Learner learner;
    private final LearnerStore.Written written;
    private final ImageTrail trail;
    private final List<Pending> pending = new ArrayList<>();
    /** What was answered to the first that wait. */
    private final List<ImagePrediction> answers = new ArrayList<>();
    /** Labels that the learner knows or has room for. */
    private final Set<String> admitted = new HashSet<>();

    private KeyTimes times;
    private KeyStatus status;
    private boolean dirty;
    private int share = 1;

    /**
     * One image that waits.
     *
     * @param source as it came, for state and dead letters
     * @param frame decoded
     */
    record Pending(SourceRecord source, Frame frame) {}

    /** A learner with what its key's state holds besides. */
    LiveLearner(Learner learner, LearnerStore.Written written, KeyState state) throws Exception {
        this.learner = learner;
        this.written = written;
        this.trail = state.trail();
        this.times = state.times();
        this.status = state.status();
    }

    /** Pixels of images that wait. */
    static List<byte[]> pixels(List<Pending> waiting) {
        return waiting.stream().map(image -> image.frame().pixels()).toList();
    }

    Learner learner() {
        return learner;
    }

    LearnerStore.Written written() {
        return written;
    }

    /** The images that the learner has observed last. */
    ImageTrail trail() {
        return trail;
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

    /** Images that are not answered yet, up to the {@code end}-th that waits. */
    List<Pending> unanswered(int end) {
        return List.copyOf(pending.subList(status.answered(), end));
    }

    /** Event time of the key's image that came last, whether answered or not (epoch milliseconds); 0 for none. */
    long lastSeen() {
        return pending.isEmpty()
                ? times.lastEventTime()
                : pending.get(pending.size() - 1).frame().eventTime();
    }

    /** Takes all images out. */
    List<Pending> takeAll() {
        List<Pending> all = List.copyOf(pending);
        pending.clear();
        answers.clear();
        all.forEach(image -> times = times.answered(image.frame().eventTime()));
        return all;
    }

    void add(Pending image) {
        pending.add(image);
        dirty = true;
    }

    /** Takes note of the answer to the next image that waits. */
    void answered(Pending image, ImagePrediction answer) {
        answers.add(answer);
        status = status.withAnswered(status.answered() + 1);
        times = times.answered(image.frame().eventTime());
    }

    /** The first {@code count} images, all answered, go into the learner. */
    void begin(int count) throws Exception {
        List<LabelledImage> images = new ArrayList<>();
        for (Pending image : pending.subList(0, count)) {
            images.add(image.frame().image());
            trail.add(
                    new ImageTrail.Image(image.frame().imageId(), image.frame().eventTime()));
        }
        List<ImagePrediction> predictions = List.copyOf(answers.subList(0, count));
        pending.subList(0, count).clear();
        answers.subList(0, count).clear();
        status = status.withAnswered(status.answered() - count);
        times = times.begun();
        Learning.observe(learner, images, predictions);
        share = (int) Math.min(Integer.MAX_VALUE, (learner.describe().queuedWork() + count - 1) / count);
    }

    /** Answers anew what was answered before a restore, to the same bits. */
    void answerAgain() {
        answers.addAll(learner.predict(pixels(pending.subList(0, status.answered()))));
    }

    /** Whether work is left for the latest batch. */
    boolean isLearning() {
        return learner.nextWork().isPresent();
    }

    /** Units of work that each record of an overloaded key does, so that all is done when the next batch is full. */
    int share() {
        return share;
    }

    /** Its learner has failed: what it was about to learn is given up. */
    void fail() {
        learner.abandon();
        pending.subList(0, status.answered()).clear();
        answers.clear();
        status = status.failed();
        times = times.begun();
        dirty = true;
    }

    /**
     * Checks that an image can join those that wait: all their labels together must find room in the learner.
     *
     * @throws MalformedRecordException if its label finds none
     */
    void requireRoom(SourceRecord source, Frame frame, LearnerOptions options) {
        String label = frame.label();
        if (label == null || status.quarantined()) {
            return;
        }
        if (!admitted.contains(label)) {
            admitted.addAll(learner.describe().labels());
            pending.forEach(image -> image.frame().image().label().ifPresent(admitted::add));
            if (!admitted.contains(label) && admitted.size() >= options.labelBound()) {
                throw new MalformedRecordException(source.topic(), "label", label, options.labelRule());
            }
            admitted.add(label);
        }
    }

    /** Whether state is behind. */
    boolean isDirty() {
        return dirty;
    }

    void setDirty(boolean behind) {
        dirty = behind;
    }

    KeyStatus status() {
        return status;
    }

    void setStatus(KeyStatus now) {
        status = now;
        dirty = true;
    }

    KeyTimes times() {
        return times;
    }

    void setTimes(KeyTimes now) {
        times = now;
    }
}
