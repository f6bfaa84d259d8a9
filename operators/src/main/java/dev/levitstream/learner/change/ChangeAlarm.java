package dev.levitstream.learner.change;

import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A {@link ChangeDetector}, and the alarm for a new world that it raised until somebody acts on it. A world that has
 * come back is no alarm.
 *
 * <p>Verdicts are in powers of ten: the distance is -log10 of the probability that a difference that large comes about
 * though nothing has changed, the threshold -log10 of the false-alarm probability.
 */
public final class ChangeAlarm {
    /** Larger distances cannot be told apart. */
    private static final double MOST = 300;

    private final ChangeDetector detector;
    private final double threshold;
    private Optional<Verdict> raised = Optional.empty();

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
        detector.observe(features)
                .filter(change -> !change.recurs())
                .map(change -> new Verdict(powers(change.probability()), threshold))
                .ifPresent(verdict -> raised = Optional.of(verdict));
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
    }

    /** Becomes what {@link #write} wrote. */
    public void read(StateCodec.Input in) throws IOException {
        detector.read(in);
        double distance = in.readDouble();
        raised = Double.isNaN(distance) ? Optional.empty() : Optional.of(new Verdict(distance, threshold));
    }
}
