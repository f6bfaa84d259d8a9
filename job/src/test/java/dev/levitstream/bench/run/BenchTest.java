package dev.levitstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.bench.report.MarkdownReport;
import dev.levitstream.bench.report.Reports;
import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Benchmarks on images made here: two tasks of two classes each. */
class BenchTest {
    private static final ImageShape SHAPE = new ImageShape(8, 8, 1);
    private static final Map<String, String> SMALL = Map.ofEntries(
            Map.entry("vae.hidden", "16"),
            Map.entry("vae.latent-width", "4"),
            Map.entry("vit.embedding-width", "12"),
            Map.entry("vit.hidden", "16"),
            Map.entry("routing.filters", "3"),
            Map.entry("training.batch", "16"),
            Map.entry("training.learning-rate", "0.01"),
            Map.entry("memory.capacity", "256"),
            Map.entry("routing.features", "random"),
            Map.entry("expansion.criterion", "novelty"),
            Map.entry("expansion.samples", "64"),
            Map.entry("expansion.warm-up", "128"));

    /** Dark or grey noise; in the second task dark or grey stripes on light. */
    private static LabelledImage image(int task, int label, Random random) {
        byte[] pixels = new byte[SHAPE.size()];
        for (int i = 0; i < pixels.length; i++) {
            boolean light = task == 1 && i / 8 % 2 == 0;
            int base = light ? 230 : label == 0 ? 10 : 120;
            pixels[i] = (byte) (base + random.nextInt(20));
        }
        return new LabelledImage(pixels, Optional.of(task + "-" + label));
    }

