package dev.levitstream.cli;

import dev.levitstream.embedded.ResultReader;
import dev.levitstream.job.KafkaOptions;
import dev.levitstream.job.Topics;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows results as they come. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description =
                "Shows predictions, component-created and other events, and dead letters as they are committed, until Ctrl-C.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class WatchCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ConnectionOptions connection;

    @Option(
            names = "--kafka.predictions",
            paramLabel = "TOPIC",
            defaultValue = "predictions",
            description = "Topic of predictions. Default: ${DEFAULT-VALUE}.")
    private String predictions;

    @Option(
            names = "--kafka.components-created",
            paramLabel = "TOPIC",
            defaultValue = "components-created",
            description = "Topic of component-created events. Default: ${DEFAULT-VALUE}.")
    private String componentsCreated;

    @Option(
            names = "--kafka.dead-letters",
            paramLabel = "TOPIC",
            defaultValue = "dead-letters",
            description = "Topic of dead letters. Default: ${DEFAULT-VALUE}.")
    private String deadLetters;

    @Option(
            names = "--kafka.events",
            paramLabel = "TOPIC",
            defaultValue = "events",
            description = "Topic of what happens to streams and to the input besides. Default: ${DEFAULT-VALUE}.")
    private String events;

    @Option(names = "--from-beginning", description = "Show what is there already, too.")
    private boolean fromBeginning;

    @Option(names = "--json", description = "One JSON object per line, for pipes.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        KafkaOptions kafka = connection.results(predictions, componentsCreated, deadLetters, events);
        Topics.require(kafka.bootstrapServers(), kafka.client(), kafka.results());
        PrintWriter out = spec.commandLine().getOut();
        try (ResultReader reader = new ResultReader(kafka, fromBeginning)) {
            while (!out.checkError()) { // a closed pipe ends it; checkError flushes, too
                reader.poll(Duration.ofMillis(500))
                        .forEach(record -> out.println(json ? json(record) : readable(record)));
            }
        }
        return 0;
    }

    private static String json(SpecificRecordBase record) {
        return "{\"type\": \"" + record.getSchema().getName() + "\", "
                + record.toString().substring(1);
    }

    /** One line about a record. */
    static String readable(SpecificRecordBase record) {
        if (record instanceof Prediction prediction) {
            return readable(prediction);
        }
        if (record instanceof ComponentCreated created) {
            return Ansi.AUTO.string(String.format(
                    "@|bold,green %s  %s  component %d created|@ at step %d: %s%s; %d images in the one before",
                    created.getEventTime(),
                    created.getStreamKey(),
                    created.getComponentId(),
                    created.getStep(),
                    DemoView.why(created),
                    evidence(created.getEvidenceBegan(), "nearest to component", created.getNearestComponentId()),
                    created.getImagesSeen()));
        }
        if (record instanceof StreamEvent event) {
            return Ansi.AUTO.string("@|bold,yellow " + event.getEventTime() + "  " + event.getKind() + "|@ ")
                    + Objects.requireNonNullElse(event.getStreamKey(), "") + ": " + event.getReason()
                    + evidence(event.getEvidenceBegan(), "component", event.getNearestComponentId());
        }
        DeadLetter letter = (DeadLetter) record;
        return Ansi.AUTO.string(String.format(
                        "@|red %s  dead letter|@ %s-%d@%d: ",
                        letter.getTimestamp(), letter.getTopic(), letter.getPartition(), letter.getOffset()))
                + letter.getReason();
    }

    /** Since when there is evidence, and which component it is about, as far as that is known. */
    private static String evidence(@Nullable Instant began, String relation, @Nullable Integer component) {
        return (began == null ? "" : ", since " + began) + (component == null ? "" : ", " + relation + " " + component);
    }

    private static String readable(Prediction prediction) {
        Float threshold = prediction.getNoveltyThreshold();
        boolean novel = threshold != null && prediction.getNovelty() > threshold;
        double score = prediction.getScores().stream()
                .mapToDouble(entry -> entry.getScore())
                .max()
                .orElse(0);
        String label = prediction.getPredictedLabel();
        return prediction.getEventTime() + "  " + prediction.getStreamKey() + "  " + prediction.getImageId()
                + Ansi.AUTO.string("  @|bold " + (label == null ? "-" : label.replace("|@", "")) + "|@")
                + String.format(" %5.1f %%  component %d  novelty ", 100 * score, prediction.getComponentId())
                + Ansi.AUTO.string(String.format(novel ? "@|yellow %.1f|@" : "%.1f", prediction.getNovelty()));
    }
}
