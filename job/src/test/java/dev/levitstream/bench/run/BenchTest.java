package dev.levitstream.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.bench.report.Comparison;
import dev.levitstream.bench.report.MarkdownReport;
import dev.levitstream.bench.report.Reports;
import dev.levitstream.bench.report.Series;
import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(run.accuracy()).isGreaterThan(0.95);
        assertThat(run.taskSetAccuracy()).isGreaterThan(0.9);
        assertThat(run.routingAccuracy()).isGreaterThan(0.9);
        assertThat(run.oracleAccuracy()).isGreaterThan(0.9);
        assertThat(run.components()).isEqualTo(2);
        assertThat(run.missed()).isZero();
        assertThat(run.falseExpansions()).isZero();
        assertThat(run.delays()).hasSize(1);
        assertThat(run.delays().get(0)).isBetween(10L, 200L);
        assertThat(run.matrix()).hasSize(2);
        assertThat(run.matrix().get(1)).hasSize(2);
        assertThat(run.trace().changes()).containsExactly(900L);
        assertThat(run.profiles()).hasSize(2);
        assertThat(run.profiles().get(1).gates()).hasSize(2);
        assertThat(run.profiles().get(0).samples()).hasSize(10);
        assertThat(run.stateBytes()).isPositive();
        assertThat(run.updates()).isGreaterThan(300);
    }

    @Test
    void theSameSeedGivesTheSameFiguresAndAnotherSeedDoesNot() {
        RunResult once = new InProcessRun(benchmark(), plan("er", 1), images -> {}).run();
        RunResult again = new InProcessRun(benchmark(), plan("er", 1), images -> {}).run();
        RunResult other = new InProcessRun(benchmark(), plan("er", 2), images -> {}).run();
        assertThat(again.trace()).isEqualTo(once.trace());
        assertThat(again.matrix()).isEqualTo(once.matrix());
        assertThat(other.trace()).isNotEqualTo(once.trace());
    }

    @Test
    void offlineSeesAllTasksShuffledAndFinetuneForgets() {
        RunResult offline = new InProcessRun(benchmark(), plan(RunPlan.OFFLINE, 0), images -> {}).run();
        RunResult finetune = new InProcessRun(benchmark(), plan("finetune", 0), images -> {}).run();
        assertThat(offline.accuracy()).isGreaterThan(0.9);
        assertThat(finetune.accuracy()).isLessThan(offline.accuracy());
        assertThat(offline.components()).isEqualTo(1);
        assertThat(offline.routing()).isEqualTo("none");
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
                .contains("\"benchmark\":\"shades\"", "echarts")
                .doesNotContain("/*DATA*/", "/*LIBRARY*/");
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
    void aFileThatIsNoRunIsNamed(@TempDir Path dir) throws IOException {
        Files.createDirectories(dir.resolve("runs"));
        Files.writeString(dir.resolve("runs/x.json"), "{\"benchmark\":3}");
        assertThatThrownBy(() -> new RunFolder(dir).all()).hasMessageContaining("x.json must be a run of this release");
        assertThatThrownBy(() -> new RunFolder(dir.resolve("none")).all())
                .hasMessageContaining("must be the --out folder");
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
        assertThat(record.delays()).containsExactly(30L);
        assertThat(record.falseOnes()).isEqualTo(2);
        assertThat(record.missed()).isEqualTo(1);
        assertThat(List.of(record.homeOf(0), record.homeOf(1), record.homeOf(2)))
                .containsExactly(1, 4, 4);
    }

    @Test
    void thePairedTestIsTheTextbooks() {
        // differences 1, 2, 3, 4, 5: mean 3, deviation sqrt(2.5), t = 3 / sqrt(0.5) = 4.243, 4 degrees: p = 0.01324
        List<RunResult> a = new ArrayList<>();
        List<RunResult> b = new ArrayList<>();
        for (int seed = 0; seed < 5; seed++) {
            a.add(result("a", seed, 0.5 + 0.01 * (seed + 1)));
            b.add(result("b", seed, 0.5));
        }
        b.add(result("b", 9, 0.9)); // a seed that only one has does not count
        Comparison comparison = Comparison.of(Series.of(a).get(0), Series.of(b).get(0));
        Comparison.Row accuracy = comparison.rows().get(0);
        assertThat(accuracy.difference()).isCloseTo(3, within(1e-9));
        assertThat(accuracy.p()).isCloseTo(0.01324, within(1e-5));
        assertThat(accuracy.pairs()).isEqualTo(5);
        assertThat(comparison.rows().get(7).p()).as("no difference, no p").isNaN();
    }

    private static RunResult result(String name, long seed, double accuracy) {
        return new RunResult(
                "shades",
                name,
                plan("er", seed),
                10,
                10,
                List.of("t"),
                "none",
                "c",
                "m",
                accuracy,
                0,
                0,
                0,
                List.of(),
                0,
                0,
                0,
                List.of(),
                0,
                0,
                List.of(),
                1,
                1,
                1,
                1,
                1,
                1,
                List.of(),
                new RunResult.Trace(List.of(), List.of(), List.of(), Collections.emptyList()));
    }
}
