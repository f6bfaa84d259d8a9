package dev.levitstream.learner.change;

import dev.levitstream.common.Randomness;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Compares the newest images with the whole life of their world: a crossfade or a dusk changes the past that
 * {@link TwoSampleTest} looks back on along with the newest. A life is known by {@value #MOST} images at most, drawn
 * from all with equal chances (reservoir sampling, Vitter 1985), for those at equal distances may all show one half of
 * a stream that alternates.
 *
 * <p>Once the world is older than that past, every {@value #PERIOD} images the newest {@value #NEWEST} of them are a
 * test, whose false-alarm probability is as much larger than that of a test every {@value ChangeDetector#EVERY} images.
 * For a burst of odd images is no world, the older half of them must speak for a change by itself, and the newer half,
 * and the first and last quarter together: one of these is without the burst.
 */
final class SlowChangeTest {
    /** Images that are compared. */
    static final int NEWEST = 256;

    /** Images from test to test. */
    private static final int PERIOD = 512;

    private static final int MOST = 256;
    /** Images of a life from which on there is a test. */
    private static final int OLD = 2 * PERIOD;

    /** A half speaks for a change if it differs less likely than this. */
    private static final double DOUBT = 0.005;

    private static final long SEED = 2;

    /** Projections of images of all ages. */
    private List<float[]> life = new ArrayList<>();
    /** Images so far, without those that wait for the next test (count). */
    private long lived;

    private int waiting;

    /** One more image has come. */
    void add() {
        waiting++;
    }

    /**
     * Tests once enough images have come.
     *
     * @param running knows the newest images
     * @param falseAlarm probability of an alarm at a test every {@value ChangeDetector#EVERY} images
     * @return a change since the newest images
     */
    Optional<LastingChange> check(TwoSampleTest running, double falseAlarm) {
        if (waiting < PERIOD) {
            return Optional.empty();
        }
        Optional<LastingChange> change = lived < OLD ? Optional.empty() : change(running, falseAlarm);
        if (change.isEmpty()) {
            Numbered.vectors(running.newest(PERIOD)).forEach(this::keep);
            waiting = 0;
        }
        return change;
    }

    private Optional<LastingChange> change(TwoSampleTest running, double falseAlarm) {
        World before = world(running.whitening());
        World present = new World(before.whitening(), before.law().times(running.excess()), before.reference());
        List<float[]> newest = Numbered.vectors(running.newest(NEWEST));
        double probability = present.probability(newest);
        boolean isChange = probability < falseAlarm * PERIOD / ChangeDetector.EVERY
                && halves(newest).allMatch(half -> present.probability(half) <= DOUBT);
        return isChange ? Optional.of(new LastingChange(probability, NEWEST)) : Optional.empty();
    }

    private static Stream<List<float[]>> halves(List<float[]> newest) {
        List<float[]> outer = new ArrayList<>(newest.subList(0, NEWEST / 4));
        outer.addAll(newest.subList(NEWEST - NEWEST / 4, NEWEST));
        return Stream.of(newest.subList(0, NEWEST / 2), newest.subList(NEWEST / 2, NEWEST), outer);
    }

    private void keep(float[] projection) {
        lived++;
        if (life.size() < MOST) {
            life.add(projection);
            return;
        }
        long place = Randomness.at(SEED, Randomness.Purpose.ADMIT, lived).nextLong(lived);
        if (place < MOST) {
            life.set((int) place, projection);
        }
    }

    /** The world by its whole life but the newest images. */
    World world(Whitening whitening) {
        return new World(
                whitening, NullLaw.of(life.stream().map(whitening::whiten).toList()), List.copyOf(life));
    }

    void write(DataOutputStream out) throws IOException {
        World.writeAll(out, life);
        out.writeLong(lived);
        out.writeInt(waiting);
    }

    /** What {@link #write} wrote; a state of before begins a life. */
    static SlowChangeTest read(StateCodec.Input in) throws IOException {
        SlowChangeTest test = new SlowChangeTest();
        if (in.knowsSlowChanges()) {
            test.life = new ArrayList<>(World.readAll(in));
            test.lived = in.readLong();
            test.waiting = in.readInt();
        }
        return test;
    }
}
