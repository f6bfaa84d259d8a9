package dev.levitstream.learner.change;

import dev.levitstream.learner.common.StateCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares the newest {@value #WINDOW} images with up to {@value #MOST} before them, the past, by the squared maximum
 * mean discrepancy (Gretton et al. 2012): with k the Gaussian kernel, b images of the window and n of the past,
 *
 * <p>X = (mean k(window, window) - 2 mean k(window, past) + mean k(past, past)) / (1 / b + 1 / n).
 *
 * <p>While nothing changes X follows a {@link NullLaw}. Images that follow each other closely make X larger without any
 * change; how much is seen where no change is, at every contiguous block of b images in the past.
 *
 * <p>All sums are carried from image to image, so an image costs three rows of the kernel.
 */
final class TwoSampleTest {
    static final int WINDOW = 128;
    static final int MOST = 1000;
    /** Images of the past from which on there is a test. */
    static final int LEAST = 256;
    /** Images that a law or a world's reference is made of. */
    static final int SAMPLE = 256;
    /** Images after which the law is made anew. */
    private static final int LAW_PERIOD = 128;
    /** Fewest images on the newer side of a split. */
    private static final int SPLIT = 10;
    /** Most of them. */
    private static final int MOST_NEWER = 4 * WINDOW;
    /** As many splits that do not depend on each other are about what there is to choose from. */
    private static final double SPLITS = 10;

    private final Whitening whitening;
    /** The past, then the window. */
    private final List<Point> points = new ArrayList<>();

    private int past;
    private int lawAge;
    private NullLaw law = new NullLaw(0, 0, 0);

    /** One image, and sums of its kernel with others. */
    private static final class Point {
        private final float[] projection;
        private final float[] whitened;
        private long number;
        private double toPast;
        /** Over the next {@value #WINDOW} - 1 images. */
        private double ahead;
        /** Over all pairs of the {@value #WINDOW} images that end with this one. */
        private double block;

        private Point(Numbered image, Whitening whitening) {
            this.projection = image.vector();
            this.whitened = whitening.whiten(projection);
            this.number = image.number();
        }
    }

    TwoSampleTest(Whitening whitening) {
        this.whitening = whitening;
    }

    Whitening whitening() {
        return whitening;
    }

    /** Takes in the projection of the next image. */
    void add(Numbered image) {
        Point added = new Point(image, whitening);
        int count = points.size();
        double behind = 0;
        for (int i = 0; i < count; i++) {
            Point other = points.get(i);
            double kernel = Kernel.of(added.whitened, other.whitened);
            if (i < past) {
                added.toPast += kernel;
            }
            if (i > count - WINDOW) {
                behind += kernel;
                other.ahead += kernel;
            }
        }
        double before = count == 0 ? 0 : points.get(count - 1).block;
        added.block = before + 2 * behind + (count < WINDOW ? 1 : -2 * points.get(count - WINDOW).ahead);
        points.add(added);
        slide();
    }

    /** The oldest image of the window joins the past, and the oldest of the past goes. */
    private void slide() {
        if (points.size() - past > WINDOW) {
            addToPast(points.get(past), 1);
            past++;
        }
        if (past > MOST) {
            Point oldest = points.remove(0);
            past--;
            addToPast(oldest, -1);
        }
        lawAge++;
        if (past >= LEAST && (lawAge >= LAW_PERIOD || past == LEAST)) {
            law = NullLaw.of(sample(past).stream().map(point -> point.whitened).toList());
            lawAge = 0;
        }
    }

    private void addToPast(Point moved, int sign) {
        for (Point point : points) {
            point.toPast += sign * Kernel.of(moved.whitened, point.whitened);
        }
    }

    /** At most {@value #SAMPLE} of the first images, evenly spaced. */
    private List<Point> sample(int of) {
        int size = Math.min(of, SAMPLE);
        return IntStream.range(0, size)
                .mapToObj(i -> points.get((int) ((long) i * of / size)))
                .toList();
    }

    boolean isReady() {
        return past >= LEAST;
    }

    /** Probability of a difference as large as that of the window, if nothing has changed. */
    double probability() {
        return law.times(excess()).probability(statistic());
    }

    /** X of the whole window. */
    double statistic() {
        return statistic(WINDOW, points.get(points.size() - 1).block);
    }

    /** The same for the newest images of the window alone, at most all. */
    double probability(int newest) {
        double pairs = 0;
        for (int i = points.size() - newest; i < points.size(); i++) {
            pairs++;
            for (int j = points.size() - newest; j < i; j++) {
                pairs += 2 * Kernel.of(points.get(i).whitened, points.get(j).whitened);
            }
        }
        return law.times(excess()).probability(statistic(newest, pairs));
    }

    /** X of the newest images against the past. */
    private double statistic(int newest, double pairs) {
        double across = 0;
        for (int i = points.size() - newest; i < points.size(); i++) {
            across += points.get(i).toPast;
        }
        double discrepancy = pairs / newest / newest - 2 * across / newest / past + withinPast() / past / past;
        return discrepancy / (1.0 / newest + 1.0 / past);
    }

    private double withinPast() {
        double sum = 0;
        for (int i = 0; i < past; i++) {
            sum += points.get(i).toPast;
        }
        return sum;
    }

    /** How many times as much blocks of the past differ from all of it as single images explain, at least 1. */
    double excess() {
        return law.mean() > 0 ? Math.max(1, meanOfBlocks() / law.mean()) : 1;
    }

    /** Mean of X over the contiguous blocks of the past, each against all of it. */
    double meanOfBlocks() {
        double within = withinPast() / past / past;
        double across = 0;
        double sum = 0;
        for (int i = 0; i < past; i++) {
            across += points.get(i).toPast;
            if (i >= WINDOW) {
                across -= points.get(i - WINDOW).toPast;
            }
            if (i >= WINDOW - 1) {
                sum += points.get(i).block / WINDOW / WINDOW - 2 * across / WINDOW / past + within;
            }
        }
        return sum / (past - WINDOW + 1) / (1.0 / WINDOW - 1.0 / past);
    }

    /**
     * Where the past may end.
     *
     * @param newer images since (count)
     * @param statistic X of them against all before
     */
    record Split(int newer, double statistic) {}

    /**
     * The likeliest place of a change, if there was one: the split of all images at which X, with each side's size, is
     * largest, with at most four windows on the newer side and the least past before.
     */
    Split bestSplit() {
        int size = points.size();
        double[] rows = new double[size];
        double[] newerRows = new double[size]; // sums over the images after each
        double all = 0;
        for (int i = 0; i < size; i++) {
            rows[i]++;
            all++;
            for (int j = 0; j < i; j++) {
                double kernel = Kernel.of(points.get(i).whitened, points.get(j).whitened);
                rows[i] += kernel;
                rows[j] += kernel;
                newerRows[j] += kernel;
                all += 2 * kernel;
            }
        }
        Split best = new Split(SPLIT, Double.NEGATIVE_INFINITY);
        double newer = 0;
        double total = 0;
        for (int split = size - 1; split >= Math.max(LEAST, size - MOST_NEWER); split--) {
            newer += 1 + 2 * newerRows[split];
            total += rows[split];
            double after = size - split;
            double before = split;
            double across = total - newer;
            double older = all - 2 * across - newer;
            double discrepancy = newer / after / after - 2 * across / after / before + older / before / before;
            double weighted = discrepancy / (1 / after + 1 / before);
            if (after >= SPLIT && weighted > best.statistic) {
                best = new Split(size - split, weighted);
            }
        }
        return best;
    }

    /** Probability of a difference as large as that of the best of all splits, if nothing has changed. */
    double probability(Split best) {
        return Math.min(1, SPLITS * law.times(excess()).probability(best.statistic));
    }

    /** Projections of the newest images, oldest first. */
    List<Numbered> newest(int count) {
        return points.subList(points.size() - count, points.size()).stream()
                .map(point -> new Numbered(point.number, point.projection))
                .toList();
    }

    /** The newest images, whitened, oldest first. */
    List<Numbered> whitenedNewest(int count) {
        return whitened(points.size() - count, points.size());
    }

    /** Up to {@value #SAMPLE} images just before the newest, whitened, oldest first. */
    List<Numbered> whitenedBefore(int newest) {
        int end = points.size() - newest;
        return whitened(Math.max(0, end - SAMPLE), end);
    }

    private List<Numbered> whitened(int from, int to) {
        return points.subList(from, to).stream()
                .map(point -> new Numbered(point.number, point.whitened))
                .toList();
    }

    /** The world as it was without the newest images. */
    World world(int withoutNewest) {
        List<Point> reference = sample(points.size() - withoutNewest);
        NullLaw own = NullLaw.of(reference.stream().map(point -> point.whitened).toList());
        return new World(
                whitening,
                own,
                reference.stream().map(point -> point.projection).toList());
    }

    void write(DataOutputStream out) throws IOException {
        whitening.write(out);
        law.write(out);
        out.writeInt(lawAge);
        out.writeInt(past);
        out.writeInt(points.size());
        for (Point point : points) {
            StateCodec.writeFloats(out, point.projection);
            out.writeDouble(point.toPast);
            out.writeDouble(point.ahead);
            out.writeDouble(point.block);
        }
    }

    /** What was added to the format later. */
    void writeNumbers(DataOutputStream out) throws IOException {
        for (Point point : points) {
            out.writeLong(point.number);
        }
    }

    void readNumbers(DataInputStream in) throws IOException {
        for (Point point : points) {
            point.number = in.readLong();
        }
    }

    static TwoSampleTest read(DataInputStream in) throws IOException {
        TwoSampleTest test = new TwoSampleTest(Whitening.read(in));
        test.law = NullLaw.read(in);
        test.lawAge = in.readInt();
        test.past = in.readInt();
        int count = in.readInt();
        for (int i = 0; i < count; i++) {
            Point point = new Point(new Numbered(Numbered.UNKNOWN, StateCodec.readFloats(in)), test.whitening);
            point.toPast = in.readDouble();
            point.ahead = in.readDouble();
            point.block = in.readDouble();
            test.points.add(point);
        }
        return test;
    }
}
