package dev.levitstream.cli;

import dev.levitstream.job.ExpandableVitJob;
import dev.levitstream.job.JobOptions;
import dev.levitstream.nn.NativeEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The job in a Flink cluster inside this process, with the web UI and checkpoints in a folder. */
final class EmbeddedJob implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedJob.class);
    private static final long STOP_SECONDS = 30;

    private final JobClient client;
    private final CompletableFuture<JobExecutionResult> result;

    private EmbeddedJob(JobClient client) {
        this.client = client;
        this.result = client.getJobExecutionResult();
    }

    /**
     * Starts the job; it goes on from the newest checkpoint in the folder, if there is one.
     *
     * @param checkpoints folder of checkpoints
     * @param uiPort port of the web UI
     * @throws IllegalStateException if a job that runs has the transaction prefix
     */
    static EmbeddedJob start(JobOptions options, Path checkpoints, int uiPort) throws Exception {
        ExpandableVitJob.requireOwnTransactions(options.kafka());
        return start(options, checkpoints, uiPort, env -> ExpandableVitJob.buildOnKafka(env, options));
    }

    /** The same with another graph than that over Kafka. */
    static EmbeddedJob start(
            JobOptions options, Path checkpoints, int uiPort, Consumer<StreamExecutionEnvironment> graph)
            throws Exception {
        NativeEngine.require();
        Configuration configuration = ExpandableVitJob.configuration(options);
        configuration.set(RestOptions.PORT, uiPort);
        configuration.set(RestOptions.BIND_PORT, Integer.toString(uiPort));
        configuration.set(RestOptions.ADDRESS, "127.0.0.1");
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, options.parallelism());
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
        configuration.set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                checkpoints.toAbsolutePath().toUri().toString());
        Optional<Path> newest = newestCheckpoint(checkpoints);
        newest.ifPresent(path -> configuration.set(
                StateRecoveryOptions.SAVEPOINT_PATH,
                path.toAbsolutePath().toUri().toString()));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
        graph.accept(env);
        return new EmbeddedJob(env.executeAsync());
    }

    /** The checkpoint that was completed last, over all earlier runs on this folder. */
    static Optional<Path> newestCheckpoint(Path checkpoints) throws IOException {
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

    /** Whether the job has ended by itself; a failure is thrown. */
    boolean hasEnded() throws Exception {
        if (result.isDone()) {
            result.get();
            return true;
        }
        return false;
    }

    /** Waits until the job ends by itself. */
    void await() throws Exception {
        result.get();
    }

    /** Milliseconds that the job ran, once it has ended by itself. */
    long netMillis() throws Exception {
        return result.get().getNetRuntime();
    }

    /** Cancels the job and waits until it is gone; its last checkpoint stays. */
    @Override
    public void close() throws Exception {
        if (result.isDone()) {
            return;
        }
        client.cancel().get(STOP_SECONDS, TimeUnit.SECONDS);
        try {
            result.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // a cancelled job's result is an error; its cluster leaves with it
            LOG.debug("the job is gone", e);
        }
    }
}
