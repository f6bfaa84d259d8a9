package dev.levitstream.cli;

import dev.levitstream.bench.speed.SpeedBench;
import dev.levitstream.nn.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Speed against other things in the same run. */
@Command(
        name = "speed",
        mixinStandardHelpOptions = true,
        description = "Measures updates and predictions against PyTorch, array by array, many components against few,"
                + " and two threads against one. Some minutes on a quiet machine; prints Markdown.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BenchSpeedCommand implements Callable<Integer> {
    private static final long PROBE_SECONDS = 60;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--python",
            paramLabel = "COMMAND",
            description = "Python that has PyTorch. Default: python3, if it has; without it there is no peer.")
    private @Nullable String python;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "Turns. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            defaultValue = "",
            description = "How the names of the networks start that are compared, like MNIST. Default: all.")
    private String only;

    @Override
    public Integer call() throws Exception {
        Check.that(rounds >= 1, "rounds", rounds, "must be at least 1");
        PrintWriter console = spec.commandLine().getOut();
        Optional<String> peer = Optional.of(python == null ? "python3" : python).filter(BenchSpeedCommand::hasTorch);
        if (peer.isEmpty() && python != null) {
            throw new IllegalArgumentException("python=" + python + " must be able to import torch");
        }
        if (peer.isEmpty()) {
            console.println("python3 has no PyTorch: measured without it (Debian's package is python3-torch)");
        }
        new SpeedBench(peer, only, rounds, line -> {
                    console.println(line);
                    console.flush();
                })
                .run();
        return 0;
    }

    private static boolean hasTorch(String python) {
        try {
            Process probe = new ProcessBuilder(python, "-c", "import torch, numpy")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
