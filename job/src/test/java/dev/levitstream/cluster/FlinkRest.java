package dev.levitstream.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a cluster says of itself over its REST endpoint; empty while nobody answers. */
public final class FlinkRest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final ObjectMapper json = new ObjectMapper();
    private final String base;

    public FlinkRest(int port) {
        base = "http://127.0.0.1:" + port;
    }

    public Optional<JsonNode> get(String path) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(json.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // down, or just coming up
        }
    }

    /** Task managers that are registered (count). */
    int taskManagers() throws InterruptedException {
        return get("/taskmanagers")
                .map(node -> node.path("taskmanagers").size())
                .orElse(0);
    }

    /** Whether all tasks of the job run. */
    boolean isRunning(String job) throws InterruptedException {
        Optional<JsonNode> about = get("/jobs/" + job);
        if (about.isEmpty() || !about.get().path("state").asText().equals("RUNNING")) {
            return false;
        }
        for (JsonNode vertex : about.get().path("vertices")) {
            if (vertex.path("tasks").path("RUNNING").asInt()
                    != vertex.path("parallelism").asInt()) {
                return false;
            }
        }
        return true;
    }

    /** When the job's latest completed checkpoint was begun (epoch milliseconds); 0 before the first. */
    long latestCheckpoint(String job) throws InterruptedException {
        return get("/jobs/" + job + "/checkpoints")
                .map(node -> node.path("latest")
                        .path("completed")
                        .path("trigger_timestamp")
                        .asLong())
                .orElse(0L);
    }

    /** Checkpoints of the job that failed since its job manager began with it (count). */
    long failedCheckpoints(String job) throws InterruptedException {
        return get("/jobs/" + job + "/checkpoints")
                .map(node -> node.path("counts").path("failed").asLong())
                .orElse(0L);
    }

    /** Failures for which the job was restarted, by when they happened (epoch milliseconds). */
    Map<Long, String> failures(String job) throws InterruptedException {
        Map<Long, String> failures = new TreeMap<>();
        get("/jobs/" + job + "/exceptions?maxExceptions=1000")
                .ifPresent(node -> node.path("exceptionHistory").path("entries").forEach(entry -> {
                    String text = entry.path("stacktrace").asText();
                    failures.put(
                            entry.path("timestamp").asLong(),
                            text.lines().findFirst().orElse(""));
                }));
        return failures;
    }
}
