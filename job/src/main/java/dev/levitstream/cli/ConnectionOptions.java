package dev.levitstream.cli;

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

    String bootstrapServers() {
        return bootstrapServers;
    }

    Map<String, String> client() {
        return client;
    }
}
