package dev.levitstream.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files that Flink and ZooKeeper are configured with, and what the distribution gives a cluster. */
final class ClusterConfiguration {
    /** The distribution as built. */
    static final Path DISTRIBUTION = Path.of("target/levit-stream").toAbsolutePath();

    /** Jars that the job brings along, or that only our command line needs. */
    private static final List<String> NOT_FLINK = List.of(
            "levit-stream",
            "kafka",
            "flink-connector-kafka",
            "flink-avro",
            "avro",
            "picocli",
            "jackson",
            "scala",
            "echarts");

    private ClusterConfiguration() {}

    /** What a Flink cluster has in its {@code lib}: Flink itself and the distribution's {@code djl} folder. */
    static List<String> flinkLib() throws IOException {
        try (Stream<Path> lib = Files.list(DISTRIBUTION.resolve("lib"));
                Stream<Path> djl = Files.list(DISTRIBUTION.resolve("djl"))) {
            return Stream.concat(
                            lib.filter(jar -> NOT_FLINK.stream()
                                    .noneMatch(
                                            name -> jar.getFileName().toString().startsWith(name))),
                            djl)
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    /**
     * Writes all files.
     *
     * @param conf folder for them, in the cluster's own
     * @param settings of Flink beside those that make a cluster; they win
     */
    static void write(Path conf, int restPort, int zooKeeperPort, Map<String, String> settings) throws IOException {
        Path folder = conf.resolveSibling("");
        Map<String, String> all = new TreeMap<>(flink(folder, restPort, zooKeeperPort));
        all.putAll(settings);
        StringBuilder yaml = new StringBuilder();
        all.forEach(
                (key, value) -> yaml.append(key).append(": \"").append(value).append("\"\n"));
        Files.writeString(conf.resolve("config.yaml"), yaml);
        Files.writeString(
                conf.resolve("zoo.cfg"),
                "tickTime=1000\ndataDir=" + folder.resolve("zookeeper") + "\nclientPort=" + zooKeeperPort
                        + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n");
        Files.writeString(conf.resolve("log4j2.properties"), """
                rootLogger.level=INFO
                rootLogger.appenderRef.out.ref=Out
                appender.out.name=Out
                appender.out.type=Console
                appender.out.layout.type=PatternLayout
                appender.out.layout.pattern=%d{HH:mm:ss,SSS} %-5p %c{1} %m%n
                logger.kafka.name=org.apache.kafka
                logger.kafka.level=WARN
                """);
    }

    private static Map<String, String> flink(Path folder, int restPort, int zooKeeperPort) throws IOException {
        return Map.ofEntries(
                Map.entry("jobmanager.rpc.address", "127.0.0.1"),
                Map.entry("jobmanager.bind-host", "127.0.0.1"),
                Map.entry("jobmanager.memory.process.size", "1000m"),
                Map.entry("taskmanager.bind-host", "127.0.0.1"),
                Map.entry("taskmanager.host", "127.0.0.1"),
                Map.entry("taskmanager.memory.process.size", "1600m"),
                Map.entry("taskmanager.memory.task.off-heap.size", "400m"),
                Map.entry("taskmanager.memory.managed.size", "128m"),
                Map.entry("taskmanager.numberOfTaskSlots", "2"),
                Map.entry("rest.address", "127.0.0.1"),
                Map.entry("rest.bind-address", "127.0.0.1"),
                Map.entry("rest.port", Integer.toString(restPort)),
                Map.entry("rest.bind-port", Integer.toString(restPort)),
                Map.entry("high-availability.type", "zookeeper"),
                Map.entry("high-availability.zookeeper.quorum", "127.0.0.1:" + zooKeeperPort),
                Map.entry("high-availability.zookeeper.client.session-timeout", "10 s"),
                Map.entry(
                        "high-availability.storageDir",
                        folder.resolve("ha").toUri().toString()),
                Map.entry("heartbeat.interval", "1 s"),
                Map.entry("heartbeat.timeout", "10 s"),
                Map.entry("heartbeat.rpc-failure-threshold", "2"),
                Map.entry("restart-strategy.exponential-delay.reset-backoff-threshold", "20 s"),
                Map.entry("web.exception-history-size", "1000"),
                Map.entry("state.backend.type", "rocksdb"),
                Map.entry("taskmanager.network.memory.buffer-debloat.enabled", "true"),
                Map.entry("classloader.parent-first-patterns.additional", "ai.djl.;com.sun.jna."),
                Map.entry(
                        "io.tmp.dirs",
                        Files.createDirectories(folder.resolve("tmp")).toString()));
    }

    /** What Flink's own start script gives a task manager: options of its virtual machine, and arguments. */
    static List<String> taskManagerFlags(List<String> flinkLib, Path conf) throws IOException, InterruptedException {
        JavaProcess asked = JavaProcess.start(
                flinkLib,
                Map.of(),
                conf.resolveSibling("flags"),
                List.of(
                        "org.apache.flink.runtime.util.bash.BashJavaUtils",
                        "GET_TM_RESOURCE_PARAMS",
                        "--configDir",
                        conf.toString()));
        return asked.output()
                .lines()
                .filter(line -> line.startsWith("BASH_JAVA_UTILS_EXEC_RESULT:"))
                .map(line -> line.substring("BASH_JAVA_UTILS_EXEC_RESULT:".length()))
                .toList();
    }
}
