package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a stream into scenes, runs of images that differ by jitter only, and makes one observation of each: its mean.
 *
 * <p>Distances are measured by the covariance of steps between neighbours ({@link Covariance#ofSteps}), where jitter is
 * small and another scene is far away. A scene ends when the mean of the newest b = {@value #BUFFER} images is further
 * from its own mean, of n images, than jitter q explains:
 *
 * <p>|p - m|^2 > q (1 / b + 1 / n + {@value #APART}),
 *
 * <p>where q is the mean squared distance of single images, of these if it is more than is usual. A scene that is close
 * to one of the {@value #MOST_RECENT} before it is that scene once more, and no observation. Metric and q follow the
 * stream.
 */
final class SceneSplitter {
    private static final int BUFFER = 8;
    private static final int MOST_RECENT = 8;
    /** Fewest images of a scene. */
    private static final int LEAST = 4;

    private static final double APART = 0.4;
    /** The same margin for a scene and the one just before, which is often the same, cut in two. */
    private static final double CONTINUED = 0.5;
    /** And for a scene and those further back. */
    private static final double SAME = 0.2;

    private static final double RIDGE = 0.3;
    /** Images after which the metric is made anew. */
    private static final int METRIC_PERIOD = 500;

    /** Share of one step in the metric. */
    private static final double STEP_RATE = 1 / 4000.0;
    /** Squared step, in q, of which 2 are usual, above which it leads to another scene. */
    private static final double LARGEST_STEP = 8;
    /** Of q, per scene: up faster than down, since too many scenes are worse than too few. */
    private static final double UP = 0.1;

    private static final double DOWN = 0.02;
    /** Jitter of a scene, in q, above which its images may be no scene. */
    private static final double RESTLESS = 1.1;

    private final Covariance steps;
    private Whitening metric;
    private int metricAge;
    /** q of the stream. */
    private double jitter = RandomProjection.SIZE;

    private float[] latest = new float[0];
    /** The newest images, not in the scene yet. */
    private List<Numbered> buffer = new ArrayList<>();

    private Scene scene = Scene.empty();
    /** Numbers of the scene's images. */
    private long firstNumber = Numbered.UNKNOWN;

    private long lastNumber = Numbered.UNKNOWN;
    /** The latest scenes that ended, by their end. */
    private final List<Scene> recent = new ArrayList<>();

    /**
     * A scene that ended.
     *
     * @param mean of its images
     * @param first number of its first image
     * @param last number of its last image
     */
    record Ended(float[] mean, long first, long last) {
        /** Number of the image in its middle. */
        long middle() {
            return first == Numbered.UNKNOWN ? first : first + (last - first) / 2;
        }
    }

    /**
     * @param mean of its images
     * @param jitter mean squared distance of an image
     * @param images count
     */
    private record Scene(float[] mean, double jitter, int images) {
        static Scene empty() {
            return new Scene(new float[RandomProjection.SIZE], 0, 0);
        }

        Scene and(float[] mean, double jitter, int images) {
            float[] both = new float[mean.length];
            double share = (double) images / (this.images + images);
            for (int i = 0; i < both.length; i++) {
                both[i] = (float) (this.mean[i] + share * (mean[i] - this.mean[i]));
            }
            return new Scene(both, this.jitter + share * (jitter - this.jitter), this.images + images);
        }
    }

    /** @param first projections that the metric is made of, at least two */
    SceneSplitter(List<float[]> first) {
        this(Covariance.ofSteps(first));
    }

    private SceneSplitter(Covariance steps) {
        this.steps = steps;
        this.metric = metric();
    }

    private Whitening metric() {
        return steps.whitening(new double[RandomProjection.SIZE], RIDGE);
    }

    /**
     * Takes in the projection of the next image.
     *
     * @return the scene that has ended before it, if one has and it is another than those before
     */
    Optional<Ended> add(Numbered image) {
        follow(image.vector());
        buffer.add(image);
        if (buffer.size() < BUFFER) {
            return Optional.empty();
        }
        float[] newest = mean(buffer);
        if (scene.images >= LEAST && apart(new Scene(newest, spread(newest), BUFFER), scene, APART) > 1) {
            int fresh = sinceCut();
            buffer.subList(0, BUFFER - fresh).forEach(this::join);
            buffer = new ArrayList<>(buffer.subList(BUFFER - fresh, BUFFER));
            return end();
        }
        join(buffer.remove(0));
        return Optional.empty();
    }

    /** Metric and jitter go with the stream. */
    private void follow(float[] projection) {
        boolean isWithinScene = latest.length > 0 && metric.squaredDistance(projection, latest) < LARGEST_STEP * jitter;
        if (isWithinScene) {
            steps.add(latest, projection, STEP_RATE);
            metricAge++;
        }
        latest = projection;
        if (metricAge == METRIC_PERIOD) {
            metric = metric();
            metricAge = 0;
        }
    }

    private static float[] mean(List<Numbered> images) {
        return Covariance.floats(Covariance.mean(Numbered.vectors(images)));
    }

    private void join(Numbered image) {
        double own = metric.squaredDistance(image.vector(), scene.mean) * scene.images / (scene.images + 1.0);
        firstNumber = scene.images == 0 ? image.number() : firstNumber;
        lastNumber = image.number();
        scene = scene.and(image.vector(), own, 1);
    }

    /** Mean squared distance of the newest images from their mean, without bias. */
    private double spread(float[] mean) {
        double sum = 0;
        for (Numbered image : buffer) {
            sum += metric.squaredDistance(image.vector(), mean);
        }
        return sum / (BUFFER - 1);
    }

    /** Squared distance of two scenes in units of the largest that jitter explains, that of the stream or their own. */
    private double apart(Scene a, Scene b, double margin) {
        double largest = Math.max(jitter, Math.max(a.jitter, b.jitter));
        double explained = largest * (1.0 / a.images + 1.0 / b.images + margin);
        return metric.squaredDistance(a.mean, b.mean) / explained;
    }

    /** The k newest images, k |p_k - m|^2 largest, are of another scene. */
    private int sinceCut() {
        int best = 1;
        double largest = 0;
        for (int k = 1; k <= BUFFER; k++) {
            double distance = k * metric.squaredDistance(mean(buffer.subList(BUFFER - k, BUFFER)), scene.mean);
            if (distance > largest) {
                largest = distance;
                best = k;
            }
        }
        return best;
    }

    private Optional<Ended> end() {
        Scene ended = scene;
        double excess = Math.min(ended.jitter, 2 * jitter) - jitter;
        jitter += (excess > 0 ? UP : DOWN) * excess;
        scene = Scene.empty();
        int nearest = -1;
        double least = 1;
        for (int i = 0; i < recent.size(); i++) {
            double distance = apart(ended, recent.get(i), i == recent.size() - 1 ? CONTINUED : SAME);
            if (distance < least) {
                least = distance;
                nearest = i;
            }
        }
        if (nearest >= 0) {
            recent.add(recent.remove(nearest).and(ended.mean, ended.jitter, ended.images));
            return Optional.empty();
        }
        recent.add(ended);
        if (recent.size() > MOST_RECENT) {
            recent.remove(0);
        }
        return Optional.of(new Ended(ended.mean, firstNumber, lastNumber));
    }

    /** Whether the images of the scene that lasts differ more than jitter explains. */
    boolean isRestless() {
        return scene.jitter > RESTLESS * jitter;
    }

    void write(DataOutputStream out) throws IOException {
        steps.write(out);
        metric.write(out);
        out.writeInt(metricAge);
        out.writeDouble(jitter);
        World.writeAll(out, List.of(latest));
        World.writeAll(out, Numbered.vectors(buffer));
        write(out, scene);
        out.writeInt(recent.size());
        for (Scene one : recent) {
            write(out, one);
        }
    }

    /** What was added to the format later. */
    void writeNumbers(DataOutputStream out) throws IOException {
        Numbered.writeNumbers(out, buffer);
        out.writeLong(firstNumber);
        out.writeLong(lastNumber);
    }

    void readNumbers(StateCodec.Input in) throws IOException {
        buffer = new ArrayList<>(Numbered.readNumbers(in, buffer));
        firstNumber = in.readLong();
        lastNumber = in.readLong();
    }

    private static void write(DataOutputStream out, Scene scene) throws IOException {
        StateCodec.writeFloats(out, scene.mean);
        out.writeDouble(scene.jitter);
        out.writeInt(scene.images);
    }

    static SceneSplitter read(DataInputStream in) throws IOException {
        SceneSplitter splitter = new SceneSplitter(Covariance.read(in));
        splitter.metric = Whitening.read(in);
        splitter.metricAge = in.readInt();
        splitter.jitter = in.readDouble();
        splitter.latest = World.readAll(in).get(0);
        splitter.buffer = new ArrayList<>(Numbered.unknown(World.readAll(in)));
        splitter.scene = readScene(in);
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            splitter.recent.add(readScene(in));
        }
        return splitter;
    }

    private static Scene readScene(DataInputStream in) throws IOException {
        return new Scene(StateCodec.readFloats(in), in.readDouble(), in.readInt());
    }
}
