package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.bench.RunFolder;
import dev.levitstream.bench.RunResult;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The bench command from pictures to report: the learner alone, and through a real broker and the whole job. */
class BenchIT {
    /** Four labels: dark or grey, plain or striped. */
    private static void draw(Path dir, int count, Random random) throws IOException {
        for (int label = 0; label < 4; label++) {
            Path folder = Files.createDirectories(dir.resolve("label-" + label));
            for (int n = 0; n < count; n++) {
                BufferedImage picture = new BufferedImage(10, 10, BufferedImage.TYPE_INT_RGB);
                for (int i = 0; i < 100; i++) {
                    int base = label >= 2 && i / 10 % 2 == 0 ? 230 : label % 2 == 0 ? 10 : 120;
                    int value = base + random.nextInt(20);
                    picture.setRGB(i % 10, i / 10, value << 16 | value << 8 | value);
                }
                ImageIO.write(
                        picture,
                        "png",
                        folder.resolve(String.format("%03d.png", n)).toFile());
            }
        }
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
        String[] common = {
            "bench",
            "split-folder",
            "--dir",
            dir.resolve("data").toString(),
            "--size",
            "8x8x1",
            "--set",
            "vae.hidden=16",
            "--set",
            "vae.latent-width=4",
            "--set",
            "vit.embedding-width=12",
            "--set",
            "vit.hidden=16",
            "--set",
            "routing.filters=3",
            "--set",
            "training.learning-rate=0.01",
            "--set",
            "memory.capacity=512",
            "--out",
            dir.resolve("out").toString()
        };
        String alone = run(common);
        assertThat(alone).contains("2 tasks, 1,600 training images", "report.html");
        List<RunResult> results = new RunFolder(dir.resolve("out")).all();
        assertThat(results).hasSize(1);
        RunResult inProcess = results.get(0);
        assertThat(inProcess.accuracy()).isGreaterThan(0.9);

        String[] throughKafka = new String[common.length + 1];
        System.arraycopy(common, 0, throughKafka, 0, common.length);
        throughKafka[common.length] = "--through-kafka";
        throughKafka[common.length - 1] = dir.resolve("kafka").toString();
        assertThat(run(throughKafka)).contains("through-kafka");
        RunResult whole = new RunFolder(dir.resolve("kafka")).all().get(0);
        assertThat(whole.accuracy()).isGreaterThan(0.9);
        assertThat(whole.components()).isEqualTo(inProcess.components());

        String readme = "before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n";
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
                .doesNotContain("old");
    }
}
