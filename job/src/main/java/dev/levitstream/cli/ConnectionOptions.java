package dev.levitstream.cli;

import dev.levitstream.job.KafkaOptions;
import java.util.Map;
import picocli.CommandLine.Option;

/** How to reach Kafka. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConnectionOptions {
    @Option(
            names = "--kafka.bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9092",
            description = "Kafka brokers. Default: ${DEFAULT-VALUE}.")
    private String bootstrapServers;

    @Option(
            names = "--kafka.client",
            paramLabel = "NAME=VALUE",
            split = ",",
            description = "Further Kafka client properties, as for security.")
    private Map<String, String> client = Map.of();

    /** How to reach the job's results. */
    KafkaOptions results(String predictions, String componentsCreated, String deadLetters, String events) {
        KafkaOptions any = KafkaOptions.DEFAULT;
        return new KafkaOptions(
                bootstrapServers,
                any.images(),
                predictions,
                componentsCreated,
                deadLetters,
                events,
                any.fastTopic(),
                any.groupId(),
                any.transactionPrefix(),
                any.transactionTimeoutMillis(),
                any.offsetReset(),
                any.exactlyOnce(),
                client);
    }

    /** Brokers, checked. */
    String bootstrapServers() {
        KafkaOptions.requireServers(bootstrapServers);
        return bootstrapServers;
    }

    /** Further properties, checked. */
    Map<String, String> client() {
        KafkaOptions.requireClient(client);
        return client;
    }
}
