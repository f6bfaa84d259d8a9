package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Odd folders and wrong commands: one line that says what is wrong, an exit code, and nothing that is ignored. */
class OddCommandsTest {
    @TempDir
    private static Path dir;

    @BeforeAll
    static void folders() throws IOException {
        Files.createDirectories(dir.resolve("empty/deep/er"));
        picture("flat/1.png");
        picture("flat/2.png");
        picture("good/a/1.png");
        picture("good/b/1.png");
        Files.writeString(Files.createDirectories(dir.resolve("broken/a")).resolve("1.png"), "no picture");
        Files.writeString(Files.createDirectories(dir.resolve("foreign/a")).resolve("notes.txt"), "text");
        Files.writeString(dir.resolve("wrong.csv"), "a/1.png,cat\na/1.png,dog\n");
        Files.writeString(dir.resolve("video.mp4"), "no video");
    }

    private static void picture(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "2|demo --dir D|dir=D must stand beside --dataset mnist, fashion-mnist or cifar10",
                "2|demo --dir D --folder D/good|dir=D must stand beside --dataset mnist, fashion-mnist or cifar10",
                "2|demo --dataset mnist --folder D/good|folder=D/good must not stand beside --dataset",
                "2|demo --order 1,2|order=1,2 must stand beside --folder or a --dataset that is read",
                "2|demo --folder D/good --order a,c|order=c must be a label of the data, which has [a, b]",
                "2|demo --per-phase 0|per-phase=0 must be at least 1",
                "2|demo --set foo=1|--set: unknown key foo",
                "2|demo --set kafka.bootstrap-servers=a:1|set=kafka.bootstrap-servers must not be set",
                "2|demo --set image=640x480x3|image=640x480x3 must need at most learner.max-mib=2048",
                "2|demo --set image=28x28x5|image=28x28x5 must have 1 or 3 channels in a demo",
                "2|demo --ui-port 70000|ui-port=70000 must be 0 to 65535",
                "2|demo --kafka-port 70000|kafka-port=70000 must be 0 to 65535",
                "1|demo --work-dir /proc/levit-stream|folder /proc/levit-stream cannot be written (",
                "2|demo --folder D/none|folder=D/none must be a folder",
                "2|demo --folder D/video.mp4|folder=D/video.mp4 must be a folder",
                "1|demo --folder D/empty|folder=D/empty must have a picture in it",
                "1|demo --folder D/flat|folder=D/flat must have one sub-folder per label",
                "1|demo --folder D/broken|D/broken has no picture that can be read: skipped 1 file: D/broken/a/1.png",
                "1|publish --folder D/foreign|picture in it: skipped 1 file: D/foreign/a/notes.txt is no picture by",
                "2|publish --folder D/good --from 3|from=3 must be at most 2, as many images there are",
                "2|publish --from -1|from=-1 must be at least 0",
                "2|publish --seed 3|seed=3 must stand beside --unlabelled",
                "2|publish --unlabelled 2|unlabelled=2.0 must be 0 to 1",
                "2|publish --folder D/flat --unlabelled 0.5|unlabelled=0.5 must stand with images that have labels",
                "2|publish --part half|part=half must be one of [all, train, test]",
                "2|publish --format json|format=json must be avro or image",
                "2|publish --label cat|label=cat must stand beside --folder, whose pictures it labels",
                "2|publish --folder D/good --label cat --labels D/wrong.csv|label=cat must not stand beside --labels",
                "2|publish --folder D/good --labels D/wrong.csv|labels=D/wrong.csv line 2: path=a/1.png must not be named",
                "1|publish --folder D/good --labels D/none.csv|D/none.csv is missing",
                "2|publish --every 2s|every=2s must stand beside --video",
                "2|publish --video D/none.mp4|video=D/none.mp4 must be a file, a device or a URL",
                "2|publish --video D/video.mp4 --every soon|every=soon must be a time, as in 500ms or 2s",
                "2|publish --video D/video.mp4 --every 0s|every=PT0S must be at least 1 ms",
                "2|publish --video D/video.mp4 --folder D/good|folder=D/good must not stand beside --video",
                "2|publish --video D/video.mp4 --unlabelled 0.5|unlabelled=0.5 must stand with images that have labels",
                "2|publish --video D/video.mp4 --rate 3|rate=3.0 must not stand beside --video",
                "2|publish --video rtsp://camera.example/1 --from 3|from=3 must not stand beside a --video that is live",
                "2|publish --kafka.bootstrap-servers localhost|kafka.bootstrap-servers=localhost must be HOST:PORT",
                "2|watch --kafka.bootstrap-servers localhost:0|kafka.bootstrap-servers=localhost:0 must be HOST:PORT",
                "2|run --kafka.bootstrap-servers a:1,localhost|kafka.bootstrap-servers=a:1,localhost must be HOST:PORT",
                "2|watch --kafka.bootstrap-servers no.invalid:1|no.invalid:1 must name hosts that can be found",
                "2|publish --kafka.client bootstrap.servers=a:1|kafka.client=bootstrap.servers must be given as",
                "2|watch --kafka.client security.protocol=SSH|kafka.client does not serve: Invalid value SSH",
                "2|bench split-mnist --epochs 3|epochs=3 must stand beside --learner offline",
                "2|bench split-mnist --learner er --oracle-boundaries|oracle-boundaries=true must stand beside a --learner",
                "2|bench split-mnist --through-kafka --parallel 2|parallel=2 must not stand beside --through-kafka",
                "2|bench permuted-mnist --class-order 3|class-order=3 must not stand beside permuted-mnist",
                "2|bench split-mnist --budget 3 --set budget.updates=2|budget=3 must not stand beside --set budget.updates",
                "2|bench split-mnist --vary batch.size=1,2 --set batch.size=3|vary=batch.size must not be set as well",
                "2|bench --runs 3 compare a b|--runs is an option of levit-stream bench, not of levit-stream bench compare",
                "2|bench speed --slots --only MNIST|only=MNIST must not stand beside --kafka, --slots, --latency or --camera",
                "2|bench speed --kafka --quick|quick=true must not stand beside --kafka, --slots, --latency or --camera",
                "2|bench speed --set learner=er|set=learner=er needs --camera",
                "2|bench speed --camera --set lerner=er|--set: unknown key lerner",
                "2|bench speed --camera --set parallelism=2|parallelism=2 must not be set: one slot and two take turns",
                "2|bench speed --latency --rounds 2|rounds=2 must not stand beside --latency",
                "2|bench speed --latency --python python3|python=python3 must not stand beside --slots, --latency or --camera",
            })
    void isOneLineWithItsExitCode(int code, String command, String line) {
        String[] args = command.replace("D/", dir + "/")
                .replace("--dir D", "--dir " + dir)
                .split(" ", -1);
        StringWriter err = new StringWriter();
        CommandLine commandLine = Main.commandLine(args);
        commandLine.setErr(new PrintWriter(err));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        int exit = commandLine.execute(args);
        String said = err.toString().strip().replace(dir + "/", "D/").replace("dir=" + dir, "dir=D");
        assertThat(said).startsWith("levit-stream: ").contains(line);
        assertThat(said.lines().filter(each -> !each.startsWith("Try '"))).hasSize(1);
        assertThat(exit).isEqualTo(code);
    }
}
