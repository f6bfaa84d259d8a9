package dev.levitstream.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.levitstream.cluster.FlinkRest;
import dev.levitstream.embedded.EmbeddedKafka;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The whole job, whose checkpoints a test may take itself. */
final class HandledJob implements AutoCloseable {
    /** An interval in which no checkpoint comes by itself. */
    static final Duration BY_HAND = Duration.ofDays(10);

    private final JobClient client;
    private final CompletableFuture<JobExecutionResult> result;
    private final FlinkRest rest;

    private HandledJob(JobClient client, FlinkRest rest) {
        this.client = client;
        this.result = client.getJobExecutionResult(); // its cluster cannot be asked any more when it has ended
        this.rest = rest;
    }

    /**
     * Starts the job, from a savepoint if one is given.
     *
     * @param interval of checkpoints
     * @param checkpoints folder
     */
    static HandledJob start(JobOptions options, Duration interval, Path checkpoints, Optional<Path> savepoint)
            throws Exception {
        int port = EmbeddedKafka.freePort();
        Configuration configuration = LevitStreamJob.configuration(options);
        configuration.set(RestOptions.PORT, port);
        configuration.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, interval);
        configuration.set(CheckpointingOptions.MIN_PAUSE_BETWEEN_CHECKPOINTS, interval); // also before the first one
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
        configuration.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofMillis(100));
        savepoint.ifPresent(path -> configuration.set(
                StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString()));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
        LevitStreamJob.buildOnKafka(env, options);
        return new HandledJob(env.executeAsync(), new FlinkRest(port));
    }

    /** Takes a savepoint; the results before it wait for the next checkpoint to be committed. */
    Path savepoint(Path folder) throws Exception {
        return path(client.triggerSavepoint(folder.toString(), SavepointFormatType.CANONICAL)
                .get());
    }

    /** Stops on a savepoint; the results before it are committed. */
    Path stop(Path folder) throws Exception {
        String path = client.stopWithSavepoint(false, folder.toString(), SavepointFormatType.CANONICAL)
                .get();
        result.get();
        return path(path);
    }

    private static Path path(String uri) {
        return Path.of(URI.create(uri));
    }

    /** Whether the job has ended by itself; a failure is thrown. */
    boolean hasEnded() throws Exception {
        return result.isDone() && result.get() != null;
    }

    /** Restarts since the start (count). */
    long restarts() throws InterruptedException {
        return value("/jobs/" + client.getJobID() + "/metrics", "numRestarts");
    }

    /** Sum of a counter of ours over all tasks; empty before it is reported. */
    OptionalLong count(String name) throws InterruptedException {
        OptionalLong sum = OptionalLong.empty();
        JsonNode job = rest.get("/jobs/" + client.getJobID()).orElseThrow();
        for (JsonNode vertex : job.path("vertices")) {
            String metrics = "/jobs/" + client.getJobID() + "/vertices/"
                    + vertex.path("id").asText() + "/metrics";
            for (JsonNode metric : rest.get(metrics).orElseThrow()) {
                String id = metric.path("id").asText();
                if (id.endsWith(".levit." + name.replace('.', '_'))) { // so Flink spells it here
                    sum = OptionalLong.of(sum.orElse(0) + value(metrics, id));
                }
            }
        }
        return sum;
    }

    private long value(String path, String metric) throws InterruptedException {
        return rest.get(path + "?get=" + URLEncoder.encode(metric, StandardCharsets.UTF_8))
                .map(found -> found.path(0).path("value").asLong())
                .orElse(0L);
    }

    /** Cancels the job. */
    @Override
    public void close() throws Exception {
        if (!result.isDone()) {
            client.cancel().get();
            try {
                result.get();
            } catch (ExecutionException e) {
                return; // a cancelled job's result is an error
            }
        }
    }
}
