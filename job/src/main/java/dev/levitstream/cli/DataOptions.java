package dev.levitstream.cli;

import dev.levitstream.common.Check;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.DrawnStream;
import dev.levitstream.data.ImageFolder;
import dev.levitstream.data.Phase;
import dev.levitstream.data.Sample;
import dev.levitstream.data.Skipped;
import dev.levitstream.data.StandardDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which images to publish. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DataOptions {
    private static final int TEST_EVERY = 10;
    private static final int CLASSES_PER_PHASE = 2;
    private static final int DRAWN_PER_PHASE = 2500;
    private static final String DRAWN = "drawn";
    private static final long SEED = 1;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            description =
                    "mnist, fashion-mnist or cifar10, read from --dir; or drawn, which draws itself (the default).")
    private @Nullable String dataset;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Folder with the published files of --dataset. Default: the current one.")
    private @Nullable Path dir;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Your own pictures (JPEG, PNG, WebP, GIF, BMP, TIFF, of any size), one sub-folder per label; folders in these may"
                            + " be as deep as you like. What is no picture is skipped and counted.")
    private @Nullable Path folder;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description =
                    "Labels in order: commas within a phase, slashes between, as in 0,1/2,3; others are left out. Default: two labels a phase.")
    private @Nullable String order;

    @Option(
            names = "--per-phase",
            paramLabel = "COUNT",
            description = "Most images per phase. Default: all; " + DRAWN_PER_PHASE + " for drawn images.")
    private @Nullable Integer perPhase;

    /** The folder of pictures, if that is what is to be published. */
    Optional<Path> folder() {
        return Optional.ofNullable(folder);
    }

    /** Refuses all of these options, by a rule. */
    void requireNone(String rule) {
        Given.requireNone(
                rule,
                "--dataset",
                dataset,
                "--dir",
                dir,
                "--folder",
                folder,
                "--order",
                order,
                "--per-phase",
                perPhase);
    }

    /**
     * Reads or draws them: images to learn, and others to test on, all with labels. Of a folder every tenth is for the
     * test.
     *
     * @param skipped takes files of a folder that cannot be used
     */
    Dataset read(Skipped skipped) throws IOException {
        requireSense();
        if (folder != null) {
            return split(ImageFolder.labelled(folder, skipped));
        }
        if (isDrawn()) {
            int count = perPhase == null ? DRAWN_PER_PHASE : perPhase;
            return DrawnStream.dataset(count, Math.min(count, 500), SEED);
        }
        StandardDataset chosen = Arrays.stream(StandardDataset.values())
                .filter(candidate -> candidate.key().equals(dataset))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "dataset=" + dataset + " must be mnist, fashion-mnist, cifar10 or drawn"));
        Path files = dir == null ? Path.of(".") : dir;
        return ordered(chosen.key(), chosen.train(files), chosen.test(files));
    }

    /** Pictures of the folder, every tenth for the test. */
    Dataset split(List<Sample> pictures) {
        List<Sample> train = new ArrayList<>();
        List<Sample> test = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            (i % TEST_EVERY == TEST_EVERY - 1 ? test : train).add(pictures.get(i));
        }
        return ordered(String.valueOf(folder), train, test);
    }

    /** Pictures of the folder, all to learn. */
    Dataset whole(List<Sample> pictures) {
        return ordered(String.valueOf(folder), pictures, List.of());
    }

    /** Nothing that is given must be without effect. */
    void requireSense() {
        Check.that(perPhase == null || perPhase >= 1, "per-phase", String.valueOf(perPhase), "must be at least 1");
        Given.requireAlone("--folder", folder, "--dataset", dataset);
        if (isDrawn() || folder != null) {
            Given.requireNone("must stand beside --dataset mnist, fashion-mnist or cifar10", "--dir", dir);
        }
        if (isDrawn()) {
            Given.requireNone(
                    "must stand beside --folder or a --dataset that is read: drawn images have an order of their own",
                    "--order",
                    order);
        }
    }

    private boolean isDrawn() {
        return folder == null && (dataset == null || dataset.equals(DRAWN));
    }

    /** Those without a label come first, unless an order leaves them out. */
    private Dataset ordered(String name, List<Sample> train, List<Sample> test) {
        List<List<String>> labels =
                order == null ? Dataset.orderOf(train, CLASSES_PER_PHASE) : Dataset.parseOrder(order);
        List<Phase> phases = new ArrayList<>(Dataset.phases(train, labels));
        List<Sample> unlabelled = order == null ? unlabelled(train) : List.of();
        if (!unlabelled.isEmpty()) {
            phases.add(0, new Phase("without label", unlabelled));
        }
        List<String> learnt = labels.stream().flatMap(List::stream).toList();
        List<Sample> tested = test.stream()
                .filter(sample -> sample.label().map(learnt::contains).orElse(order == null))
                .toList();
        return new Dataset(name, phases.stream().map(this::atMost).toList(), tested);
    }

    private static List<Sample> unlabelled(List<Sample> samples) {
        return samples.stream().filter(sample -> sample.label().isEmpty()).toList();
    }

    private Phase atMost(Phase phase) {
        int size = phase.samples().size();
        return new Phase(phase.name(), phase.samples().subList(0, perPhase == null ? size : Math.min(perPhase, size)));
    }
}
