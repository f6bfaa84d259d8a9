package dev.levitstream.cli;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.CommandLineOptions;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the job in this process, against any Kafka. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description =
                "Runs the job in an embedded Flink cluster against a Kafka broker, until Ctrl-C. Started again on the same"
                        + " folder it goes on where it was.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--checkpoints",
            paramLabel = "DIR",
            defaultValue = "levit-stream-checkpoints",
            description = "Folder of checkpoints. Default: ${DEFAULT-VALUE}.")
    private Path checkpoints;

    @Option(
            names = "--ui-port",
            paramLabel = "PORT",
            defaultValue = "8081",
            description = "Port of Flink's web UI, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int uiPort;

    @Override
    public Integer call() throws Exception {
        JobOptions options = CommandLineOptions.read(
                spec.commandLine().getParseResult(),
                Map.of(),
                warning -> spec.commandLine().getErr().println("levit-stream: " + warning));
        Topics.require(options.kafka());
        int port = uiPort == 0 ? EmbeddedKafka.freePort() : EmbeddedKafka.requireFree("ui-port", uiPort);
        PrintWriter out = spec.commandLine().getOut();
        try (WorkFolder folder = WorkFolder.chosen(checkpoints, "--checkpoints")) {
            OnInterrupt.close(folder);
            try {
                EmbeddedJob job = folder.start(() -> EmbeddedJob.start(options, checkpoints, port));
                out.println("learning from " + options.kafka().images() + " at "
                        + options.kafka().bootstrapServers() + "; web UI http://127.0.0.1:" + port + "; Ctrl-C stops");
                out.flush();
                job.await();
                return 0;
            } catch (Exception | LinkageError e) {
                if (folder.isClosed()) { // Ctrl-C: what fails now, classes included, does because all is being stopped
                    return WorkFolder.INTERRUPTED;
                }
                throw e;
            }
        }
    }
}
