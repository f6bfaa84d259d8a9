package dev.levitstream.cluster;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.tools.consumer.ConsoleConsumer;

/**
 * Kafka's own console consumer in a process of its own: what a stranger sees of a topic, committed records alone. Bytes
 * that are no letters come as \xNN, so a line is a record.
 */
final class ConsoleTool {
    private ConsoleTool() {}

    /** All records of a topic, in order of each partition, as "key, tab, value". */
    static List<String> read(Path folder, String bootstrapServers, String topic)
            throws IOException, InterruptedException {
        Path out = folder.resolve("console-" + topic + ".txt");
        Files.deleteIfExists(out);
        JavaProcess tool = JavaProcess.start(
                List.of(Cluster.DISTRIBUTION.resolve("lib") + "/*", toolJar()),
                Map.of(),
                out,
                List.of(
                        "-Dlog4j2.configurationFile=" + quiet(folder),
                        ConsoleConsumer.class.getName(),
                        "--bootstrap-server",
                        bootstrapServers,
                        "--topic",
                        topic,
                        "--from-beginning",
                        "--isolation-level",
                        "read_committed",
                        "--timeout-ms",
                        "8000",
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "value.deserializer=" + BytesDeserializer.class.getName()));
        return tool.output().lines().filter(line -> line.contains("\t")).toList();
    }

    private static Path quiet(Path folder) throws IOException {
        return Files.writeString(folder.resolve("quiet.properties"), "rootLogger.level=OFF\n");
    }

    private static String toolJar() {
        try {
            return Path.of(ConsoleConsumer.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("Kafka's tools lie in no file", e);
        }
    }
}
