package dev.levitstream.learner.change;

import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.change.KnownWorlds.Known;
import dev.levitstream.learner.change.SceneSplitter.Ended;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Tells when the set of scenes of a video-like stream changes. A scene is one observation, however long it lasts
 * ({@link SceneSplitter}); the newest are compared with up to {@value #MOST} ({@link SceneTest}), which thin out
 * towards the past, evenly, once there are more. There is a test from {@value SceneTest#LEAST_BEFORE} +
 * {@value SceneTest#LEAST_NEWEST} scenes on.
 *
 * <p>The false-alarm probability is that of a test every ten images, so that of a test per scene is larger by its
 * images; and {@value #BOLDER} times as large again, for scenes are few and their law, unlike that of images, holds
 * however few there are.
 */
final class SceneChanges {
    private static final int MOST = 256;
    /** Most scenes on the newer side. */
    private static final int WINDOW = 128;
    /** Scenes that a world is known by. */
    private static final int SAMPLE = 64;
    /** Scenes before a change among which some are typical: those longer ago are hardly to be found any more. */
    private static final int BEFORE = 16;
    /** Tests are as often as makes them one in so many scenes. */
    private static final int OFTEN = 64;
    /** Independent splits among those that are tried. */
    private static final double SPLITS = 10;

    private static final double SUSPICION = 0.02;
    /** A false alarm is so many times as likely as among images, per image. */
    private static final int BOLDER = 30;
    /** An earlier world has come back unless it would look that odd less often than this. */
    private static final double RECURRENCE = 0.05;

    /** Largest false-alarm probability of a test. */
    private static final double MOST_FALSE_ALARM = 1e-3;
    /** Scenes by which it is known how many images they have. */
    private static final int NEWEST = 16;
    /** A scene is longer than others if it has more images than this ... */
    private static final int LEAST_LONG = 500;
    /** ... and so many times theirs. */
    private static final int LONG = 5;

    /** How much larger the variance of all images than that of steps between neighbours is in a video, at least. */
    private static final double LEAST_SPREAD = 1.5;
    /** Scenes that ended before a stream is known to have scenes. */
    private static final int LEAST_CUTS = 2;

    private final double falseAlarm;
    private final SceneSplitter splitter;
    private List<Scene> scenes = new ArrayList<>();
    /** Scenes of earlier worlds. */
    private final KnownWorlds<List<float[]>> worlds;

    private long images;
    /** Images before the scene that lasts. */
    private long start;
    /** Scenes of this world that were thinned out. */
    private int dropped;

    private int sinceTest;
    private double probability = 1;

    /**
     * An observation.
     *
     * @param shown what was seen of it
     * @param start images before it (count), those not counted that were left out
     */
    private record Scene(Ended shown, long start) {
        /** Of which no image is known. */
        static Scene of(float[] mean, long start) {
            return new Scene(new Ended(mean, Numbered.UNKNOWN, Numbered.UNKNOWN), start);
        }
    }

    private SceneChanges(SceneSplitter splitter, double falseAlarm, int mostWorlds) {
        this.splitter = splitter;
        this.falseAlarm = falseAlarm;
        this.worlds = new KnownWorlds<>(mostWorlds);
    }

    /**
     * Whether neighbours among images are much nearer than others: mean_t |z_t|^2 / d of all, with z whitened by the
     * steps between neighbours; about 1 where images are shuffled, whatever they are.
     */
    static boolean isLikely(List<float[]> images) {
        Whitening steps = Covariance.ofSteps(images).whitening(Covariance.mean(images), 1e-3);
        double sum = 0;
        for (float[] y : images) {
            sum += steps.squaredDistance(y, steps.mean());
        }
        return sum / images.size() / RandomProjection.SIZE >= LEAST_SPREAD;
    }

    /** The scenes of a stream's first images; none if they do not show any. */
    static Optional<SceneChanges> of(List<Numbered> images, double falseAlarm, int mostWorlds) {
        SceneSplitter splitter = new SceneSplitter(Numbered.vectors(images));
        SceneChanges changes = new SceneChanges(splitter, falseAlarm, mostWorlds);
        images.forEach(changes::take);
        return changes.scenes.size() < LEAST_CUTS ? Optional.empty() : Optional.of(changes);
    }

    /** Whether a scene has ended with the image before this one. */
    private boolean take(Numbered image) {
        Optional<Ended> ended = splitter.add(image);
        images++;
        ended.ifPresent(shown -> {
            scenes.add(new Scene(shown, start));
            start = images;
        });
        if (scenes.size() > MOST) {
            scenes.remove(dropped % (MOST - WINDOW) * 37 % (MOST - WINDOW)); // each place in turn
            dropped++;
        }
        return ended.isPresent();
    }

    /** Whether images are shuffled again, so that what is taken for a scene has no end. */
    boolean isOver() {
        return images - start > Math.max(LEAST_LONG, LONG * imagesPerScene()) && splitter.isRestless();
    }

    private double imagesPerScene() {
        int newest = Math.min(scenes.size(), NEWEST);
        return newest == 0 ? 0 : (double) (start - scenes.get(scenes.size() - newest).start) / newest;
    }

    /**
     * Takes in the projection of the next image.
     *
     * @param component that is active
     */
    Optional<Change> observe(Numbered image, int component) {
        if (!take(image)) {
            return Optional.empty();
        }
        sinceTest++;
        int count = scenes.size();
        boolean isDue = sinceTest * OFTEN >= count;
        if (!isDue || count < SceneTest.LEAST_BEFORE + SceneTest.LEAST_NEWEST) {
            return Optional.empty();
        }
        sinceTest = 0;
        SceneTest test = new SceneTest(means(scenes));
        int since = test.sinceChange(WINDOW);
        probability = Math.min(1, SPLITS * test.probability(since));
        if (probability >= alarm() || !test.lasts(since)) {
            return Optional.empty();
        }
        Evidence evidence = evidence(test.whitened(), since, image.number());
        return Optional.of(Change.of(evidence, endWorld(since, component)));
    }

    /** The false-alarm probability of one test. */
    private double alarm() {
        return Math.min(MOST_FALSE_ALARM, falseAlarm * BOLDER * Math.max(1, imagesPerScene() / ChangeDetector.EVERY));
    }

    /**
     * What speaks for a change.
     *
     * @param whitened means of all scenes
     * @param since scenes that have come since (count)
     * @param number of the latest image
     */
    private Evidence evidence(List<float[]> whitened, int since, long number) {
        int split = scenes.size() - since;
        Scene began = scenes.get(split);
        List<Numbered> typical = IntStream.range(0, scenes.size())
                .mapToObj(i -> new Numbered(scenes.get(i).shown.middle(), whitened.get(i)))
                .toList();
        return Change.evidence(
                probability,
                began.shown.first() == Numbered.UNKNOWN ? images - began.start : number - began.shown.first() + 1,
                typical.subList(Math.max(0, split - BEFORE), split),
                typical.subList(split, typical.size()),
                number);
    }

    /**
     * The present world ends with the newest scenes.
     *
     * @return the world that has come back, if one has
     */
    private Optional<Known<List<float[]>>> endWorld(int since, int component) {
        int before = scenes.size() - since;
        List<Scene> newest = new ArrayList<>(scenes.subList(before, scenes.size()));
        Optional<Known<List<float[]>>> known = worlds.likeliest(world -> likelihood(world, means(newest)), RECURRENCE);
        worlds.change(sample(before), component, known);
        begin();
        known.ifPresent(returned -> returned.world().forEach(mean -> scenes.add(Scene.of(mean, newest.get(0).start))));
        scenes.addAll(newest);
        return known;
    }

    private static double likelihood(List<float[]> world, List<float[]> newest) {
        List<float[]> all = new ArrayList<>(world);
        all.addAll(newest);
        return new SceneTest(all).probability(newest.size());
    }

    private static List<float[]> means(List<Scene> scenes) {
        return scenes.stream().map(scene -> scene.shown.mean()).toList();
    }

    /** At most {@value #SAMPLE} of the first scenes, evenly spaced. */
    private List<float[]> sample(int of) {
        int size = Math.min(of, SAMPLE);
        return IntStream.range(0, size)
                .mapToObj(i -> scenes.get((int) ((long) i * of / size)).shown.mean())
                .toList();
    }

    /** Begins a world of which nothing is known; the scene that lasts goes on. */
    void restart() {
        worlds.leave();
        begin();
    }

    private void begin() {
        scenes = new ArrayList<>();
        sinceTest = 0;
        dropped = 0;
        probability = 1;
    }

    boolean suspects() {
        return probability < SUSPICION;
    }

    void write(DataOutputStream out) throws IOException {
        splitter.write(out);
        World.writeAll(out, means(scenes));
        for (Scene scene : scenes) {
            out.writeLong(scene.start);
        }
        worlds.write(out, world -> World.writeAll(out, world));
        out.writeLong(images);
        out.writeLong(start);
        out.writeInt(dropped);
        out.writeInt(sinceTest);
        out.writeDouble(probability);
    }

    static SceneChanges read(StateCodec.Input in, double falseAlarm, int mostWorlds) throws IOException {
        SceneChanges changes = new SceneChanges(SceneSplitter.read(in), falseAlarm, mostWorlds);
        for (float[] mean : World.readAll(in)) {
            changes.scenes.add(Scene.of(mean, in.readLong()));
        }
        changes.worlds.read(in, World::readAll);
        changes.images = in.readLong();
        changes.start = in.readLong();
        changes.dropped = in.readInt();
        changes.sinceTest = in.readInt();
        changes.probability = in.readDouble();
        return changes;
    }

    /** One component answers for another's worlds from now on. */
    void merged(int kept, int gone) {
        worlds.merged(kept, gone);
    }

    /** What was added to the format later. */
    void writeNumbers(DataOutputStream out) throws IOException {
        splitter.writeNumbers(out);
        worlds.writeComponents(out);
        for (Scene scene : scenes) {
            out.writeLong(scene.shown.first());
            out.writeLong(scene.shown.last());
        }
    }

    void readNumbers(StateCodec.Input in) throws IOException {
        splitter.readNumbers(in);
        worlds.readComponents(in);
        for (int i = 0; i < scenes.size(); i++) {
            Scene scene = scenes.get(i);
            scenes.set(i, new Scene(new Ended(scene.shown.mean(), in.readLong(), in.readLong()), scene.start));
        }
    }
}
