package dev.levitstream.cli;

import dev.levitstream.bench.report.MarkdownReport;
import dev.levitstream.bench.report.Reports;
import dev.levitstream.bench.run.BenchRunner;
import dev.levitstream.bench.run.Benchmark;
import dev.levitstream.bench.run.KafkaRun;
import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunPlan;
import dev.levitstream.bench.run.StandardBenchmark;
import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Skipped;
import dev.levitstream.job.CommandLineOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Benchmarks learners and writes reports. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs a benchmark through the learners and writes report.md, report.html and CSV files. Interrupted, it goes on with --resume.",
        footer = {"", "Example: levit-stream bench split-mnist --dir DIR --learner levit-dkf,er --runs 5"},
        subcommands = {BenchCompareCommand.class, BenchSpeedCommand.class, BenchTableCommand.class})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "Which benchmark: ${COMPLETION-CANDIDATES}.",
            completionCandidates = Names.class)
    private @Nullable String name;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "Folder with the published files, or of pictures. Default: the current one.")
    private Path dir;

    @Option(
            names = "--learner",
            paramLabel = "NAMES",
            split = ",",
            defaultValue = "levit-dkf",
            description =
                    "Learners, comma-separated: those of run --help, and offline, the upper bound (all images shuffled,"
                            + " --epochs passes, one network). Default: ${DEFAULT-VALUE}.")
    private List<String> learners;

    @Option(
            names = "--runs",
            paramLabel = "COUNT",
            defaultValue = "1",
            description = "Runs of each learner, with seeds from --seed on. Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            defaultValue = "0",
            description =
                    "Seed of the first run: of the learner and of the order within tasks. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            defaultValue = "stream",
            description = "paper or stream. Default: ${DEFAULT-VALUE}.")
    private String preset;

    @Option(
            names = "--budget",
            paramLabel = "UPDATES",
            description = "Updates per batch, short for --set budget.updates=... --set budget.period=1.")
    private @Nullable Integer budget;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any learner option (see run --help); may be repeated.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--vary",
            paramLabel = "KEY=V,V,...",
            description = "An option with several values, each run with every learner and seed, drawn as a plot.")
    private @Nullable String vary;

    @Option(
            names = "--images",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Most training images per task, 0 for all. Default: ${DEFAULT-VALUE}.")
    private int images;

    @Option(
            names = "--test-images",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Most test images per task, a random subset; 0 for all. Default: ${DEFAULT-VALUE}.")
    private int testImages;

    @Option(
            names = "--class-order",
            paramLabel = "SEED",
            defaultValue = "0",
            description = "Classes in a random order of that seed; 0 for their natural one. Default: ${DEFAULT-VALUE}.")
    private long classOrder;

    @Option(
            names = "--size",
            paramLabel = "HxWxC",
            description = "Scale images to this size. Default: the benchmark's own.")
    private @Nullable String size;

    @Option(
            names = "--epochs",
            paramLabel = "COUNT",
            defaultValue = "5",
            description = "Passes of the learner offline. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--oracle-boundaries",
            description = "Tell expanding learners of every change; every figure is labelled so.")
    private boolean oracleBoundaries;

    @Option(
            names = "--through-kafka",
            description = "Run the whole job over an embedded broker instead of the learner alone; one run at a time.")
    private boolean throughKafka;

    @Option(
            names = "--parallel",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Runs at once, one thread each; 0 for as many as there are cores. Default: ${DEFAULT-VALUE}.")
    private int parallel;

    @Option(names = "--out", paramLabel = "DIR", description = "Folder of results and reports. Default: bench-NAME.")
    private @Nullable Path out;

    @Option(names = "--resume", description = "Keep finished runs of the folder instead of running them again.")
    private boolean resume;

    /** The names of all benchmarks. */
    static final class Names extends ArrayList<String> {
        Names() {
            super(Arrays.stream(StandardBenchmark.values())
                    .map(StandardBenchmark::key)
                    .toList());
        }
    }

    @Override
    public Integer call() throws Exception {
        Check.that(runs >= 1, "runs", runs, "must be at least 1");
        Check.that(images >= 0, "images", images, "must be at least 0");
        Check.that(testImages >= 0, "test-images", testImages, "must be at least 0");
        Check.that(parallel >= 0, "parallel", parallel, "must be at least 0");
        PrintWriter console = spec.commandLine().getOut();
        StandardBenchmark chosen = Arrays.stream(StandardBenchmark.values())
                .filter(candidate -> candidate.key().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException((name == null ? "NAME is missing: it" : "benchmark=" + name)
                                + " must be one of " + new Names()));
        List<RunPlan> plans = plans();
        requireSense(chosen);
        Skipped skipped = new Skipped();
        Benchmark benchmark = chosen.read(dir, shape(), images, testImages, classOrder, skipped);
        skipped.line().ifPresent(line -> spec.commandLine().getErr().println("levit-stream: " + line));
        RunFolder folder = new RunFolder(out == null ? Path.of("bench-" + chosen.key()) : out);
        BenchRunner runner = new BenchRunner(benchmark, folder);
        List<RunPlan> open = runner.open(plans, resume);
        console.printf(
                "%s: %s, %d tasks, %,d training images; %d runs, %d of them done already%n",
                chosen.key(),
                chosen.meaning(),
                benchmark.tasks().size(),
                benchmark.trainImages(),
                plans.size(),
                plans.size() - open.size());
        console.flush();
        long work = throughKafka ? open.size() * (benchmark.trainImages() + benchmark.testImages()) : runner.work(open);
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("images")
                .setInitialMax(work)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(1000)
                .showSpeed()
                .build()) {
            if (throughKafka) {
                for (RunPlan plan : open) {
                    folder.add(KafkaRun.run(benchmark, plan, bar::stepBy));
                }
            } else {
                runner.run(open, parallel == 0 ? Runtime.getRuntime().availableProcessors() : parallel, bar::stepBy);
            }
        }
        Reports.write(folder);
        console.println();
        console.print(MarkdownReport.report(folder.all()));
        console.println();
        console.println("written: " + folder.path().resolve("report.html") + ", report.md and CSV files beside it");
        console.flush();
        return 0;
    }

    /** Nothing that is given must be without effect. */
    private void requireSense(StandardBenchmark chosen) {
        if (!learners.contains(RunPlan.OFFLINE)) {
            Given.requireNone("must stand beside --learner " + RunPlan.OFFLINE, "--epochs", matched("--epochs"));
        }
        if (learners.stream().noneMatch(RunPlan::expands)) {
            Given.requireNone(
                    "must stand beside a --learner that creates components", "--oracle-boundaries", oracleBoundaries);
        }
        if (throughKafka) {
            Given.requireNone("must not stand beside --through-kafka", "--parallel", matched("--parallel"));
        }
        if (chosen == StandardBenchmark.PERMUTED_MNIST) {
            Given.requireNone("must not stand beside " + chosen.key(), "--class-order", matched("--class-order"));
        }
        for (String key : List.of("budget.updates", "budget.period")) {
            Given.requireAlone("--budget", budget, "--set " + key, settings.get(key));
        }
    }

    private @Nullable Object matched(String option) {
        return spec.commandLine().getParseResult().matchedOptionValue(option, null);
    }

    private Optional<ImageShape> shape() {
        if (size == null) {
            return Optional.empty();
        }
        if (!size.matches("[0-9]{1,4}x[0-9]{1,4}x[13]")) {
            throw new IllegalArgumentException("size=" + size + " must be HEIGHTxWIDTHx1 or HEIGHTxWIDTHx3");
        }
        String[] sides = size.split("x", -1);
        return Optional.of(
                new ImageShape(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), Integer.parseInt(sides[2])));
    }

    private List<RunPlan> plans() {
        Map<String, String> common = new LinkedHashMap<>(settings);
        if (budget != null) {
            common.put("budget.updates", budget.toString());
            common.put("budget.period", "1");
        }
        List<RunPlan> plans = new ArrayList<>();
        for (int run = 0; run < runs; run++) { // every learner gets its first seed before any its second
            for (String learner : learners) {
                for (Map<String, String> variant : variants(common)) {
                    boolean told = oracleBoundaries && RunPlan.expands(learner);
                    plans.add(new RunPlan(learner, preset, variant, epochs, told, seed + run));
                }
            }
        }
        Set<String> keys = variants(common).stream()
                .flatMap(variant -> variant.keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        CommandLineOptions.requireOptions(
                "--set or --vary", keys, learners.stream().map(RunPlan::method).toList());
        return plans;
    }

    private List<Map<String, String>> variants(Map<String, String> common) {
        if (vary == null) {
            return List.of(common);
        }
        int equals = vary.indexOf('=');
        if (equals < 1 || equals == vary.length() - 1) {
            throw new IllegalArgumentException("vary=" + vary + " must be KEY=VALUE,VALUE,...");
        }
        String key = vary.substring(0, equals);
        Check.that(!common.containsKey(key), "vary", key, "must not be set as well");
        List<Map<String, String>> variants = new ArrayList<>();
        for (String value : vary.substring(equals + 1).split(",", -1)) {
            Map<String, String> variant = new LinkedHashMap<>(common);
            variant.put(key, value.trim());
            variants.add(variant);
        }
        return variants;
    }
}
