package dev.levitstream.cli;

import dev.levitstream.common.Check;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.DrawnStream;
import dev.levitstream.data.ImageFolder;
import dev.levitstream.data.Phase;
import dev.levitstream.data.Sample;
import dev.levitstream.data.StandardDataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which images to publish. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DataOptions {
    private static final int TEST_EVERY = 10;
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
            description = "Folder with the data set's published files. Default: the current one.",
            defaultValue = ".")
    private Path dir;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description =
                    "Your own pictures (PNG, JPEG, all of one size), one sub-folder per label; every tenth is kept for the test.")
    private @Nullable Path folder;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description =
                    "Labels in order: commas within a phase, slashes between, as in 0,1/2,3. Default: two labels a phase.")
    private @Nullable String order;

    @Option(
            names = "--per-phase",
            paramLabel = "COUNT",
            description = "Most images per phase. Default: all; 2500 for drawn images.")
    private int perPhase;

    /** Reads or draws them. */
    Dataset read() throws IOException {
        Check.that(perPhase >= 0, "per-phase", perPhase, "must be at least 1");
        Check.that(
                dataset == null || folder == null, "folder", String.valueOf(folder), "must not stand beside --dataset");
        if (folder != null) {
            List<Sample> train = new ArrayList<>();
            List<Sample> test = new ArrayList<>();
            List<Sample> all = ImageFolder.read(folder);
            for (int i = 0; i < all.size(); i++) {
                (i % TEST_EVERY == TEST_EVERY - 1 ? test : train).add(all.get(i));
            }
            return ordered(folder.toString(), train, test);
        }
        if (dataset == null || dataset.equals("drawn")) {
            int count = perPhase == 0 ? 2500 : perPhase;
            return DrawnStream.dataset(count, Math.min(count, 500), SEED);
        }
        StandardDataset chosen = Arrays.stream(StandardDataset.values())
                .filter(candidate -> candidate.key().equals(dataset))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "dataset=" + dataset + " must be mnist, fashion-mnist, cifar10 or drawn"));
        return ordered(dataset, chosen.train(dir), chosen.test(dir));
    }

    private Dataset ordered(String name, List<Sample> train, List<Sample> test) {
        String chosenOrder = order == null ? Dataset.orderOf(train, 2) : order;
        List<Phase> phases = Dataset.phases(train, chosenOrder).stream()
                .map(phase -> perPhase == 0
                        ? phase
                        : new Phase(
                                phase.name(),
                                phase.samples()
                                        .subList(
                                                0,
                                                Math.min(
                                                        perPhase,
                                                        phase.samples().size()))))
                .toList();
        List<String> labels = Arrays.asList(chosenOrder.split("[,/]", -1));
        return new Dataset(
                name,
                phases,
                test.stream().filter(sample -> labels.contains(sample.label())).toList());
    }
}
