package dev.levitstream.job;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether broker and topics are there, and what result topics take. */
public final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final long SECONDS = 10;

    private Topics() {}

    /**
     * Checks the job's topics, before anything is started. All must exist: a broker that makes them up by itself would
     * give them its own partition count. Those of results must take what the job writes.
     *
     * @throws IllegalStateException if the broker does not answer, or a topic is missing or unsuitable
     */
    public static void require(KafkaOptions options) throws InterruptedException {
        require(options.bootstrapServers(), options.client(), options.topics());
        try (Admin admin = Admin.create(impatient(options.bootstrapServers(), options.client()))) {
            for (String topic : options.results()) {
                rules(admin, topic);
            }
        }
    }

    /**
     * Checks that topics exist.
     *
     * @throws IllegalArgumentException if there can be no client with these properties
     * @throws IllegalStateException if the broker does not answer or a topic is missing
     */
    public static void require(String bootstrapServers, Map<String, String> client, List<String> names)
            throws InterruptedException {
        Set<String> missing = new HashSet<>(names);
        BrokerFault fault = new BrokerFault(bootstrapServers, client);
        try (Admin admin = Admin.create(impatient(bootstrapServers, client))) {
            missing.removeAll(admin.listTopics().names().get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(fault.ofAnswer(e, SECONDS), e);
        } catch (KafkaException e) {
            throw new IllegalArgumentException(fault.ofClient(e), e);
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException("topics " + missing + " do not exist at " + bootstrapServers
                    + ": create them with the settings in deploy/topics.sh");
        }
    }

    /**
     * What a result topic takes at this time.
     *
     * @throws IllegalStateException if the broker does not answer, or the topic is missing or unsuitable
     */
    static TopicRules rules(KafkaOptions options, String topic) throws InterruptedException {
        try (Admin admin = Admin.create(connection(options.bootstrapServers(), options.client()))) {
            return rules(admin, topic);
        }
    }

    private static TopicRules rules(Admin admin, String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        KafkaFuture<Config> config =
                admin.describeConfigs(List.of(resource)).all().thenApply(all -> all.get(resource));
        try {
            return TopicRules.of(topic, config.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                LOG.warn(
                        "the settings of topic {} may not be read (operation DescribeConfigs): messages are cut to fit"
                                + " the broker's default, max.message.bytes={}",
                        topic,
                        TopicRules.DEFAULT.maxMessageBytes());
                return TopicRules.DEFAULT;
            }
            String what = e.getCause() instanceof UnknownTopicOrPartitionException
                    ? "topic " + topic + " does not exist: create it with the settings in deploy/topics.sh"
                    : "the settings of topic " + topic + " could not be read: " + e.getCause();
            throw new IllegalStateException(what, e);
        }
    }

    private static Map<String, Object> impatient(String bootstrapServers, Map<String, String> client) {
        Map<String, Object> properties = connection(bootstrapServers, client);
        properties.put("default.api.timeout.ms", Long.toString(SECONDS * 1000));
        properties.put("request.timeout.ms", Long.toString(SECONDS * 1000));
        return properties;
    }

    private static Map<String, Object> connection(String bootstrapServers, Map<String, String> client) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
