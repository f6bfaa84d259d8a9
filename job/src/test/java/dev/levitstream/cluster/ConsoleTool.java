package dev.levitstream.cluster;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
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

    /** All records of each topic, in order of each partition, as "key, tab, value". The tools work side by side. */
    static Map<String, List<String>> read(Path folder, String bootstrapServers, List<String> topics)
            throws IOException, InterruptedException {
        Map<String, JavaProcess> tools = new LinkedHashMap<>();
        for (String topic : topics) {
            tools.put(topic, start(folder, bootstrapServers, topic));
        }
        Map<String, List<String>> records = new LinkedHashMap<>();
        for (Map.Entry<String, JavaProcess> tool : tools.entrySet()) {
            List<String> lines = tool.getValue().output().lines().toList();
            records.put(
                    tool.getKey(),
                    lines.stream().filter(line -> line.contains("\t")).toList());
        }
        return records;
    }

    private static JavaProcess start(Path folder, String bootstrapServers, String topic) throws IOException {
        Path out = folder.resolve("console-" + topic + ".txt");
        Files.deleteIfExists(out);
        return JavaProcess.start(
                List.of(Cluster.DISTRIBUTION.resolve("lib") + "/*", toolJar()),
                Map.of(),
                out,
                List.of(
                        "-Xmx128m",
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
                        "20000", // ends when nothing came for so long
                        "--formatter-property",
                        "print.key=true",
                        "--formatter-property",
                        "value.deserializer=" + BytesDeserializer.class.getName()));
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
