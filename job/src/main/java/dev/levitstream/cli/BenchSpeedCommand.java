package dev.levitstream.cli;

import dev.levitstream.bench.speed.CameraSpeed;
import dev.levitstream.bench.speed.Crowd;
import dev.levitstream.bench.speed.KafkaSpeed;
import dev.levitstream.bench.speed.Latency;
import dev.levitstream.bench.speed.SlotSpeed;
import dev.levitstream.bench.speed.SpeedBench;
import dev.levitstream.bench.speed.Workload;
import dev.levitstream.common.Check;
import dev.levitstream.job.CommandLineOptions;
import dev.levitstream.job.OptionCatalogue;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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
    private static final int JOB_ROUNDS = 3;
    /** Of a key in a turn. */
    private static final int IMAGES = 500;
    /** Of a key, before any is timed: filters are learnt from the first 500. */
    private static final int LATENCY_WARM_UP = 600;

    private static final int LATENCY_SECONDS = 120;

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
            description = "How often all take turns. Default: " + ROUNDS + ", and " + JOB_ROUNDS
                    + " with --kafka, --slots or --camera.")
    private @Nullable Integer rounds;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            defaultValue = "",
            description = "How the names of the networks start that are compared, like MNIST. Default: all.")
    private String only;

    @Option(names = "--quick", description = "Few learners and components: to see that all works, not for figures.")
    private boolean quick;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "With --camera: any option of the job, as in --set backbone=FILE; may be repeated."
                    + " Default: image=64x64x3.")
    private Map<String, String> settings = Map.of();

    @ArgGroup
    private final WholeJob wholeJob = new WholeJob();

    /** The whole job is measured instead. */
    private static final class WholeJob {
        @Option(
                names = "--kafka",
                description = "Measures the whole job on a broker instead, against the learner alone and a Python"
                        + " consumer; ten minutes. The consumer needs Debian's python3-confluent-kafka and"
                        + " python3-avro, too.")
        private boolean kafka;

        @Option(
                names = "--slots",
                description = "Measures the job without a broker instead, two slots against one, and two learners"
                        + " alone; ten minutes.")
        private boolean slots;

        @Option(
                names = "--latency",
                description = "Measures instead how long answers of the whole job take, committed ones and those of the"
                        + " fast topic (kafka.fast-topic); five minutes.")
        private boolean latency;

        @Option(
                names = "--camera",
                description = "Measures instead cameras of full HD, five keys without a broker: what each stage takes"
                        + " of a core, and two slots against one; some minutes. Options of the job by --set.")
        private boolean camera;

        private boolean asked() {
            return kafka || slots || latency || camera;
        }
    }

    @Override
    public Integer call() throws Exception {
        int times = rounds != null ? rounds : wholeJob.asked() ? JOB_ROUNDS : ROUNDS;
        Check.that(times >= 1, "rounds", times, "must be at least 1");
        if (wholeJob.asked()) {
            Given.requireNone(
                    "must not stand beside --kafka, --slots, --latency or --camera, which compare no networks",
                    "--only",
                    only,
                    "--quick",
                    quick);
        }
        if (wholeJob.asked() && !wholeJob.kafka) {
            Given.requireNone(
                    "must not stand beside --slots, --latency or --camera, which compare with no Python",
                    "--python",
                    python);
        }
        if (wholeJob.latency) {
            Given.requireNone("must not stand beside --latency, where nothing takes turns", "--rounds", rounds);
        }
        if (!wholeJob.camera) {
            settings.forEach((key, value) -> Given.requireNone("needs --camera", "--set", key + "=" + value));
        }
        if (wholeJob.kafka) {
            Optional<String> peer = peer("torch, numpy, confluent_kafka, avro");
            new KafkaSpeed(peer, times, new Workload(IMAGES), this::print).run();
        } else if (wholeJob.slots) {
            new SlotSpeed(times, new Workload(IMAGES), this::print).run();
        } else if (wholeJob.latency) {
            new Latency(LATENCY_WARM_UP, LATENCY_SECONDS, this::print).run();
        } else if (wholeJob.camera) {
            String method = settings.getOrDefault(OptionCatalogue.LEARNER, OptionCatalogue.DEFAULT_LEARNER);
            CommandLineOptions.requireOptions("--set", settings.keySet(), List.of(method));
            new CameraSpeed(settings, times, this::print).run();
        } else {
            new SpeedBench(peer("torch, numpy"), only, times, quick ? Crowd.SMALL : Crowd.FULL, this::print).run();
        }
        return 0;
    }

    private void print(String line) {
        PrintWriter console = spec.commandLine().getOut();
        console.println(line);
        console.flush();
    }

    /** The Python that has these modules. */
    private Optional<String> peer(String modules) {
        Optional<String> peer =
                Optional.of(python == null ? "python3" : python).filter(command -> has(command, modules));
        if (peer.isEmpty() && python != null) {
            throw new IllegalArgumentException("python=" + python + " must be able to import " + modules);
        }
        if (peer.isEmpty()) {
            print("python3 cannot import " + modules + ": measured without it (Debian's packages are called"
                    + " python3-torch and so on)");
        }
        return peer;
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