    private static List<LabelledImage> images(int task, int count, long seed) {
        Random random = new Random(seed);
        List<LabelledImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(image(task, i % 2, random));
        }
        return images;
    }

    static Benchmark benchmark() {
        return new Benchmark(
                "shades",
                SHAPE,
                List.of(
                        new Task("plain", images(0, 900, 1), images(0, 60, 2)),
                        new Task("stripes", images(1, 900, 3), images(1, 60, 4))));
    }

    static RunPlan plan(String learner, long seed) {
        return new RunPlan(learner, "stream", SMALL, 12, false, seed);
    }

    @Test
    void aRunHasEveryFigure() {
        AtomicLong done = new AtomicLong();
        RunPlan plan = plan("levit-dkf", 1);
        RunResult run = new InProcessRun(benchmark(), plan, done::addAndGet).run();
        assertThat(done.get()).isEqualTo(InProcessRun.work(benchmark(), plan));
        assertThat(run.setup().name()).isEqualTo(plan.name());
        assertThat(run.setup().benchmark())
                .isEqualTo(new BenchmarkSummary("shades", List.of("plain", "stripes"), 1800, 120));
        TestAccuracy test = run.accuracies().test();
        assertThat(test.perImage()).isGreaterThan(0.95);
        assertThat(test.taskSet()).isGreaterThan(0.9);
        assertThat(test.routing()).isGreaterThan(0.9);
        assertThat(test.oracle()).isGreaterThan(0.9);
        assertThat(run.accuracies().prequential()).isBetween(0.5, 1.0);
        List<List<Double>> matrix = run.accuracies().matrix().rows();
        assertThat(matrix).extracting(List::size).containsExactly(1, 2);
        assertThat(matrix.get(0).get(0)).isGreaterThan(0.9);
        ChangeDetection changes = run.changes();
        assertThat(changes.expansions()).hasSize(1);
        assertThat(changes.missed()).isZero();
        assertThat(changes.falseExpansions()).isZero();
        assertThat(changes.delays()).hasSize(1);
        assertThat(changes.delays().get(0)).isBetween(10L, 200L);
        assertThat(changes.expansions().get(0).image())
                .isEqualTo(899 + changes.delays().get(0));
        assertThat(run.trace().changes()).containsExactly(900L);
        assertThat(run.components()).hasSize(2);
        assertThat(run.components().get(1).gates()).hasSize(2);
        assertThat(run.components().get(0).samples()).hasSize(10);
        Cost cost = run.cost();
        assertThat(cost.components()).isEqualTo(2);
        assertThat(cost.stateBytes()).isPositive();
        assertThat(cost.vitParameters()).isPositive();
        assertThat(cost.vaeParameters()).isPositive();
        assertThat(cost.updates()).isGreaterThan(300);
        assertThat(cost.trainSeconds()).isPositive();
    }

    /** Four worlds, and room for three components. */
    @Test
    void whereTheHomeOfATaskHasMergedOnlyRoutingAndOracleAreUnknown() {
        List<Task> tasks = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            tasks.add(new Task("task " + t, images(t % 2, 120, 10 + t), images(t % 2, 20, 20 + t)));
        }
        Map<String, String> settings = new HashMap<>(SMALL);
        settings.put("components.max", "3");
        RunPlan plan = new RunPlan("levit-no-dkf", "stream", settings, 12, true, 1);
        RunResult run = new InProcessRun(new Benchmark("shades", SHAPE, tasks), plan, images -> {}).run();
        assertThat(run.cost().components()).isEqualTo(3);
        assertThat(run.components())
                .extracting(ComponentSummary::component)
                .endsWith(4)
                .doesNotHaveDuplicates();
        TestAccuracy test = run.accuracies().test();
        assertThat(test.perImage()).isBetween(0.5, 1.0);
        assertThat(test.taskSet()).isBetween(0.0, 1.0);
        assertThat(test.routing()).isNaN();
        assertThat(test.oracle()).isNaN();
    }

    @Test
    void theSameSeedGivesTheSameFiguresAndAnotherSeedDoesNot() {
        RunResult once = new InProcessRun(benchmark(), plan("er", 1), images -> {}).run();
        RunResult again = new InProcessRun(benchmark(), plan("er", 1), images -> {}).run();
        RunResult other = new InProcessRun(benchmark(), plan("er", 2), images -> {}).run();
        assertThat(again.trace()).isEqualTo(once.trace());
        assertThat(again.accuracies()).isEqualTo(once.accuracies());
        assertThat(other.trace()).isNotEqualTo(once.trace());
    }

    @Test
    void offlineSeesAllTasksShuffledAndFinetuneForgets() {
        RunResult offline = new InProcessRun(benchmark(), plan(RunPlan.OFFLINE, 0), images -> {}).run();
        RunResult finetune = new InProcessRun(benchmark(), plan("finetune", 0), images -> {}).run();
        assertThat(offline.accuracies().test().perImage()).isGreaterThan(0.9);
        assertThat(finetune.accuracies().test().perImage())
                .isLessThan(offline.accuracies().test().perImage());
        assertThat(offline.cost().components()).isEqualTo(1);
        assertThat(offline.accuracies().matrix().rows()).isEmpty();
        assertThat(offline.setup().routing()).isEqualTo("none");
    }

    @Test
    void anInterruptedReportGoesOnAndFinishedRunsStay(@TempDir Path dir) throws Exception {
        RunFolder folder = new RunFolder(dir);
        BenchRunner runner = new BenchRunner(benchmark(), folder);
        List<RunPlan> plans = List.of(plan("er", 0), plan("er", 1), plan("levit-no-dkf", 0), plan("levit-no-dkf", 1));
        runner.run(plans.subList(0, 1), 1, images -> {});
        Files.writeString(dir.resolve("runs/half.json.partial"), "{");
        List<RunPlan> open = runner.open(plans, true);
        assertThat(open).isEqualTo(plans.subList(1, 4));
        assertThat(runner.open(plans, false)).isEqualTo(plans);
        runner.run(open, 2, images -> {});
        assertThat(runner.open(plans, true)).isEmpty();
        Reports.write(folder);
        assertThat(Files.readString(dir.resolve("report.md")))
                .contains("levit-no-dkf", "routing accuracy %", "±", "seeds | 0, 1");
        assertThat(Files.readString(dir.resolve("report.html")))
                .contains("<h1>shades</h1>", "\"name\":\"shades\"", "echarts");
        assertThat(Files.readAllLines(dir.resolve("runs.csv"))).hasSize(5);
        assertThat(Reports.compare(folder, folder)).contains("p (paired t-test)", "| 2 |");
        assertThat(MarkdownReport.table(folder.all())).contains("| shades (1800) | ", "per image", "stream, product");
    }

    @Test
    void aWrongOptionEndsEverythingBeforeAnyRun(@TempDir Path dir) {
        BenchRunner runner = new BenchRunner(benchmark(), new RunFolder(dir));
        RunPlan wrong = new RunPlan("er", "stream", Map.of("memory.capacity", "3"), 1, false, 0);
        assertThatThrownBy(() -> runner.open(List.of(plan("er", 0), wrong), false))
                .hasMessage("replay.memory.capacity=3 must be at least 64");
        assertThatThrownBy(() -> new RunPlan("lstm", "stream", Map.of(), 1, false, 0))
                .hasMessageContaining("learner=lstm must be offline or");
    }

    @Test
    void aRunReadFromItsFileEqualsTheOneWritten(@TempDir Path dir) throws IOException {
        RunResult run = new InProcessRun(benchmark(), plan("finetune", 0), images -> {}).run();
        RunFolder folder = new RunFolder(dir);
        folder.add(run);
        assertThat(folder.all()).containsExactly(run);
        assertThat(folder.find(plan("finetune", 0), benchmark())).contains(run);
        Benchmark other =
                new Benchmark("shades", SHAPE, List.of(benchmark().tasks().get(0)));
        assertThat(folder.find(plan("finetune", 0), other)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"benchmark\":3}",
                "{\"benchmark\":\"shades\",\"name\":\"er\",\"trainImages\":1800,\"accuracy\":0.9,\"expansions\":[]}",
                "{\"setup\":null,\"trace\":null}",
                "{"
            })
    void aFileThatIsNoRunOfThisReleaseIsNamed(String text, @TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("runs"));
        Path file = Files.writeString(dir.resolve("runs/x.json"), text);
        assertThatThrownBy(() -> new RunFolder(dir).all())
                .hasMessage(file + " must be a run of this release; delete it to run it again");
    }

    @Test
    void aFolderWithoutRunsIsNamed(@TempDir Path dir) {
        assertThatThrownBy(() -> new RunFolder(dir).all())
                .hasMessage(dir + "/runs is missing: " + dir + " must be the --out folder of a bench run");
    }

    @Test
    void forgettingIsTheLossSinceTheBestAndTransferTheGainSinceLearning() {
        AccuracyMatrix matrix = new AccuracyMatrix(List.of(List.of(0.75), List.of(1.0, 0.5), List.of(0.5, 0.75, 0.25)));
        assertThat(matrix.forgetting()).isEqualTo((0.5 + 0) / 2);
        assertThat(matrix.backwardTransfer()).isEqualTo((-0.25 + 0.25) / 2);
        AccuracyMatrix oneTask = new AccuracyMatrix(List.of(List.of(0.75)));
        assertThat(oneTask.forgetting()).isNaN();
        assertThat(oneTask.backwardTransfer()).isNaN();
        assertThat(new AccuracyMatrix(List.of()).forgetting()).isNaN();
    }

    @Test
    void aResultDoesNotChangeWithTheListsThatItWasMadeOf() {
        List<Double> row = new ArrayList<>(List.of(0.5));
        List<List<Double>> rows = new ArrayList<>(List.of(row));
        AccuracyMatrix matrix = new AccuracyMatrix(rows);
        row.add(1.0);
        rows.clear();
        assertThat(matrix.rows()).containsExactly(List.of(0.5));
        List<Long> images = new ArrayList<>(List.of(1L));
        StreamTrace trace = new StreamTrace(images, List.of(0.5), List.of(Double.NaN), List.of());
        images.clear();
        assertThat(trace.image()).containsExactly(1L);
    }

    @Test
    void expansionsAreCountedAgainstTrueChanges() {
        ExpansionRecord record = new ExpansionRecord();
        record.startTask(0);
        record.found(new Expansion(2, 5, Optional.of(new Verdict(2, 1)), 2, 50), 50); // nothing had changed
        record.endTask(100);
        record.startTask(100);
        record.found(new Expansion(3, 13, Optional.of(new Verdict(2, 1)), 3, 80), 129);
        record.found(new Expansion(4, 15, Optional.of(new Verdict(2, 1)), 4, 20), 149); // once is enough
        record.endTask(100);
        record.startTask(200);
        record.endTask(100); // nothing noticed
        ChangeDetection detection = record.detection();
        assertThat(detection.delays()).containsExactly(30L);
        assertThat(detection.falseExpansions()).isEqualTo(2);
        assertThat(detection.missed()).isEqualTo(1);
        assertThat(List.of(record.homeOf(0), record.homeOf(1), record.homeOf(2)))
                .containsExactly(1, 4, 4);
    }
}
