package dev.levitstream.embedded;

import dev.levitstream.job.JobOptions;
import dev.levitstream.job.LevitStreamJob;
import dev.levitstream.nn.engine.NativeEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job in a Flink cluster inside this process, with the web UI and checkpoints in a folder. Nobody on another
 * machine, and no web page of somebody else's, reaches the cluster ({@link LocalUi}).
 */
public final class EmbeddedJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedJob.class);
    private static final long STOP_SECONDS = 30;

    private final MiniCluster cluster;
    private final JobID id;
    private final Path temporary;
    private final JobWatch watch;
    private boolean closed;

    private EmbeddedJob(MiniCluster cluster, JobID id, Path temporary) {
        this.cluster = cluster;
        this.id = id;
        this.temporary = temporary;
        this.watch = new JobWatch(cluster, id, line -> System.err.println("levit-stream: " + line));
    }

    /**
     * Starts the job; it goes on from the newest checkpoint in the folder, if there is one.
     *
     * @param checkpoints folder of checkpoints
     * @param uiPort port of the web UI
     * @throws IllegalStateException with one line, if the native engine cannot be started or a job that runs has the
     *     transaction prefix
     */
    public static EmbeddedJob start(JobOptions options, Path checkpoints, int uiPort) throws Exception {
        LevitStreamJob.requireOwnTransactions(options.kafka());
        return start(options, checkpoints, uiPort, env -> LevitStreamJob.buildOnKafka(env, options));
    }

    /** The same with another graph than that over Kafka. */
    public static EmbeddedJob start(
            JobOptions options, Path checkpoints, int uiPort, Consumer<StreamExecutionEnvironment> graph)
            throws Exception {
        NativeEngine.newManager("cpu").close(); // what is wrong with it shows here, and not in a restart loop
        Path temporary = Files.createTempDirectory("levit-stream-flink");
        try {
            Configuration configuration = configuration(options, checkpoints, temporary);
            LocalUi.configure(configuration, uiPort);
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
            graph.accept(env);
            StreamGraph plan = env.getStreamGraph();
            plan.setSavepointRestoreSettings(SavepointRestoreSettings.fromConfiguration(configuration));
            MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                    .setConfiguration(configuration)
                    .setNumSlotsPerTaskManager(options.parallelism())
                    .build());
            return submit(cluster, plan, temporary);
        } catch (Exception e) {
            FileUtils.deleteDirectory(temporary.toFile());
            throw e;
        }
    }

    private static Configuration configuration(JobOptions options, Path checkpoints, Path temporary)
            throws IOException {
        Configuration configuration = LevitStreamJob.configuration(options);
        configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
        configuration.set(WebOptions.TMP_DIR, temporary.toString());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        configuration.set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                checkpoints.toAbsolutePath().toUri().toString());
        newestCheckpoint(checkpoints)
                .ifPresent(path -> configuration.set(
                        StateRecoveryOptions.SAVEPOINT_PATH,
                        path.toAbsolutePath().toUri().toString()));
        return configuration;
    }

    private static EmbeddedJob submit(MiniCluster cluster, StreamGraph plan, Path temporary) throws Exception {
        try {
            cluster.start();
            JobID id = JobID.generate();
            plan.setJobId(id);
            cluster.submitJob(plan).get();
            ClientUtils.waitUntilJobInitializationFinished(
                    () -> cluster.getJobStatus(id).get(),
                    () -> cluster.requestJobResult(id).get(),
                    EmbeddedJob.class.getClassLoader());
            return new EmbeddedJob(cluster, id, temporary);
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    /** The checkpoint that was completed last, over all earlier runs on this folder. */
    public static Optional<Path> newestCheckpoint(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(
                checkpoints, 3, (path, attributes) -> path.endsWith("_metadata") && attributes.isRegularFile())) {
            return files.max(Comparator.comparing(EmbeddedJob::modified)).map(Path::getParent);
        }
    }

    private static long modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toMillis();
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be read", e);
        }
    }

    /** Whether the job has ended by itself; a failure, also one of the cluster's, is thrown. */
    public boolean hasEnded() throws Exception {
        if (watch.end().isDone()) {
            watch.end().get();
            return true;
        }
        return false;
    }

    /** Waits until the job ends by itself; throws if it fails or can run no more. */
    public void await() throws Exception {
        watch.end().get();
    }

    /** Milliseconds that the job ran, once it has ended by itself. */
    public long netMillis() throws Exception {
        return watch.end().get().getNetRuntime();
    }

    /** Cancels the job and waits until it and its cluster are gone; its last checkpoint stays. */
    @Override
    public synchronized void close() throws Exception {
        if (closed) {
            return;
        }
        closed = true;
        try (watch) {
            if (!watch.end().isDone()) {
                cancel();
            }
            cluster.closeAsync().get(STOP_SECONDS, TimeUnit.SECONDS);
        } finally {
            FileUtils.deleteDirectory(temporary.toFile());
        }
    }

    private void cancel() throws InterruptedException, TimeoutException {
        try {
            cluster.cancelJob(id).get(STOP_SECONDS, TimeUnit.SECONDS);
            watch.end().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // a cancelled job's result is an error
            LOG.debug("the job is gone", e);
        }
    }
}
