package dev.levitstream.cli;

import dev.levitstream.job.KafkaOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;

/** Looks whether broker and topics are there before anything is started. */
final class Topics {
    private static final long SECONDS = 10;

    private Topics() {}

    /**
     * All topics of the job must exist: a broker that makes them up by itself would give them its own partition count.
     */
    static void require(KafkaOptions options) throws InterruptedException {
        require(options.bootstrapServers(), options.client(), options.topics());
    }

    /**
     * Checks topics.
     *
     * @throws IllegalStateException if the broker does not answer or a topic is missing
     */
    static void require(String bootstrapServers, Map<String, String> client, List<String> names)
            throws InterruptedException {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("default.api.timeout.ms", Long.toString(SECONDS * 1000));
        properties.put("request.timeout.ms", Long.toString(SECONDS * 1000));
        Set<String> missing = new HashSet<>(names);
        try (Admin admin = Admin.create(properties)) {
            missing.removeAll(admin.listTopics().names().get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "no Kafka broker answered at kafka.bootstrap-servers=" + bootstrapServers + " within " + SECONDS
                            + " s",
                    e);
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException("topics " + missing + " do not exist at " + bootstrapServers
                    + ": create them with the settings in deploy/topics.sh");
        }
    }
}
