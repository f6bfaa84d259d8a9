package dev.levitstream.learner.change;

import java.io.DataInputStream;
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
 * images.
 */
final class SceneChanges {
    private static final int MOST = 256;
    /** Most scenes on the newer side. */
    private static final int WINDOW = 128;
    /** Scenes that a world is known by. */
    private static final int SAMPLE = 64;
    /** Tests are as often as makes them one in so many scenes. */
    private static final int OFTEN = 64;
    /** Independent splits among those that are tried. */
    private static final double SPLITS = 10;

    private static final double SUSPICION = 0.02;
    /** The newest half speaks for a change if it differs less likely than this. */
    private static final double DOUBT = 0.05;
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

    private static final int NO_WORLD = -1;

    /** How much larger the variance of all images than that of steps between neighbours is in a video, at least. */
    private static final double LEAST_SPREAD = 1.5;
    /** Scenes that ended before a stream is known to have scenes. */
    private static final int LEAST_CUTS = 2;

    private final double falseAlarm;
    private final int mostWorlds;
    private final SceneSplitter splitter;
    private List<Scene> scenes = new ArrayList<>();
    /** Scenes of earlier worlds. */
    private final List<List<float[]>> worlds = new ArrayList<>();

    private int current = NO_WORLD;
    private long images;
    /** Images before the scene that lasts. */
    private long start;
    /** Scenes of this world that were thinned out. */
    private int dropped;

    private int sinceTest;
    private double probability = 1;

    /** A scene that ended: its mean, and the images before it (count). */
    private record Scene(float[] mean, long start) {}

    private SceneChanges(SceneSplitter splitter, double falseAlarm, int mostWorlds) {
        this.splitter = splitter;
        this.falseAlarm = falseAlarm;
        this.mostWorlds = mostWorlds;
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
    static Optional<SceneChanges> of(List<float[]> images, double falseAlarm, int mostWorlds) {
        SceneChanges changes = new SceneChanges(new SceneSplitter(images), falseAlarm, mostWorlds);
        images.forEach(changes::take);
        return changes.scenes.size() < LEAST_CUTS ? Optional.empty() : Optional.of(changes);
    }

    /** Whether a scene has ended with the image before this one. */
    private boolean take(float[] projection) {
        Optional<float[]> ended = splitter.add(projection);
        images++;
        ended.ifPresent(mean -> {
            scenes.add(new Scene(mean, start));
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

    /** Takes in the next image. */
    Optional<Change> observe(float[] projection) {
        if (!take(projection)) {
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
        if (probability >= alarm() || test.probability(since / 2) > DOUBT) {
            return Optional.empty();
        }
        return Optional.of(change(since));
    }

    /** The false-alarm probability of one test. */
    private double alarm() {
        return Math.min(MOST_FALSE_ALARM, falseAlarm * Math.max(1, imagesPerScene() / ChangeDetector.EVERY));
    }

    /** The present world ends with the newest scenes. */
    private Change change(int since) {
        int before = scenes.size() - since;
        List<Scene> newest = new ArrayList<>(scenes.subList(before, scenes.size()));
        Optional<List<float[]>> known = recurring(means(newest));
        Change change = new Change(probability, (int) (images - newest.get(0).start), known.isPresent());
        remember(sample(before), known);
        restart();
        if (known.isPresent()) {
            known.get().forEach(mean -> scenes.add(new Scene(mean, newest.get(0).start)));
            current = worlds.indexOf(known.get());
        }
        scenes.addAll(newest);
        return change;
    }

    private static List<float[]> means(List<Scene> scenes) {
        return scenes.stream().map(Scene::mean).toList();
    }

    /** At most {@value #SAMPLE} of the first scenes, evenly spaced. */
    private List<float[]> sample(int of) {
        int size = Math.min(of, SAMPLE);
        return IntStream.range(0, size)
                .mapToObj(i -> scenes.get((int) ((long) i * of / size)).mean)
                .toList();
    }

    /** The earlier world that scenes are likeliest of; none if they are of none. */
    private Optional<List<float[]>> recurring(List<float[]> newest) {
        Optional<List<float[]>> best = Optional.empty();
        double largest = RECURRENCE;
        for (int w = 0; w < worlds.size(); w++) {
            List<float[]> all = new ArrayList<>(worlds.get(w));
            all.addAll(newest);
            double likely = w == current ? 0 : new SceneTest(all).probability(newest.size());
            if (likely > largest) {
                largest = likely;
                best = Optional.of(worlds.get(w));
            }
        }
        return best;
    }

    /** If there is no room, the oldest world that is not needed now is forgotten. */
    private void remember(List<float[]> ended, Optional<List<float[]>> needed) {
        if (current != NO_WORLD) {
            worlds.set(current, ended);
            return;
        }
        worlds.add(ended);
        if (worlds.size() > mostWorlds) {
            boolean firstIsNeeded = needed.filter(worlds.get(0)::equals).isPresent();
            worlds.remove(firstIsNeeded ? 1 : 0);
        }
    }

    /** Begins a world of which nothing is known; the scene that lasts goes on. */
    void restart() {
        scenes = new ArrayList<>();
        current = NO_WORLD;
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
        out.writeInt(worlds.size());
        for (List<float[]> world : worlds) {
            World.writeAll(out, world);
        }
        out.writeInt(current);
        out.writeLong(images);
        out.writeLong(start);
        out.writeInt(dropped);
        out.writeInt(sinceTest);
        out.writeDouble(probability);
    }

    static SceneChanges read(DataInputStream in, double falseAlarm, int mostWorlds) throws IOException {
        SceneChanges changes = new SceneChanges(SceneSplitter.read(in), falseAlarm, mostWorlds);
        for (float[] mean : World.readAll(in)) {
            changes.scenes.add(new Scene(mean, in.readLong()));
        }
        int count = in.readInt();
        for (int w = 0; w < count; w++) {
            changes.worlds.add(World.readAll(in));
        }
        changes.current = in.readInt();
        changes.images = in.readLong();
        changes.start = in.readLong();
        changes.dropped = in.readInt();
        changes.sinceTest = in.readInt();
        changes.probability = in.readDouble();
        return changes;
    }
}
