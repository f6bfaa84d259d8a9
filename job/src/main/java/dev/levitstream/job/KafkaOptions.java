package dev.levitstream.job;

import dev.levitstream.common.Check;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;

/**
 * Where images come from and results go.
 *
 * @param bootstrapServers Kafka brokers, host:port, comma-separated
 * @param images topic of image records
 * @param predictions topic of predictions
 * @param componentsCreated topic of component-created events
 * @param deadLetters topic of records that could not be used
 * @param events topic of what happened to streams and to the input besides
 * @param fastTopic topic of predictions at once, at least once, beside those of {@code predictions}; none of the other
 *     topics, empty for none
 * @param groupId consumer group, for lag monitoring; the position lies in the checkpoints
 * @param transactionPrefix start of transactional ids, unique per job on the cluster; never change it between restores;
 *     by default {@link #prefixOf made of} group and result topics
 * @param transactionTimeoutMillis after which the broker aborts what a dead job left open (milliseconds); longer than
 *     the checkpoint interval and the longest outage, at most the broker's transaction.max.timeout.ms
 * @param offsetReset where to go on when the images at the position are gone
 * @param exactlyOnce whether results become visible with checkpoints, exactly once, or at once, at least once
 * @param client further Kafka client properties, as for security
 */
public record KafkaOptions(
        String bootstrapServers,
        String images,
        String predictions,
        String componentsCreated,
        String deadLetters,
        String events,
        String fastTopic,
        String groupId,
        String transactionPrefix,
        long transactionTimeoutMillis,
        OffsetReset offsetReset,
        boolean exactlyOnce,
        Map<String, String> client)
        implements Serializable {
    private static final int LAST_PORT = 65_535;

    /** Defaults for a broker on this machine. */
    public static final KafkaOptions DEFAULT = new KafkaOptions(
            "localhost:9092",
            "images",
            "predictions",
            "components-created",
            "dead-letters",
            "events",
            "",
            "levit-stream",
            prefixOf("levit-stream", List.of("predictions", "components-created", "dead-letters", "events")),
            600_000,
            OffsetReset.EARLIEST,
            true,
            Map.of());

    /** Topics that the job writes. */
    public List<String> results() {
        return Stream.concat(
                        Stream.of(predictions, componentsCreated, deadLetters, events),
                        fast() ? Stream.of(fastTopic) : Stream.of())
                .toList();
    }

    /** Whether predictions are written at once, too. */
    public boolean fast() {
        return !fastTopic.isEmpty();
    }

    /** Topics that the job reads and writes. */
    public List<String> topics() {
        return Stream.concat(Stream.of(images), results().stream()).toList();
    }

    public KafkaOptions {
        requireServers(bootstrapServers);
        requireClient(client);
        Check.that(
                fastTopic.isEmpty()
                        || !List.of(images, predictions, componentsCreated, deadLetters, events)
                                .contains(fastTopic),
                "kafka.fast-topic",
                fastTopic,
                "must be none of the job's other topics");
        Check.that(
                transactionTimeoutMillis >= 1000,
                "kafka.transaction-timeout-millis",
                transactionTimeoutMillis,
                "must be at least 1000");
        client = Map.copyOf(client);
    }

    /**
     * Checks addresses of brokers; whether they are known shows when they are asked.
     *
     * @throws IllegalArgumentException if one is not as it must be
     */
    public static void requireServers(String bootstrapServers) {
        for (String server : bootstrapServers.split(",", -1)) {
            Integer port = Utils.getPort(server.trim());
            Check.that(
                    port != null && port >= 1 && port <= LAST_PORT && Utils.getHost(server.trim()) != null,
                    "kafka.bootstrap-servers",
                    bootstrapServers,
                    "must be HOST:PORT, several with commas between, as in localhost:9092");
        }
    }

    /**
     * Checks further client properties.
     *
     * @throws IllegalArgumentException if one would have no effect
     */
    public static void requireClient(Map<String, String> client) {
        Check.that(
                !client.containsKey("bootstrap.servers"),
                "kafka.client",
                "bootstrap.servers",
                "must be given as kafka.bootstrap-servers");
    }

    /** A prefix that two jobs share only if they have the group and all result topics in common. */
    static String prefixOf(String groupId, List<String> resultTopics) {
        return groupId + ":" + String.join(":", resultTopics); // no topic has a colon in its name
    }
}
