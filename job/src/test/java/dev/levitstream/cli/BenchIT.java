package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.bench.run.RunFolder;
import dev.levitstream.bench.run.RunResult;
import dev.levitstream.bench.speed.CameraSpeed;
import dev.levitstream.bench.speed.KafkaSpeed;
import dev.levitstream.bench.speed.Latency;
import dev.levitstream.bench.speed.SlotSpeed;
import dev.levitstream.bench.speed.Workload;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The bench command from pictures to report: the learner alone, and through a real broker and the whole job. */
class BenchIT {
    private static final double CHANCE = 0.25;

    /** Four labels: dark or grey, plain or striped. */
    private static void draw(Path dir, int count, Random random) throws IOException {
        for (int label = 0; label < 4; label++) {
            Path folder = Files.createDirectories(dir.resolve("label-" + label));
            for (int n = 0; n < count; n++) {
                BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
                for (int i = 0; i < 64; i++) {
                    int base = label >= 2 && i / 8 % 2 == 0 ? 230 : label % 2 == 0 ? 10 : 120;
                    int value = base + random.nextInt(20);
                    picture.setRGB(i % 8, i / 8, value << 16 | value << 8 | value);
                }
                ImageIO.write(
                        picture,
                        "png",
                        folder.resolve(String.format("%03d.png", n)).toFile());
            }
        }
    }

    private static String run(List<String> args, Path out) {
        List<String> all = new ArrayList<>(args);
        all.addAll(List.of("--out", out.toString()));
        return run(all.toArray(String[]::new));
    }

    private static String run(String... args) {
        StringWriter out = new StringWriter();
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        StringWriter err = new StringWriter();
        commandLine.setErr(new PrintWriter(err));
        assertThat(commandLine.execute(args)).as(err.toString()).isZero();
        return out.toString();
    }

    @Test
    void picturesBecomeAReportWithAndWithoutKafka(@TempDir Path dir) throws IOException {
        draw(dir.resolve("data/train"), 400, new Random(1));
        draw(dir.resolve("data/test"), 20, new Random(2));
        List<String> common = new ArrayList<>(List.of("bench", "split-folder", "--size", "8x8x1", "--budget", "4"));
        common.addAll(List.of("--dir", dir.resolve("data").toString()));
        for (String setting : List.of(
                "vae.hidden=16",
                "vae.latent-width=4",
                "vit.embedding-width=12",
                "vit.hidden=16",
                "routing.filters=3",
                "training.batch=16",
                "training.learning-rate=0.005",
                "memory.capacity=512",
                "routing.features=random",
                "expansion.criterion=novelty",
                "expansion.warm-up=128")) {
            common.addAll(List.of("--set", setting));
        }
        String alone = run(common, dir.resolve("out"));
        assertThat(alone).contains("2 tasks, 1,600 training images", "report.html");
        List<RunResult> results = new RunFolder(dir.resolve("out")).all();
        assertThat(results).hasSize(1);
        RunResult inProcess = results.get(0);
        assertThat(inProcess.accuracies().test().perImage())
                .as("%s", inProcess.figures())
                .isGreaterThan(CHANCE + 0.4);

        common.add("--through-kafka");
        assertThat(run(common, dir.resolve("kafka"))).contains("through-kafka");
        RunResult whole = new RunFolder(dir.resolve("kafka")).all().get(0);
        assertThat(whole.accuracies().test().perImage()).isGreaterThan(CHANCE + 0.4);
        assertThat(whole.cost().components()).isEqualTo(inProcess.cost().components());

        String readme = "before\n<!-- bench:begin -->\nstale\n<!-- bench:end -->\nafter\n";
        Path file = Files.writeString(dir.resolve("README.md"), readme);
        run(
                "bench",
                "table",
                dir.resolve("out").toString(),
                dir.resolve("kafka").toString(),
                "--into",
                file.toString());
        assertThat(Files.readString(file))
                .startsWith("before\n<!-- bench:begin -->\n| stream | learner |")
                .contains("split-folder (1600)", "through-kafka")
                .endsWith("<!-- bench:end -->\nafter\n")
                .doesNotContain("stale");
    }

    /** Figures of one round say little; that scripts, arrays and PyTorch where it is agree is required before them. */
    @Test
    void speedIsMeasuredOnlyOfWhatAgrees() {
        String report = run("bench", "speed", "--quick", "--only", "MNIST", "--rounds", "1");
        assertThat(report)
                .contains(
                        "GFLOP/s", "| MNIST | 10 | 1 |", "| MNIST | 64 | 10 |", "\n| 3 | ", "Two threads", "\n| 1 | ");
    }

    @Test
    void theJobOnABrokerIsMeasuredAgainstTheLearnerAlone() throws Exception {
        List<String> lines = new ArrayList<>();
        new KafkaSpeed(Optional.empty(), 1, new Workload(20), lines::add).run();
        assertThat(lines).anyMatch(line -> line.startsWith("| round-1 | 10 | "));
        assertThat(String.join("\n", lines))
                .containsPattern("The job does [0-9.]+ .*[0-9.]+ .* times the images/s of the learner alone");
    }

    @Test
    void latencyIsMeasuredOfTheFastTopicAndOfCommittedAnswers() throws Exception {
        List<String> lines = new ArrayList<>();
        new Latency(2, 2, lines::add).run();
        assertThat(lines).hasSize(6);
        assertThat(String.join("\n", lines))
                .startsWith("From publishing an image to receiving its answer, 20 images/s on 5 keys, 40 images:")
                .containsPattern("\\| committed \\| \\d+ \\| \\d+ \\| \\d+ \\|")
                .containsPattern("\\| fast topic \\| \\d+ \\| \\d+ \\| \\d+ \\|");
    }

    @Test
    void twoSlotsAreMeasuredAgainstOneWithoutABrokerAndTwoLearnersAgainstOne() throws Exception {
        List<String> lines = new ArrayList<>();
        new SlotSpeed(1, new Workload(20), lines::add).run();
        assertThat(lines).anyMatch(line -> line.startsWith("| round-1 | 10 | "));
        assertThat(String.join("\n", lines))
                .containsPattern("Two slots .*without a broker, do [0-9.]+ .*[0-9.]+ .* times")
                .containsPattern("Two learners alone.* do [0-9.]+ .*[0-9.]+ .* times");
    }

    @Test
    void stagesOfCamerasAreMeasuredAndTwoSlotsAgainstOne() throws Exception {
        List<String> lines = new ArrayList<>();
        new CameraSpeed(Map.of("image", "8x8x3", "learner", "ncm"), 1, lines::add).run();
        assertThat(String.join("\n", lines))
                .containsPattern("JPEGs of 1920x1080, \\d+ kB each; image=8x8x3, learner=ncm, input 8x8x3")
                .containsPattern("\\| decode and shrink \\| [0-9.]+ \\|")
                .containsPattern("\\| answer and learn \\| [0-9.]+ \\|")
                .containsPattern("\\| [0-9.]+ \\| [0-9.]+ \\| [0-9.]+ \\| \\d+ \\|$");
    }
}
