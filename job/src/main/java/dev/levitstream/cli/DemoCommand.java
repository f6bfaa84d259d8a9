package dev.levitstream.cli;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.data.Dataset;
import dev.levitstream.data.Skipped;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.PublishFormat;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.CommandLineOptions;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.KafkaOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.job.Topics;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A whole living system in one process: broker, cluster, publisher, and a view on the results. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Starts a Kafka broker and a Flink cluster in this process, publishes a drifting stream, and shows how it is learnt.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DemoCommand implements Callable<Integer> {
    private static final String STREAM = "demo";
    private static final String SERVERS = "kafka.bootstrap-servers";
    private static final Duration POLL = Duration.ofMillis(200);

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions data;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES",
            defaultValue = "0",
            description = "Images per second; 0 for as fast as they are learnt. Default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Any option of the job (see run --help), as in --set learner=er; may be repeated.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the broker, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int kafkaPort;

    @Option(
            names = "--ui-port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of Flink's web UI, 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int uiPort;

    @Option(
            names = "--work-dir",
            paramLabel = "DIR",
            description = "Folder for the broker's data and checkpoints, kept afterwards. Default: a temporary one.")
    private @Nullable Path workDir;

    @Override
    public Integer call() throws Exception {
        Check.that(rate >= 0, "rate", rate, "must be at least 0");
        String method = settings.getOrDefault(OptionCatalogue.LEARNER, OptionCatalogue.DEFAULT_LEARNER);
        CommandLineOptions.requireOptions("--set", settings.keySet(), List.of(method));
        Check.that(
                !settings.containsKey(SERVERS), "set", SERVERS, "must not be set: the demo starts a broker of its own");
        Skipped skipped = new Skipped();
        Dataset dataset = data.read(skipped);
        ImageShape usual = DemoStream.usualShape(
                dataset,
                settings.containsKey(OptionCatalogue.BACKBONE)
                        ? DemoStream.LARGEST_SIDE_OF_BACKBONE
                        : DemoStream.LARGEST_SIDE);
        ImageShape shape = OptionCatalogue.read(given(usual)).operator().image();
        Check.that(
                shape.channels() == 1 || shape.channels() == 3, "image", shape, "must have 1 or 3 channels in a demo");
        if (kafkaPort != 0) {
            EmbeddedKafka.requireFree("kafka-port", kafkaPort);
        }
        int port = uiPort == 0 ? EmbeddedKafka.freePort() : EmbeddedKafka.requireFree("ui-port", uiPort);
        try (WorkFolder folder = workDir == null ? WorkFolder.temporary() : WorkFolder.chosen(workDir, "--work-dir")) {
            OnInterrupt.close(folder);
            try {
                return live(new DemoStream(dataset, shape, skipped), folder, port);
            } catch (Exception | LinkageError e) {
                if (folder.isClosed()) { // Ctrl-C: what fails now, classes included, does because all is being stopped
                    return WorkFolder.INTERRUPTED;
                }
                throw e;
            }
        }
    }

    private int live(DemoStream stream, WorkFolder folder, int port) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        out.println("starting a Kafka broker ...");
        out.flush();
        EmbeddedKafka kafka = folder.start(() -> EmbeddedKafka.start(folder.path("kafka"), kafkaPort));
        Map<String, String> given = given(stream.shape());
        given.put(SERVERS, kafka.bootstrapServers());
        JobOptions options = OptionCatalogue.read(
                given, warning -> spec.commandLine().getErr().println("levit-stream: " + warning));
        kafka.createTopics(options.kafka().topics());
        Topics.require(options.kafka());
        out.println("starting a Flink cluster ...");
        out.flush();
        EmbeddedJob job = folder.start(() -> EmbeddedJob.start(options, folder.path("checkpoints"), port));
        out.printf(
                "learner %s, images %s; broker %s; web UI http://127.0.0.1:%d; Ctrl-C stops%n%n",
                options.operator().learner().method(), stream.shape(), kafka.bootstrapServers(), port);
        out.flush();
        return follow(stream, options, job);
    }

    /** @param shape of the images, unless it is set */
    private Map<String, String> given(ImageShape shape) {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("image", shape.toString());
        given.put("checkpoint.interval-millis", "1000");
        given.put("batch.flush", "wait"); // so that the last batch goes although nothing follows it
        given.put("batch.wait-millis", "2000");
        given.putAll(settings);
        return given;
    }

    private int follow(DemoStream stream, JobOptions options, EmbeddedJob job) throws Exception {
        KafkaOptions kafka = options.kafka();
        PublishFormat format = PublishFormat.of(options.inputFormat());
        DemoView view = new DemoView(spec.commandLine().getOut());
        DemoScore score = new DemoScore(stream.truth(), DemoStream.TEST);
        try (StreamPublisher publisher =
                        new StreamPublisher(kafka.bootstrapServers(), kafka.images(), STREAM, rate, Map.of(), format);
                ResultReader reader = new ResultReader(kafka, true)) {
            Thread publishing = new Thread(() -> stream.publish(publisher, view), "publisher");
            publishing.setDaemon(true);
            publishing.start();
            while (!stream.isPublished() || score.settled() < publisher.published()) {
                if (job.hasEnded()) {
                    throw new IllegalStateException("the job ended before the stream did");
                }
                for (SpecificRecordBase record : reader.poll(POLL)) {
                    show(record, score, publisher, view);
                }
                view.tick(score);
            }
            // one more look, so that an answer too many would be seen
            for (SpecificRecordBase record : reader.poll(Duration.ofSeconds(3))) {
                show(record, score, publisher, view);
            }
            view.summary(score, publisher);
            stream.skipped().ifPresent(spec.commandLine().getOut()::println);
        }
        return 0;
    }

    private static void show(SpecificRecordBase record, DemoScore score, StreamPublisher publisher, DemoView view) {
        if (record instanceof Prediction prediction) {
            score.add(prediction);
        } else if (record instanceof ComponentCreated created) {
            score.add(created);
            view.created(created, publisher.numberAt(created.getEventTime().toEpochMilli()));
        } else {
            if (record instanceof DeadLetter) {
                score.addDeadLetter();
            }
            view.besides(record);
        }
    }
}
