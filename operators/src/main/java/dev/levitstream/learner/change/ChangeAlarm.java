package dev.levitstream.learner.change;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

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
    /** Stands for no component where state is written. */
    private static final int NO_COMPONENT = 0;

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

    /**
     * Takes in the features of the next image.
     *
     * @param component id of the one that is active, above 0: a world that comes back is told by that of its time
     */
    public void observe(float[] features, int component) {
        raised = raised.map(Verdict::later);
        notices.replaceAll(LearnerNotice::later);
        detector.observe(features, component).ifPresent(change -> {
            Evidence evidence = change.evidence();
            if (change.recurs()) {
                notices.add(returned(evidence, change.component()));
            } else {
                double distance = powers(evidence.probability().orElseThrow());
                raised = Optional.of(new Verdict(distance, threshold, Optional.of(evidence)));
            }
        });
        if (detector.repeats() == FROZEN) {
            notices.add(frozen(FROZEN));
        }
    }

    private static LearnerNotice returned(Evidence evidence, OptionalInt component) {
        return new LearnerNotice(
                LearnerNotice.Kind.WORLD_RETURNED,
                Optional.of(evidence),
                component,
                "images are again as they were in an earlier world");
    }

    private static LearnerNotice frozen(long images) {
        return new LearnerNotice(
                LearnerNotice.Kind.STREAM_FROZEN,
                Optional.of(new Evidence(OptionalDouble.empty(), images)),
                OptionalInt.empty(),
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

    /** One component answers for another's worlds from now on; ids of both. */
    public void merged(int kept, int gone) {
        detector.merged(kept, gone);
    }

    /**
     * Begins again where features are computed otherwise than before.
     *
     * @param features new ones of all images so far, in their order
     */
    public void seesAnew(List<float[]> features) {
        detector.seesAnew(features);
    }

    public void write(DataOutputStream out) throws IOException {
        detector.write(out);
        writeUntaken(out);
        writeEvidence(out);
    }

    /** What was told and not taken yet. */
    void writeUntaken(DataOutputStream out) throws IOException {
        out.writeDouble(raised.map(Verdict::distance).orElse(Double.NaN));
        out.writeInt(notices.size());
        for (LearnerNotice notice : notices) {
            Evidence evidence = notice.evidence().orElseThrow();
            out.writeDouble(evidence.probability().orElse(Double.NaN));
            out.writeLong(evidence.images());
        }
    }

    /** What was added to the format later, the last of what the detector writes. */
    void writeSlowChanges(DataOutputStream out) throws IOException {
        detector.writeSlowChanges(out);
    }

    /** What was added to the format later. */
    void writeEvidence(DataOutputStream out) throws IOException {
        detector.writeNumbers(out);
        Optional<Evidence> evidence = raised.flatMap(Verdict::evidence);
        out.writeBoolean(evidence.isPresent());
        if (evidence.isPresent()) {
            out.writeDouble(evidence.get().probability().orElseThrow());
            out.writeLong(evidence.get().images());
            writeTypical(out, evidence.get());
        }
        for (LearnerNotice notice : notices) {
            writeTypical(out, notice.evidence().orElseThrow());
            out.writeInt(notice.component().orElse(NO_COMPONENT));
        }
    }

    private static void writeTypical(DataOutputStream out, Evidence evidence) throws IOException {
        for (List<Long> ages : List.of(evidence.typicalBefore(), evidence.typicalAfter())) {
            out.writeInt(ages.size());
            for (long age : ages) {
                out.writeLong(age);
            }
        }
    }

    /** Becomes what {@link #write} wrote. */
    public void read(StateCodec.Input in) throws IOException {
        detector.read(in);
        double distance = in.readDouble();
        int count = in.knowsScenes() ? in.readInt() : 0;
        List<Evidence> told = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double probability = in.readDouble();
            told.add(new Evidence(
                    Double.isNaN(probability) ? OptionalDouble.empty() : OptionalDouble.of(probability),
                    in.readLong()));
        }
        Optional<Evidence> evidence = Optional.empty();
        if (in.knowsEvidence()) {
            detector.readNumbers(in);
            evidence = in.readBoolean()
                    ? Optional.of(readTypical(in, new Evidence(OptionalDouble.of(in.readDouble()), in.readLong())))
                    : Optional.empty();
        }
        raised = Double.isNaN(distance) ? Optional.empty() : Optional.of(new Verdict(distance, threshold, evidence));
        for (Evidence one : told) {
            Evidence whole = in.knowsEvidence() ? readTypical(in, one) : one;
            int component = in.knowsEvidence() ? in.readInt() : NO_COMPONENT;
            notices.add(
                    whole.probability().isEmpty()
                            ? frozen(whole.images())
                            : returned(
                                    whole,
                                    component == NO_COMPONENT ? OptionalInt.empty() : OptionalInt.of(component)));
        }
    }

    private static Evidence readTypical(StateCodec.Input in, Evidence evidence) throws IOException {
        return new Evidence(evidence.probability(), evidence.images(), readAges(in), readAges(in));
    }

    private static List<Long> readAges(StateCodec.Input in) throws IOException {
        int count = in.readInt();
        List<Long> ages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ages.add(in.readLong());
        }
        return ages;
    }
}
