package dev.levitstream.cluster;

import dev.levitstream.broker.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * A standalone Flink session cluster with high availability beside one Kafka broker. Flink's {@code lib} holds Flink
 * and the distribution's {@code djl} folder; the job comes as the job jar through Flink's own command line.
 */
final class Cluster implements AutoCloseable {
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

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Path: (file:\\S+)");

    private final Path folder;
    private final Path conf;
    private final List<String> flinkLib;
    private final int restPort = EmbeddedKafka.freePort();
    private final int kafkaPort = EmbeddedKafka.freePort();
    private final FlinkRest rest = new FlinkRest(restPort);
    private final List<String> taskManagerFlags;
    private final JavaProcess zooKeeper;
    private JavaProcess broker;
    private JavaProcess jobManager;
    private final List<JavaProcess> taskManagers = new ArrayList<>();
    private int calls;

    /**
     * Starts all processes and waits until they work together.
     *
     * @param name of the folder under {@code target/cluster} for logs, checkpoints and data; emptied first, kept after
     * @param workers task managers of two slots each (count)
     * @param settings of Flink beside those that make a cluster
     */
    static Cluster start(String name, int workers, Map<String, String> settings) throws Exception {
        Path folder = Path.of("target/cluster", name).toAbsolutePath();
        FileUtils.deleteDirectory(folder.toFile());
        Cluster cluster = new Cluster(folder, workers, settings);
        try {
            cluster.await("task managers", () -> cluster.isAlive() && cluster.rest.taskManagers() == workers);
            return cluster;
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    private Cluster(Path folder, int workers, Map<String, String> settings) throws Exception {
        this.folder = folder;
        this.conf = Files.createDirectories(folder.resolve("conf"));
        this.flinkLib = flinkLib();
        int zooKeeperPort = EmbeddedKafka.freePort();
        writeConfiguration(zooKeeperPort, settings);
        taskManagerFlags = taskManagerFlags();
        zooKeeper = flink(
                "zookeeper",
                List.of(
                        "-Xmx64m",
                        "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                        "--zkConfigFile",
                        conf.resolve("zoo.cfg").toString(),
                        "--peerId",
                        "1"));
        broker = startBroker();
        jobManager = startJobManager();
        for (int i = 0; i < workers; i++) {
            taskManagers.add(startTaskManager());
        }
    }

    private static List<String> flinkLib() throws IOException {
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

    private void writeConfiguration(int zooKeeperPort, Map<String, String> settings) throws IOException {
        Map<String, String> all = new TreeMap<>(Map.ofEntries(
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
                Map.entry("state.backend.type", "rocksdb"),
                Map.entry(
                        "execution.checkpointing.dir",
                        folder.resolve("checkpoints").toUri().toString()),
                Map.entry("taskmanager.network.memory.buffer-debloat.enabled", "true"),
                Map.entry("classloader.parent-first-patterns.additional", "ai.djl.;com.sun.jna."),
                Map.entry(
                        "io.tmp.dirs",
                        Files.createDirectories(folder.resolve("tmp")).toString())));
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

    private List<String> taskManagerFlags() throws IOException, InterruptedException {
        JavaProcess asked = JavaProcess.start(
                flinkLib,
                Map.of(),
                folder.resolve("flags"),
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

    private JavaProcess flink(String name, List<String> words) throws IOException {
        List<String> all = new ArrayList<>();
        all.add("-Dlog4j2.configurationFile=" + conf.resolve("log4j2.properties"));
        all.addAll(words);
        return JavaProcess.start(
                flinkLib, Map.of("FLINK_CONF_DIR", conf.toString()), folder.resolve(name + ".log"), all);
    }

    private JavaProcess startBroker() throws IOException {
        return JavaProcess.start(
                List.of(DISTRIBUTION.resolve("lib") + "/*", "target/test-classes"),
                Map.of(),
                folder.resolve("kafka.log"),
                List.of(
                        "-Xmx256m",
                        "-Dlog4j2.configurationFile=" + conf.resolve("log4j2.properties"),
                        BrokerProcess.class.getName(),
                        folder.resolve("kafka").toString(),
                        Integer.toString(kafkaPort)));
    }

    private JavaProcess startJobManager() throws IOException {
        return flink(
                "jobmanager",
                List.of(
                        "-Xmx600m",
                        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                        "--configDir",
                        conf.toString()));
    }

    private JavaProcess startTaskManager() throws IOException {
        List<String> words =
                new ArrayList<>(List.of(taskManagerFlags.get(0).trim().split("\\s+")));
        words.addAll(List.of(
                "-Dai.djl.offline=true",
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir",
                conf.toString()));
        words.addAll(List.of(taskManagerFlags.get(1).trim().split("\\s+")));
        return flink("taskmanager-" + calls++, words);
    }

    private boolean isAlive() {
        List<JavaProcess> all = new ArrayList<>(taskManagers);
        all.addAll(List.of(zooKeeper, broker, jobManager));
        for (JavaProcess process : all) {
            if (!process.isAlive()) {
                throw new IllegalStateException("a process has ended: " + process.log());
            }
        }
        return true;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + kafkaPort;
    }

    FlinkRest rest() {
        return rest;
    }

    Path folder() {
        return folder;
    }

    /**
     * Submits the job as a user does.
     *
     * @param parallelism of the job
     * @param savepoint to go on from; empty for none
     * @param options of the job
     * @return its id
     */
    String submit(int parallelism, String savepoint, Map<String, String> options) throws Exception {
        List<String> words = new ArrayList<>(List.of("run", "-d", "-p", Integer.toString(parallelism)));
        if (!savepoint.isEmpty()) {
            words.addAll(List.of("-s", savepoint));
        }
        words.add(DISTRIBUTION.resolve("job/levit-stream-job.jar").toString());
        Map<String, String> given = new LinkedHashMap<>(options);
        given.put("kafka.bootstrap-servers", bootstrapServers());
        given.put("parallelism", Integer.toString(parallelism));
        given.forEach((key, value) -> words.add("--" + key + "=" + value));
        String id = find(JOB_ID, cli(words));
        await("job " + id, () -> rest.isRunning(id));
        return id;
    }

    /** Stops the job with a savepoint and returns where that is. */
    String stop(String job) throws Exception {
        String target = folder.resolve("savepoints").toUri().toString();
        return find(SAVEPOINT, cli(List.of("stop", "--savepointPath", target, job)));
    }

    /** Ends the job's input where it is; it finishes all that it holds and its results become visible. */
    void drain(String job) throws Exception {
        String target = folder.resolve("savepoints").toUri().toString();
        find(SAVEPOINT, cli(List.of("stop", "--drain", "--savepointPath", target, job)));
    }

    private String cli(List<String> words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("-Xmx256m", "org.apache.flink.client.cli.CliFrontend"));
        all.addAll(words);
        return flink("cli-" + calls++, all).output();
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("nothing like " + pattern + " in: " + text);
        }
        return matcher.group(1);
    }

    /** SIGKILL of one task manager; another takes its place at once. */
    void killTaskManager(int index) throws Exception {
        taskManagers.get(index).kill();
        taskManagers.set(index, startTaskManager());
    }

    /** SIGSTOP of one task manager for a while. */
    void pauseTaskManager(int index, Duration pause) throws Exception {
        taskManagers.get(index).pause(true);
        LockSupport.parkNanos(pause.toNanos()); // the fault is the time that passes
        taskManagers.get(index).pause(false);
    }

    /** SIGKILL of the job manager; another takes its place at once. */
    void killJobManager() throws Exception {
        jobManager.kill();
        jobManager = startJobManager();
    }

    /** SIGKILL of the broker; another takes its place after a while. */
    void killBroker(Duration down) throws Exception {
        broker.kill();
        LockSupport.parkNanos(down.toNanos()); // the fault is the time that passes
        broker = startBroker();
    }

    /** Waits until something holds; meanwhile replaces task managers that end by themselves, as Kubernetes would. */
    void await(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited " + PATIENCE + " in vain for: " + what);
            }
            replaceEndedTaskManagers();
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos()); // between two questions to another process
        }
    }

    /** Flink ends a task manager whose sink cannot be closed, which is so if its successor has fenced it off. */
    private void replaceEndedTaskManagers() throws IOException {
        for (int i = 0; i < taskManagers.size(); i++) {
            JavaProcess ended = taskManagers.get(i);
            if (!ended.isAlive()) {
                taskManagers.set(i, startTaskManager());
                String line = ended.log().getFileName() + " ended by itself\n";
                Files.writeString(
                        folder.resolve("replaced"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (JavaProcess process : taskManagers) {
            process.close();
        }
        jobManager.close();
        broker.close();
        zooKeeper.close();
    }
}
