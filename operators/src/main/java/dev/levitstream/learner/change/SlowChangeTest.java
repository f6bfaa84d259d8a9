package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Compares the newest images with the whole life of their world: a crossfade or a dusk changes the past that
 * {@link TwoSampleTest} looks back on along with the newest. Of a life {@value #MOST} images at most are kept, one in
 * so many that doubles as it grows longer.
 *
 * <p>Once the world is older than that past, every {@value #NEWEST} images are a test, whose false-alarm probability is
 * as much larger than that of a test every {@value ChangeDetector#EVERY} images. Every quarter of the newest images
 * must speak for a change by itself, for a burst of odd ones is no world.
 */
final class SlowChangeTest {
    /** Images that are compared, and images from test to test. */
    static final int NEWEST = 256;

    private static final int MOST = 256;
    /** Images of a life from which on there is a test. */
    private static final int OLD = 4 * NEWEST;

    private static final int PARTS = 4;
    /** A part speaks for a change if it differs less likely than this. */
    private static final double DOUBT = 0.005;

    private static final double MOST_FALSE_ALARM = 1e-3;

    /** Projections, oldest first. */
    private List<float[]> life = new ArrayList<>();
    /** One image in so many is kept. */
    private int distance = 1;
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
        if (waiting < NEWEST) {
            return Optional.empty();
        }
        List<float[]> newest = Numbered.vectors(running.newest(NEWEST));
        Optional<LastingChange> change = lived < OLD ? Optional.empty() : change(newest, running, falseAlarm);
        if (change.isEmpty()) {
            newest.forEach(this::keep);
            waiting = 0;
        }
        return change;
    }

    private Optional<LastingChange> change(List<float[]> newest, TwoSampleTest running, double falseAlarm) {
        World before = world(running.whitening());
        World present = new World(before.whitening(), before.law().times(running.excess()), before.reference());
        double probability = present.probability(newest);
        double alarm = Math.min(MOST_FALSE_ALARM, falseAlarm * NEWEST / ChangeDetector.EVERY);
        boolean isChange = probability < alarm
                && IntStream.range(0, PARTS).allMatch(part -> present.probability(part(newest, part)) <= DOUBT);
        return isChange ? Optional.of(new LastingChange(probability, NEWEST)) : Optional.empty();
    }

    private static List<float[]> part(List<float[]> newest, int part) {
        return newest.subList(part * NEWEST / PARTS, (part + 1) * NEWEST / PARTS);
    }

    private void keep(float[] projection) {
        if (lived++ % distance != 0) {
            return;
        }
        if (life.size() == MOST) {
            List<float[]> all = life;
            life = new ArrayList<>();
            for (int i = 0; i < MOST; i += 2) {
                life.add(all.get(i));
            }
            distance *= 2;
        }
        life.add(projection);
    }

    /** The world by its whole life but the newest images. */
    World world(Whitening whitening) {
        return new World(
                whitening, NullLaw.of(life.stream().map(whitening::whiten).toList()), List.copyOf(life));
    }

    void write(DataOutputStream out) throws IOException {
        World.writeAll(out, life);
        out.writeInt(distance);
        out.writeLong(lived);
        out.writeInt(waiting);
    }

    /** What {@link #write} wrote; a state of before begins a life. */
    static SlowChangeTest read(StateCodec.Input in) throws IOException {
        SlowChangeTest test = new SlowChangeTest();
        if (in.knowsSlowChanges()) {
            test.life = new ArrayList<>(World.readAll(in));
            test.distance = in.readInt();
            test.lived = in.readLong();
            test.waiting = in.readInt();
        }
        return test;
    }
}
