package dev.levitstream.learner.change;

import dev.levitstream.common.Check;
import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.change.KnownWorlds.Known;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tells from the features of its images when a stream's world changes, and whether a world has come back.
 *
 * <p>The first {@value #FIRST} images of a world say what is usual in it. They are no part of the comparison, for they
 * fit their own covariance too well. From {@value TwoSampleTest#LEAST} images of past and a full window on, every
 * {@value #EVERY} images are a test. A change is reported once it is a {@link LastingChange}; one that comes too slowly
 * for that is told by a {@link SlowChangeTest}.
 *
 * <p>Images that hardly differ from the one before say nothing new and are left out: a camera that froze is no world.
 * Where a world's first images show that the stream goes from scene to scene, as a video does, its scenes are observed
 * in place of its images ({@link SceneChanges}), until images differ as if they were shuffled. Memory is bounded.
 */
public final class ChangeDetector {
    /** False-alarm probability of a test by default: z = 5 of a normal law, one-sided. */
    public static final double FALSE_ALARM = 3e-7;

    /** Images that say what is usual. */
    static final int FIRST = 300;

    /** Images from test to test. */
    static final int EVERY = 10;
    /** Images within which scenes must show, if there are any. */
    private static final int MOST_FIRST = 1368;

    private static final double SUSPICION = 0.02;
    /** An earlier world has come back unless it would look that odd less often than this. */
    private static final double RECURRENCE = 1e-3;

    private final RandomProjection projection;
    private final double falseAlarm;
    private final int mostWorlds;
    private final KnownWorlds<World> worlds;
    /** Projections of the first images of this world, until it is known whether they are of scenes. */
    private List<Numbered> first = new ArrayList<>();
    /** Takes the place of the test where images are of scenes. */
    private Optional<SceneChanges> scenes = Optional.empty();

    private Optional<TwoSampleTest> test = Optional.empty();
    private SlowChangeTest slow = new SlowChangeTest();
    private final Repeats repeats = new Repeats();
    private int sinceTest;
    /** Images so far, also those that were left out. */
    private long observed;
    /** What the learner calls the component that is active. */
    private int component;
    /** Of the latest test: of a difference that large if nothing has changed. */
    private double probability = 1;

    /**
     * @param projection of the features that will be observed; borrowed
     * @param falseAlarm probability of an alarm at one test while nothing changes, above 0 and at most 0.01
     * @param mostWorlds earlier worlds that are known again (count), at least 0; the oldest is forgotten first
     */
    public ChangeDetector(RandomProjection projection, double falseAlarm, int mostWorlds) {
        Check.that(falseAlarm > 0 && falseAlarm <= 0.01, "false-alarm", falseAlarm, "must be above 0, at most 0.01");
        Check.that(mostWorlds >= 0, "worlds", mostWorlds, "must be at least 0");
        this.projection = projection;
        this.falseAlarm = falseAlarm;
        this.mostWorlds = mostWorlds;
        this.worlds = new KnownWorlds<>(mostWorlds);
    }

    /**
     * Takes in the features of the next image.
     *
     * @param component that is active, by a number above 0: a world that comes back is told by that of its time
     * @return the change that is noticed now, if any
     */
    public Optional<Change> observe(float[] features, int component) {
        this.component = component;
        return observe(new Numbered(observed++, projection.of(features)));
    }

    private Optional<Change> observe(Numbered image) {
        if (repeats.add(image.vector(), test.map(TwoSampleTest::whitening))) {
            return Optional.empty();
        }
        if (scenes.isPresent()) {
            return observeScenes(scenes.get(), image);
        }
        if (!takeIn(image) || sinceTest < EVERY || !test.orElseThrow().isReady()) {
            return Optional.empty();
        }
        sinceTest = 0;
        return isUndecided() ? Optional.empty() : check(test.orElseThrow(), image.number());
    }

    /**
     * Takes in an image, be it one that says what is usual or one that is compared.
     *
     * @return whether it is compared
     */
    private boolean takeIn(Numbered image) {
        if (test.isEmpty() || !first.isEmpty()) {
            first.add(image);
        }
        if (test.isPresent()) {
            test.get().add(image);
            slow.add();
            sinceTest++;
            return true;
        }
        if (first.size() == FIRST && !(looksLikeScenes() && showsScenes())) {
            test = Optional.of(new TwoSampleTest(Whitening.of(Numbered.vectors(first))));
        }
        return false;
    }

    private Optional<Change> observeScenes(SceneChanges running, Numbered image) {
        if (running.isOver()) {
            scenes = Optional.empty();
            restart();
            first.add(image);
            return Optional.empty();
        }
        return running.observe(image, component);
    }

    private boolean looksLikeScenes() {
        return SceneChanges.isLikely(Numbered.vectors(first));
    }

    /** Whether the first images look like scenes, but too few have ended to know: maybe only the scene has changed. */
    private boolean isUndecided() {
        if (first.isEmpty()) {
            return false;
        }
        if (first.size() >= MOST_FIRST || !looksLikeScenes()) {
            first = new ArrayList<>();
            return false;
        }
        showsScenes();
        return true;
    }

    /** Goes on by scenes if enough of them have ended. */
    private boolean showsScenes() {
        Optional<SceneChanges> found = SceneChanges.of(first, falseAlarm, mostWorlds);
        found.ifPresent(begun -> restart());
        scenes = found.or(() -> scenes);
        return found.isPresent();
    }

    /** @param number of the latest image */
    private Optional<Change> check(TwoSampleTest running, long number) {
        probability = running.probability();
        Optional<LastingChange> sudden =
                suspects() ? LastingChange.of(running, probability, falseAlarm) : Optional.empty();
        if (sudden.isPresent()) {
            return sudden.map(change -> begun(running, change, running.world(change.since()), number));
        }
        return slow.check(running, falseAlarm)
                .map(change -> begun(running, change, slow.world(running.whitening()), number));
    }

    private Change begun(TwoSampleTest running, LastingChange found, World ended, long number) {
        int since = found.since();
        List<Numbered> newest = running.newest(since);
        Numbered began = newest.get(0);
        Optional<Known<World>> known =
                worlds.likeliest(world -> world.probability(Numbered.vectors(newest)), RECURRENCE);
        Evidence evidence = Change.evidence(
                found.probability(),
                began.isKnown() ? number - began.number() + 1 : since,
                running.whitenedBefore(since),
                running.whitenedNewest(since),
                number);
        worlds.change(ended, component, known);
        begin();
        if (known.isPresent()) {
            test = Optional.of(known.get().world().resumed(newest));
        } else {
            newest.forEach(this::goOn);
        }
        return Change.of(evidence, known);
    }

    private void goOn(Numbered image) {
        if (scenes.isPresent()) {
            scenes.get().observe(image, component);
        } else {
            takeIn(image);
        }
    }

    /** Begins a world of which nothing is known, as when somebody says that the world has changed. */
    public void restart() {
        scenes.ifPresent(SceneChanges::restart);
        worlds.leave();
        begin();
    }

    /** One component answers for another's worlds from now on. */
    public void merged(int kept, int gone) {
        worlds.merged(kept, gone);
        scenes.ifPresent(changes -> changes.merged(kept, gone));
    }

    private void begin() {
        first = new ArrayList<>();
        test = Optional.empty();
        slow = new SlowChangeTest();
        sinceTest = 0;
        probability = 1;
    }

    /**
     * Forgets all worlds and begins again where features are computed otherwise than before.
     *
     * @param features new ones of all images so far, in their order; where some are missing it is not known which
     *     images they are of
     */
    public void seesAnew(List<float[]> features) {
        worlds.clear();
        scenes = Optional.empty();
        repeats.forget();
        restart();
        boolean areAll = features.size() == observed;
        for (int i = 0; i < features.size(); i++) {
            observe(new Numbered(areAll ? i : Numbered.UNKNOWN, projection.of(features.get(i))));
        }
    }

    /**
     * Whether a change would be told now, image by image: not before enough of a world was seen, and not in a video,
     * whose scenes are few.
     */
    public boolean isWatching() {
        return scenes.isEmpty()
                && first.isEmpty()
                && test.map(TwoSampleTest::isReady).orElse(false);
    }

    /** How many of the latest images hardly differ from the one before, without a break (count). */
    public long repeats() {
        return repeats.count();
    }

    /** Whether there is some evidence for a change. */
    public boolean suspects() {
        return scenes.map(SceneChanges::suspects).orElse(probability < SUSPICION);
    }

    public void write(DataOutputStream out) throws IOException {
        worlds.write(out, world -> world.write(out));
        World.writeAll(out, Numbered.vectors(first));
        World.writeAll(out, List.of(repeats.latest()));
        out.writeInt(sinceTest);
        out.writeDouble(probability);
        out.writeBoolean(test.isPresent());
        if (test.isPresent()) {
            test.get().write(out);
        }
        out.writeBoolean(scenes.isPresent());
        if (scenes.isPresent()) {
            scenes.get().write(out);
        }
        out.writeLong(repeats.count());
        writeSlowChanges(out);
    }

    /** What was added to the format later, at the end of the rest. */
    void writeSlowChanges(DataOutputStream out) throws IOException {
        slow.write(out);
    }

    /** Becomes what {@link #write} wrote. */
    public void read(StateCodec.Input in) throws IOException {
        worlds.read(in, World::read);
        first = new ArrayList<>(Numbered.unknown(World.readAll(in)));
        float[] latest = World.readAll(in).get(0);
        sinceTest = in.readInt();
        probability = in.readDouble();
        test = in.readBoolean() ? Optional.of(TwoSampleTest.read(in)) : Optional.empty();
        scenes = in.knowsScenes() && in.readBoolean()
                ? Optional.of(SceneChanges.read(in, falseAlarm, mostWorlds))
                : Optional.empty();
        repeats.become(latest, in.knowsScenes() ? in.readLong() : 0);
        slow = SlowChangeTest.read(in);
    }

    /** What was added to the format later. */
    void writeNumbers(DataOutputStream out) throws IOException {
        out.writeLong(observed);
        worlds.writeComponents(out);
        Numbered.writeNumbers(out, first);
        if (test.isPresent()) {
            test.get().writeNumbers(out);
        }
        if (scenes.isPresent()) {
            scenes.get().writeNumbers(out);
        }
    }

    void readNumbers(StateCodec.Input in) throws IOException {
        observed = in.readLong();
        worlds.readComponents(in);
        first = new ArrayList<>(Numbered.readNumbers(in, first));
        if (test.isPresent()) {
            test.get().readNumbers(in);
        }
        if (scenes.isPresent()) {
            scenes.get().readNumbers(in);
        }
    }
}
