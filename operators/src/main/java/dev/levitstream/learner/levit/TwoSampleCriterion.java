package dev.levitstream.learner.levit;

import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.change.Change;
import dev.levitstream.learner.change.ChangeDetector;
import dev.levitstream.learner.common.ReplayMemory;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Whether the router's features of the newest images differ from those before more than chance allows
 * ({@link ChangeDetector}). A world that has come back is no reason to expand: its component is still there.
 *
 * <p>Verdicts are in powers of ten: the distance is -log10 of the probability that a difference that large comes about
 * though nothing has changed, the threshold -log10 of the false-alarm probability.
 *
 * <p>Ours, not the article's: a change of classes moves the mean of features in some direction, also where no single
 * image is harder to explain than before. Scale, threshold and evidence of the options play no part.
 */
final class TwoSampleCriterion implements ExpansionCriterion {
    /** Larger distances cannot be told apart. */
    private static final double MOST = 300;

    private final ChangeDetector detector;
    private final double threshold;
    /** Distance of a change that was noticed and is not acted on yet; NaN without one. */
    private double noticed = Double.NaN;

    TwoSampleCriterion(ChangeDetector detector, double falseAlarm) {
        this.detector = detector;
        this.threshold = distance(falseAlarm);
    }

    private static double distance(double probability) {
        return Math.min(MOST, -Math.log10(probability));
    }

    @Override
    public void observed(List<RoutingResult> batch, ComponentPool pool) {
        for (RoutingResult image : batch) {
            detector.observe(image.features())
                    .filter(change -> !change.recurs())
                    .map(Change::probability)
                    .ifPresent(probability -> noticed = distance(probability));
        }
    }

    @Override
    public Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool) {
        if (Double.isNaN(noticed)) {
            return Optional.empty();
        }
        Verdict verdict = new Verdict(noticed, threshold);
        noticed = Double.NaN;
        return Optional.of(verdict);
    }

    @Override
    public boolean suspects() {
        return detector.suspects() || !Double.isNaN(noticed);
    }

    /** The detector has begun a world with the change that it noticed; of one that somebody tells it knows nothing. */
    @Override
    public void expanded(boolean asked) {
        if (!asked) {
            detector.restart();
        }
        noticed = Double.NaN;
    }

    @Override
    public void seesAnew(List<float[]> features) {
        detector.forget();
        features.forEach(detector::observe);
    }

    @Override
    public void write(DataOutputStream out) throws IOException {
        detector.write(out);
        out.writeDouble(noticed);
    }

    @Override
    public void read(DataInputStream in) throws IOException {
        detector.read(in);
        noticed = in.readDouble();
    }
}
