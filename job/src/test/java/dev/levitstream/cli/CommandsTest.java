package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a user sees who does something wrong: one line and an exit code. */
class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine commandLine = Main.commandLine(args);
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return commandLine.execute(args);
    }

    private String error() {
        return err.toString().strip();
    }

    @Test
    void helpListsTheCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("demo", "run", "publish", "watch");
        assertThat(run("run", "--help")).isZero();
        assertThat(out.toString())
                .contains("--levit.expansion.threshold", "--kafka.bootstrap-servers", "--checkpoints");
        assertThat(run("run", "--learner", "er", "--help")).isZero();
        assertThat(out.toString()).contains("--replay.memory.capacity");
    }

    @Test
    void benchSaysWhatIsWrongBeforeItRunsAnything(@TempDir Path dir) throws IOException {
        assertThat(run("bench", "--help")).isZero();
        assertThat(out.toString()).contains("split-mnist", "permuted-mnist", "--resume", "compare", "table");
        Map<List<String>, String> wrong = new LinkedHashMap<>();
        wrong.put(List.of("split-imagenet"), "benchmark=split-imagenet must be one of [split-mnist, ");
        wrong.put(List.of(), "NAME is missing: it must be one of [split-mnist, ");
        wrong.put(List.of("split-mnist", "--runs", "0"), "runs=0 must be at least 1");
        wrong.put(
                List.of("split-mnist", "--learner", "lstm"), "learner=lstm must be offline or a learner of run --help");
        wrong.put(List.of("split-mnist", "--vary", "batch.size"), "vary=batch.size must be KEY=VALUE,VALUE,...");
        wrong.put(List.of("split-mnist", "--size", "28x28"), "size=28x28 must be HEIGHTxWIDTHx1 or HEIGHTxWIDTHx3");
        wrong.put(
                List.of("split-mnist", "--dir", dir.toString()),
                "train-images-idx3-ubyte.gz is missing (looked in mnist/ too): it is published as part of the MNIST");
        Path single = Files.createDirectory(dir.resolve("single"));
        Files.createFile(single.resolve("train-images-idx3-ubyte.gz"));
        wrong.put(
                List.of("split-mnist-fashion", "--dir", single.toString()),
                "dir=" + single + " must hold folders mnist and fashion-mnist, but holds files of one of them");
        wrong.put(
                List.of("compare", dir.toString(), dir.toString()),
                dir + "/runs is missing: " + dir + " must be the --out folder of a bench run");
        wrong.put(List.of("speed", "--rounds", "0"), "rounds=0 must be at least 1");
        wrong.put(List.of("speed", "--python", "no-such-python"), "python=no-such-python must be able to import torch");
        wrong.put(List.of("speed", "--only", "SVHN"), "only=SVHN must start one of [MNIST, CIFAR, preset stream, ");
        wrong.forEach((arguments, message) -> {
            err.getBuffer().setLength(0);
            List<String> given = new ArrayList<>(List.of("bench"));
            given.addAll(arguments);
            assertThat(run(given.toArray(String[]::new))).as(message).isPositive();
            assertThat(error()).contains(message).hasLineCount(1);
        });
    }

    @Test
    void anUnknownOptionNamesTheClosestOne() {
        assertThat(run("run", "--lerner", "er")).isEqualTo(2);
        assertThat(error())
                .contains("--lerner")
                .contains("closest known: --learner")
                .doesNotContain("at dev.");
    }

    @Test
    void aSettingThatIsNoOptionIsRefused() {
        assertThat(run("demo", "--set", "budget.update=1")).isEqualTo(2);
        assertThat(error())
                .isEqualTo("levit-stream: --set: unknown key budget.update; closest known: --budget.updates");
        err.getBuffer().setLength(0);
        assertThat(run("bench", "split-mnist", "--learner", "slda", "--vary", "vit.heads=1,2"))
                .isEqualTo(2);
        assertThat(error()).startsWith("levit-stream: --set or --vary: unknown key vit.heads");
    }

    @Test
    void aWrongValueIsOneLine() {
        assertThat(run("run", "--levit.budget.updates", "-3")).isEqualTo(2);
        assertThat(error()).isEqualTo("levit-stream: levit.budget.updates=-3 must be at least 0");
        err.getBuffer().setLength(0);
        assertThat(run("publish", "--rate", "-1")).isEqualTo(2);
        assertThat(error()).isEqualTo("levit-stream: rate=-1.0 must be at least 0");
        err.getBuffer().setLength(0);
        assertThat(run("demo", "--dataset", "imagenet")).isEqualTo(2);
        assertThat(error()).isEqualTo("levit-stream: dataset=imagenet must be mnist, fashion-mnist, cifar10 or drawn");
    }

    @Test
    void missingFilesAreNamed(@TempDir Path dir) {
        assertThat(run("demo", "--dataset", "mnist", "--dir", dir.toString())).isEqualTo(1);
        assertThat(error()).contains("train-images-idx3-ubyte.gz is missing").hasLineCount(1);
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed(@TempDir Path dir) throws IOException {
        Path below = Files.createFile(dir.resolve("file")).resolve("below");
        assertThat(run("demo", "--per-phase", "10", "--work-dir", below.toString()))
                .isEqualTo(1);
        assertThat(error())
                .isEqualTo("levit-stream: folder " + below
                        + " cannot be written (Not a directory): choose another with --work-dir");
    }

    @Test
    void aPortInUseIsNamed(@TempDir Path dir) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(run("demo", "--per-phase", "10", "--work-dir", dir.toString(), "--kafka-port", port))
                    .isEqualTo(1);
            assertThat(error())
                    .isEqualTo("levit-stream: port " + port + " is in use: choose another, or 0 for any free one");
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNamed() {
        assertThat(run("run", "--kafka.bootstrap-servers", "127.0.0.1:1", "--ui-port", "0"))
                .isEqualTo(1);
        assertThat(error())
                .isEqualTo("levit-stream: no Kafka broker answered at kafka.bootstrap-servers=127.0.0.1:1 within 10 s");
    }
}
