package dev.levitstream.bench.run;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.ImageFolder;
import dev.levitstream.data.Phase;
import dev.levitstream.data.Rescaling;
import dev.levitstream.data.Sample;
import dev.levitstream.data.Skipped;
import dev.levitstream.data.StandardDataset;
import dev.levitstream.learner.LabelledImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.RandomAccess;

/** The named benchmarks. Task order is fixed; a run's seed moves only the order within tasks and the learner. */
@SuppressWarnings("ImmutableEnumChecker") // its functions capture nothing
public enum StandardBenchmark {
    SPLIT_MNIST(
            "MNIST in 5 pairs of digits",
            (dir, shape, order, skipped) -> split(StandardDataset.MNIST, "", dir, 2, shape, order)),
    SPLIT_FASHION(
            "Fashion-MNIST in 5 pairs of classes",
            (dir, shape, order, skipped) -> split(StandardDataset.FASHION_MNIST, "", dir, 2, shape, order)),
    SPLIT_CIFAR10(
            "CIFAR-10 in 5 pairs of classes",
            (dir, shape, order, skipped) -> split(StandardDataset.CIFAR10, "", dir, 2, shape, order)),
    SPLIT_CIFAR100(
            "CIFAR-100 in 20 tasks of 5 fine classes",
            (dir, shape, order, skipped) -> split(StandardDataset.CIFAR100, "", dir, 5, shape, order)),
    PERMUTED_MNIST(
            "MNIST under 10 fixed random permutations of its pixels",
            (dir, shape, order, skipped) -> permuted(dir, shape)),
    SPLIT_MNIST_FASHION(
            "Split MNIST, then Split Fashion-MNIST, 10 shared labels",
            (dir, shape, order, skipped) -> concatenated(
                    split(StandardDataset.MNIST, "digits ", apart(dir), 2, shape, order),
                    split(StandardDataset.FASHION_MNIST, "fashion ", dir, 2, shape, order))),
    SPLIT_MNIST_SVHN(
            "Split MNIST, then Split SVHN, 10 shared labels, all as 32x32x3",
            (dir, shape, order, skipped) -> concatenated(
                    split(StandardDataset.MNIST, "digits ", dir, 2, shape, order),
                    split(StandardDataset.SVHN, "house numbers ", dir, 2, shape, order))),
    SPLIT_MINI_IMAGENET(
            "a folder of 100 classes in 20 tasks of 5, as 84x84x3",
            (dir, shape, order, skipped) -> folder(dir, 5, shape, order, skipped)),
    SPLIT_FOLDER(
            "any folder of pictures in pairs of classes: DIR/train and DIR/test, or every sixth is for the test",
            (dir, shape, order, skipped) -> folder(dir, 2, shape, order, skipped));

    private static final int PERMUTATIONS = 10;
    private static final int TEST_EVERY = 6;

    private final String meaning;
    private final Source source;

    /** Where tasks come from. */
    private interface Source {
        List<Task> tasks(Path dir, ImageShape shape, long order, Skipped skipped) throws IOException;
    }

    StandardBenchmark(String meaning, Source source) {
        this.meaning = meaning;
        this.source = source;
    }

    /** Its name in options. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it is, in a few words. */
    public String meaning() {
        return meaning;
    }

    /**
     * Reads it.
     *
     * @param dir folder of the published files
     * @param shape to scale images to; the benchmark's own if empty
     * @param trainImages most training images per task, 0 for all
     * @param testImages most test images per task, a random subset, 0 for all
     * @param order seed of a random order of classes, 0 for their natural order
     * @param skipped takes files of a folder that cannot be used
     * @throws IOException if a file is missing, which says where it is published, or damaged
     */
    public Benchmark read(
            Path dir, Optional<ImageShape> shape, int trainImages, int testImages, long order, Skipped skipped)
            throws IOException {
        ImageShape used = shape.orElse(usualShape());
        List<Task> tasks = source.tasks(dir, used, order, skipped).stream()
                .map(task -> task.atMost(trainImages, testImages))
                .toList();
        return new Benchmark(key(), used, tasks);
    }

    private ImageShape usualShape() {
        return switch (this) {
            case SPLIT_MNIST, SPLIT_FASHION, PERMUTED_MNIST, SPLIT_MNIST_FASHION -> new ImageShape(28, 28, 1);
            case SPLIT_CIFAR10, SPLIT_CIFAR100, SPLIT_MNIST_SVHN, SPLIT_FOLDER -> new ImageShape(32, 32, 3);
            case SPLIT_MINI_IMAGENET -> new ImageShape(84, 84, 3);
        };
    }

