package dev.levitstream.cluster;

import dev.levitstream.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.flink.util.FileUtils;

/**
 * A standalone Flink session cluster with high availability beside one Kafka broker. Flink's {@code lib} holds Flink
 * and the distribution's {@code djl} folder; the job comes as the job jar through Flink's own command line. RocksDB and
 * the checkpoints have small disks of their own.
 */
final class Cluster implements AutoCloseable {
    private static final int DISK_MEGABYTES = 256;
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
    private final Disk rocksDb;
    private final Disk checkpoints;
    private final JavaProcess zooKeeper;
    private JavaProcess broker;
    private JavaProcess jobManager;
    private final List<JavaProcess> taskManagers = new ArrayList<>();
    private final Map<Long, String> ended = new TreeMap<>();
    private int calls;

    /**
     * Starts all processes and waits until they work together.
     *
     * @param name of the folder under {@code target/cluster} for logs, checkpoints and data; emptied first, kept after
     * @param workers task managers of two slots each (count)
     */
    static Cluster start(String name, int workers) throws Exception {
        Path folder = Path.of("target/cluster", name).toAbsolutePath();
        Disk.unmountAll(folder);
        FileUtils.deleteDirectory(folder.toFile());
        Disk rocksDb = Disk.mount(folder.resolve("rocksdb"), DISK_MEGABYTES);
        try {
            return start(folder, workers, rocksDb, Disk.mount(folder.resolve("checkpoints"), DISK_MEGABYTES));
        } catch (Exception e) {
            Disk.unmountAll(folder);
            throw e;
        }
    }

    private static Cluster start(Path folder, int workers, Disk rocksDb, Disk checkpoints) throws Exception {
        Cluster cluster = new Cluster(folder, workers, rocksDb, checkpoints);
        try {
            cluster.await("task managers", () -> cluster.isAlive() && cluster.rest.taskManagers() == workers);
            return cluster;
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    private Cluster(Path folder, int workers, Disk rocksDb, Disk checkpoints) throws Exception {
        this.folder = folder;
        this.rocksDb = rocksDb;
        this.checkpoints = checkpoints;
        this.conf = Files.createDirectories(folder.resolve("conf"));
        this.flinkLib = ClusterConfiguration.flinkLib();
        int zooKeeperPort = EmbeddedKafka.freePort();
        Map<String, String> disks = Map.of(
                "state.backend.rocksdb.localdir",
                rocksDb.folder().toString(),
                "execution.checkpointing.dir",
                checkpoints.folder().toUri().toString());
        ClusterConfiguration.write(conf, restPort, zooKeeperPort, disks);
        taskManagerFlags = ClusterConfiguration.taskManagerFlags(flinkLib, conf);
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

    private JavaProcess flink(String name, List<String> words) throws IOException {
        List<String> all = new ArrayList<>();
        all.add("-Dlog4j2.configurationFile=" + conf.resolve("log4j2.properties"));
        all.addAll(words);
        return JavaProcess.start(
                flinkLib, Map.of("FLINK_CONF_DIR", conf.toString()), folder.resolve(name + ".log"), all);
    }

    private JavaProcess startBroker() throws IOException {
        return JavaProcess.start(
                List.of(ClusterConfiguration.DISTRIBUTION.resolve("lib") + "/*", "target/test-classes"),
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

    JavaProcess taskManager(int index) {
        return taskManagers.get(index);
    }

    JavaProcess jobManager() {
        return jobManager;
    }

    JavaProcess broker() {
        return broker;
    }

    JavaProcess zooKeeper() {
        return zooKeeper;
    }

    /** Where RocksDB works. */
    Disk rocksDb() {
        return rocksDb;
    }

    /** Where checkpoints go. */
    Disk checkpoints() {
        return checkpoints;
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
        words.add(ClusterConfiguration.DISTRIBUTION
                .resolve("job/levit-stream-job.jar")
                .toString());
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
        String savepoint = find(SAVEPOINT, cli(List.of("stop", "--savepointPath", target, job)));
        // what killed processes were about to write stays there for ever, and an hour of faults fills the disk with it
        FileUtils.deleteDirectory(checkpoints.folder().resolve(job).toFile());
        return savepoint;
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

    /**
     * Waits until something holds; meanwhile replaces processes of Flink that end by themselves, as Kubernetes would.
     */
    void await(String what, Callable<Boolean> holds) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.call()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited " + PATIENCE + " in vain for: " + what);
            }
            replaceEnded();
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos()); // between two questions to another process
        }
    }

    /**
     * Flink ends a task manager whose sink cannot be closed, which is so if its successor has fenced it off, and a job
     * manager that cannot go on as it is.
     */
    void replaceEnded() throws IOException {
        if (!jobManager.isAlive()) {
            note(jobManager);
            jobManager = startJobManager();
        }
        for (int i = 0; i < taskManagers.size(); i++) {
            if (!taskManagers.get(i).isAlive()) {
                note(taskManagers.get(i));
                taskManagers.set(i, startTaskManager());
            }
        }
    }

    private void note(JavaProcess process) {
        ended.put(System.currentTimeMillis(), process.log().getFileName() + " ended by itself");
    }

    /** Processes that ended by themselves, by when that was noticed (epoch milliseconds). */
    Map<Long, String> ended() {
        return ended;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (JavaProcess process : taskManagers) {
            process.close();
        }
        jobManager.close();
        broker.close();
        zooKeeper.close();
        rocksDb.close();
        checkpoints.close();
    }
}
