package dev.levitstream.cli;

import dev.levitstream.bench.speed.SpeedBench;
import dev.levitstream.nn.Check;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    private static final int ROUNDS = 15;
    /** Some minutes each. */
    private static final int KAFKA_ROUNDS = 3;

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
            description = "How often all take turns. Default: " + ROUNDS + ", and " + KAFKA_ROUNDS + " with --kafka.")
    private @Nullable Integer rounds;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            defaultValue = "",
            description = "How the names of the networks start that are compared, like MNIST. Default: all.")
    private String only;

    @Option(
            names = "--kafka",
            description = "Measures the whole job on a broker instead, against the learner alone, a Python consumer and"
                    + " two slots; the consumer needs Debian's python3-confluent-kafka and python3-avro, too.")
    private boolean kafka;

    @Override
    public Integer call() throws Exception {
        int turns = rounds != null ? rounds : kafka ? KAFKA_ROUNDS : ROUNDS;
        Check.that(turns >= 1, "rounds", turns, "must be at least 1");
        PrintWriter console = spec.commandLine().getOut();
        String modules = kafka ? "torch, numpy, confluent_kafka, avro" : "torch, numpy";
        Optional<String> peer =
                Optional.of(python == null ? "python3" : python).filter(command -> has(command, modules));
        if (peer.isEmpty() && python != null) {
            throw new IllegalArgumentException("python=" + python + " must be able to import " + modules);
        }
        if (peer.isEmpty()) {
            console.println("python3 cannot import " + modules + ": measured without it (Debian's packages are called"
                    + " python3-torch and so on)");
        }
        Consumer<String> lines = line -> {
            console.println(line);
            console.flush();
        };
        if (kafka) {
            new KafkaSpeed(peer, turns, KafkaSpeed.IMAGES, lines).run();
        } else {
            new SpeedBench(peer, only, turns, lines).run();
        }
        return 0;
    }

    private static boolean has(String python, String modules) {
        try {
            Process probe = new ProcessBuilder(python, "-c", "import " + modules)
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
