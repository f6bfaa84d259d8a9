package dev.levitstream.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.tools.consumer.ConsoleConsumer;

/**
 * Kafka's own console consumer in a process of its own: what a stranger sees of a topic, committed records alone. Bytes
 * that are no letters come as \xNN, so a line is a record.
 */
final class ConsoleTool {
    private ConsoleTool() {}

    /**
     * A record as the tool showed it, byte for byte.
     *
     * @param key as text, "null" where there is none
     * @param value its bytes
     */
    record Shown(String key, ByteBuffer value) {
        private static Shown of(String line) {
            int tab = line.indexOf('\t');
            return new Shown(line.substring(0, tab), ByteBuffer.wrap(bytes(line, tab + 1)));
        }

        /**
         * Undoes {@link org.apache.kafka.common.utils.Bytes#toString}: \xNN is a byte, anything else stands for itself.
         */
        private static byte[] bytes(String line, int from) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(line.length() - from);
            int at = from;
            while (at < line.length()) {
                boolean escaped = line.charAt(at) == '\\';
                bytes.write(escaped ? Integer.parseInt(line, at + 2, at + 4, 16) : line.charAt(at));
                at += escaped ? 4 : 1;
            }
            return bytes.toByteArray();
        }
    }

    /** All records of each topic, in order of each partition. The tools work side by side. */
    static Map<String, List<Shown>> read(Path folder, String bootstrapServers, Collection<String> topics)
            throws IOException, InterruptedException {
        Map<String, JavaProcess> tools = new LinkedHashMap<>();
        for (String topic : topics) {
            tools.put(topic, start(folder, bootstrapServers, topic));
        }
        Map<String, List<Shown>> records = new LinkedHashMap<>();
        for (Map.Entry<String, JavaProcess> tool : tools.entrySet()) {
            tool.getValue().requireEnd();
            try (Stream<String> lines = Files.lines(tool.getValue().log())) {
                records.put(
                        tool.getKey(),
                        lines.filter(line -> line.contains("\t")).map(Shown::of).toList());
            }
        }
        return records;
    }

    private static JavaProcess start(Path folder, String bootstrapServers, String topic) throws IOException {
        Path out = folder.resolve("console-" + topic + ".txt");
        Files.deleteIfExists(out);
        return JavaProcess.start(
                List.of(ClusterConfiguration.DISTRIBUTION.resolve("lib") + "/*", toolJar()),
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