    private static List<Task> concatenated(List<Task> first, List<Task> second) {
        List<Task> tasks = new ArrayList<>(first);
        tasks.addAll(second);
        return tasks;
    }

    /** Files of MNIST and Fashion-MNIST have the same names. */
    private static Path apart(Path dir) {
        Check.that(
                !Files.exists(dir.resolve("train-images-idx3-ubyte.gz")),
                "dir",
                dir,
                "must hold folders mnist and fashion-mnist, but holds files of one of them");
        return dir;
    }

    private static List<Task> permuted(Path dir, ImageShape shape) throws IOException {
        List<LabelledImage> train = images(StandardDataset.MNIST.train(dir), shape);
        List<LabelledImage> test = images(StandardDataset.MNIST.test(dir), shape);
        List<Task> tasks = new ArrayList<>();
        for (int t = 0; t < PERMUTATIONS; t++) {
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < shape.size(); i++) {
                order.add(i);
            }
            Collections.shuffle(order, new Random(t));
            tasks.add(new Task("permutation " + (t + 1), new Permuted(train, order), new Permuted(test, order)));
        }
        return tasks;
    }

    private static List<Task> split(
            StandardDataset set, String prefix, Path dir, int classes, ImageShape shape, long order)
            throws IOException {
        return split(set.train(dir), set.test(dir), prefix, classes, shape, order);
    }

    private static List<Task> folder(Path dir, int classes, ImageShape shape, long order, Skipped skipped)
            throws IOException {
        Path trainDir = dir.resolve("train");
        if (Files.isDirectory(trainDir)) {
            List<Sample> train = pictures(trainDir, shape, skipped);
            return split(train, pictures(dir.resolve("test"), shape, skipped), "", classes, shape, order);
        }
        List<Sample> all = pictures(dir, shape, skipped);
        List<Sample> train = new ArrayList<>();
        List<Sample> test = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            (i % TEST_EVERY == TEST_EVERY - 1 ? test : train).add(all.get(i));
        }
        return split(train, test, "", classes, shape, order);
    }

    /** In the shape, without those that cannot be decoded. */
    private static List<Sample> pictures(Path dir, ImageShape shape, Skipped skipped) throws IOException {
        List<Sample> pictures = new ArrayList<>();
        for (Sample sample : ImageFolder.labelled(dir, skipped)) {
            try {
                byte[] pixels = Rescaling.pixels(sample.content().read(), shape);
                pictures.add(Sample.raw(sample.label().orElseThrow(), shape, pixels));
            } catch (IOException e) {
                skipped.add(String.valueOf(e.getMessage()));
            }
        }
        return pictures;
    }

    private static List<Task> split(
            List<Sample> train, List<Sample> test, String prefix, int classes, ImageShape shape, long order)
            throws IOException {
        List<List<String>> phases =
                order == 0 ? Dataset.orderOf(train, classes) : Dataset.randomOrderOf(train, classes, order);
        List<Phase> trainPhases = Dataset.phases(train, phases);
        List<Phase> testPhases = Dataset.phases(test, phases);
        List<Task> tasks = new ArrayList<>();
        for (int t = 0; t < trainPhases.size(); t++) {
            tasks.add(new Task(
                    prefix + trainPhases.get(t).name(),
                    images(trainPhases.get(t).samples(), shape),
                    images(testPhases.get(t).samples(), shape)));
        }
        return tasks;
    }

    private static List<LabelledImage> images(List<Sample> samples, ImageShape shape) throws IOException {
        List<LabelledImage> images = new ArrayList<>(samples.size());
        for (Sample sample : samples) {
            images.add(new LabelledImage(Rescaling.pixels(sample.content().read(), shape), sample.label()));
        }
        return images;
    }

    /** Images with their pixels in another order, made when asked for. */
    private static final class Permuted extends AbstractList<LabelledImage> implements RandomAccess {
        private final List<LabelledImage> images;
        private final List<Integer> order;

        private Permuted(List<LabelledImage> images, List<Integer> order) {
            this.images = images;
            this.order = order;
        }

        @Override
        public LabelledImage get(int index) {
            LabelledImage image = images.get(index);
            byte[] pixels = new byte[image.pixels().length];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = image.pixels()[order.get(i)];
            }
            return new LabelledImage(pixels, image.label());
        }

        @Override
        public int size() {
            return images.size();
        }
    }
}
