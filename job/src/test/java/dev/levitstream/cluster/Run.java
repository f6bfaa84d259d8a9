package dev.levitstream.cluster;

import dev.levitstream.job.TinyVit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;

/** One life of the job on a cluster, with result topics of its own, through all its stops and starts. */
final class Run {
    /** Result topics, by the option that names them. */
    private static final Map<String, String> OUTPUTS = Map.of(
            "kafka.predictions", "predictions",
            "kafka.components-created", "components",
            "kafka.dead-letters", "letters",
            "kafka.events", "events");

    /** Images that a learner takes in together (count). */
    static final int BATCH = 4;

    /** Learners see pixels. */
    static final Map<String, String> PIXELS = Map.of(
            "levit.vit.patch",
            "4",
            "levit.vae.hidden",
            "16,16",
            "levit.routing.filters",
            "3",
            "levit.routing.features",
            "random");

    private static final boolean UNALIGNED = !Boolean.getBoolean("faults.aligned");
    private static final int PARTITIONS = 2;

    private final Cluster cluster;
    private final String name;
    private final Map<String, String> seen;
    private String job = "";

    /** @param seen options that say what learners see of images: {@link #PIXELS}, or {@link #tokens} of a backbone */
    Run(Cluster cluster, String name, Map<String, String> seen) {
        this.cluster = cluster;
        this.name = name;
        this.seen = seen;
    }

    /**
     * Learners see tokens that a tiny random backbone makes; several images are embedded at once. Such tokens hardly
     * show how bright an image is, so that little evidence must do for a change.
     */
    static Map<String, String> tokens(Path backbone) throws IOException {
        return Map.of(
                "backbone",
                TinyVit.write(backbone, 1).toString(),
                "backbone.batch",
                "4",
                "levit.vae.hidden",
                "16",
                "levit.expansion.evidence",
                "2");
    }

    /** @param settings of the topics beside the broker's */
    List<NewTopic> topics(Map<String, String> settings) {
        return OUTPUTS.values().stream()
                .map(output -> new NewTopic(topic(output), PARTITIONS, (short) 1).configs(settings))
                .toList();
    }

    Collection<String> outputs() {
        return OUTPUTS.values();
    }

    String topic(String output) {
        return name + "-" + output;
    }

    /** Flink's id of the job as it now runs. */
    String job() {
        return job;
    }

    void start(int parallelism) throws Exception {
        job = cluster.submit(parallelism, "", options());
    }

    /** Stops with a savepoint and goes on from it. */
    void rescale(int parallelism) throws Exception {
        String savepoint = cluster.stop(job);
        job = cluster.submit(parallelism, savepoint, options());
    }

    /** Ends the input where it is: all that was read is answered. */
    void drain() throws Exception {
        cluster.drain(job);
    }

    /** Waits for the answers to all images of good streams; patience ends when none comes any more. */
    void awaitAnswers(long images) throws Exception {
        try (Observer observer = new Observer(cluster.bootstrapServers(), topic("predictions"), TestStream.GOOD)) {
            for (long seen = 0; seen < images; seen = observer.seen()) {
                long before = seen;
                cluster.await(
                        "more than " + seen + " of " + images + " answers of " + name, () -> observer.seen() > before);
            }
        }
    }

    private Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("image", "8x8x1");
        options.putAll(seen);
        options.put("levit.vit.embedding-width", "8");
        options.put("levit.vit.heads", "2");
        options.put("levit.vit.hidden", "12");
        options.put("levit.vae.latent-width", "4");
        options.put("levit.training.batch", "16");
        options.put("levit.training.learning-rate", "0.01");
        options.put("levit.training.kl-weight", "0.1");
        options.put("levit.memory.capacity", "128");
        options.put("levit.expansion.criterion", "novelty"); // tells changes after fewer images
        options.put("levit.expansion.warm-up", "64");
        options.put("batch.size", Integer.toString(BATCH));
        options.put("levit.budget.updates", "3");
        options.put("learner.slice", "1");
        options.put("learner.resident-keys", "8"); // fewer than there are: learners come and go all the time
        options.put("checkpoint.interval-millis", "1000");
        options.put("checkpoint.unaligned", Boolean.toString(UNALIGNED));
        options.put("device", "cpu");
        options.put("kafka.images", TestStream.TOPIC);
        OUTPUTS.forEach((option, output) -> options.put(option, topic(output)));
        options.put("kafka.group-id", name);
        options.put("kafka.transaction-prefix", name);
        options.put("kafka.transaction-timeout-millis", "120000");
        return options;
    }
}
