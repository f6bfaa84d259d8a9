package dev.levitstream.learner.change;

import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A {@link ChangeDetector}, and the alarm for a new world that it raised until somebody acts on it. A world that has
 * come back and a camera that froze are told, and are no alarm.
 *
 * <p>Verdicts are in powers of ten: the distance is -log10 of the probability that a difference that large comes about
 * though nothing has changed, the threshold -log10 of the false-alarm probability.
 */
public final class ChangeAlarm {
    /** Images without a difference that a camera shows when it has frozen; a scene may stand still for a while. */
    private static final int FROZEN = 50;
    /** Larger distances cannot be told apart. */
    private static final double MOST = 300;

    private final ChangeDetector detector;
    private final double threshold;
    private Optional<Verdict> raised = Optional.empty();
    private final List<LearnerNotice> notices = new ArrayList<>();

    /**
     * An alarm that nothing has raised.
     *
     * @param projection of the features that will be observed; borrowed
     * @param falseAlarm probability of an alarm at one test while nothing changes, above 0 and at most 0.01
     * @param mostWorlds earlier worlds that are known again (count), at least 0
     */
    public ChangeAlarm(RandomProjection projection, double falseAlarm, int mostWorlds) {
        this.detector = new ChangeDetector(projection, falseAlarm, mostWorlds);
        this.threshold = powers(falseAlarm);
    }

    private static double powers(double probability) {
        return Math.min(MOST, -Math.log10(probability));
    }

    /** Takes in the features of the next image. */
    public void observe(float[] features) {
        detector.observe(features).ifPresent(change -> {
            if (change.recurs()) {
                notices.add(returned(change.probability(), change.images()));
            } else {
                raised = Optional.of(new Verdict(powers(change.probability()), threshold));
            }
        });
        if (detector.repeats() == FROZEN) {
            notices.add(frozen());
        }
    }

    private static LearnerNotice returned(double probability, long images) {
        return new LearnerNotice(
                LearnerNotice.Kind.WORLD_RETURNED,
                OptionalDouble.of(probability),
                images,
                "images are again as they were in an earlier world");
    }

    private static LearnerNotice frozen() {
        return new LearnerNotice(
                LearnerNotice.Kind.STREAM_FROZEN,
                OptionalDouble.empty(),
                FROZEN,
                "the latest " + FROZEN + " images hardly differ from one to the next");
    }

    /** What was noticed besides new worlds since this was last asked. */
    public List<LearnerNotice> takeNotices() {
        List<LearnerNotice> taken = List.copyOf(notices);
        notices.clear();
        return taken;
    }

    /** Whether a change of images would be told now; see {@link ChangeDetector#isWatching}. */
    public boolean isWatching() {
        return detector.isWatching();
    }

    /** Whether there is evidence for a change, be it enough or not yet. */
    public boolean suspects() {
        return detector.suspects() || raised.isPresent();
    }

    /** The alarm, if there is one; it is over with that. */
    public Optional<Verdict> take() {
        Optional<Verdict> taken = raised;
        raised = Optional.empty();
        return taken;
    }

    /** Somebody says that a world begins of which nothing is known. */
    public void restart() {
        detector.restart();
        raised = Optional.empty();
    }

    /**
     * Begins again where features are computed otherwise than before.
     *
     * @param features new ones of all images so far, in their order
     */
    public void seesAnew(List<float[]> features) {
        detector.forget();
        features.forEach(detector::observe);
    }

    public void write(DataOutputStream out) throws IOException {
        detector.write(out);
        out.writeDouble(raised.map(Verdict::distance).orElse(Double.NaN));
        out.writeInt(notices.size());
        for (LearnerNotice notice : notices) {
            out.writeDouble(notice.probability().orElse(Double.NaN));
            out.writeLong(notice.images());
        }
    }

    /** Becomes what {@link #write} wrote. */
    public void read(StateCodec.Input in) throws IOException {
        detector.read(in);
        double distance = in.readDouble();
        raised = Double.isNaN(distance) ? Optional.empty() : Optional.of(new Verdict(distance, threshold));
        int count = in.knowsScenes() ? in.readInt() : 0;
        for (int i = 0; i < count; i++) {
            double probability = in.readDouble();
            long images = in.readLong();
            notices.add(Double.isNaN(probability) ? frozen() : returned(probability, images));
        }
    }
}
