package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.client.program.ProgramParametrizationException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Topics that would refuse or drop results are named before anything starts, each in one line. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // the broker is started before any test
class TopicsIT {
    private EmbeddedKafka kafka;
    private Admin admin;
    private KafkaOptions options;

    @BeforeAll
    void start(@TempDir Path dir) throws IOException {
        Map<String, String> settings = Map.of(
                "message.max.bytes", "1048588",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found", "true");
        kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, settings);
        admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
        options = OptionCatalogue.read(
                        Map.of("kafka.bootstrap-servers", kafka.bootstrapServers(), "kafka.fast-topic", "fast"))
                .kafka();
        kafka.createTopics(options.topics());
    }

    @AfterAll
    void stop() {
        admin.close();
        kafka.close();
    }

    private void set(String topic, Map<String, String> settings, AlterConfigOp.OpType type) throws Exception {
        Collection<AlterConfigOp> changes = settings.entrySet().stream()
                .map(entry -> new AlterConfigOp(new ConfigEntry(entry.getKey(), entry.getValue()), type))
                .toList();
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
                .all()
                .get();
    }

    /** What is said of a topic with these settings, which it has no longer afterwards. */
    private void assertRefused(String topic, Map<String, String> settings, String line) throws Exception {
        set(topic, settings, AlterConfigOp.OpType.SET);
        assertThatThrownBy(() -> Topics.require(options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(line);
        set(topic, settings, AlterConfigOp.OpType.DELETE);
        assertThatCode(() -> Topics.require(options)).doesNotThrowAnyException();
    }

    @Test
    void unsuitableResultTopicsAreRefusedInOneLineEach() throws Exception {
        assertRefused(
                "predictions",
                Map.of("max.message.bytes", "16383"),
                "max.message.bytes=16383 of topic predictions must be at least 16384");
        assertRefused(
                "dead-letters",
                Map.of("cleanup.policy", "compact,delete"),
                "cleanup.policy=compact,delete of topic dead-letters must be delete: each result of a key would replace"
                        + " the one before it");
        assertRefused(
                "fast",
                Map.of("max.message.bytes", "16383"),
                "max.message.bytes=16383 of topic fast must be at least 16384");
        assertRefused(
                "events",
                Map.of("message.timestamp.before.max.ms", "5000"),
                "message.timestamp.before.max.ms=5000 of topic events must be at least 600000, or"
                        + " message.timestamp.type=LogAppendTime");
        assertRefused(
                "components-created",
                Map.of("message.timestamp.after.max.ms", "0"),
                "message.timestamp.after.max.ms=0 of topic components-created must be at least 600000, or"
                        + " message.timestamp.type=LogAppendTime");
        Map<String, String> brokersClock =
                Map.of("message.timestamp.after.max.ms", "0", "message.timestamp.type", "LogAppendTime");
        set("events", brokersClock, AlterConfigOp.OpType.SET);
        assertThatCode(() -> Topics.require(options)).doesNotThrowAnyException();
        set("events", brokersClock, AlterConfigOp.OpType.DELETE);
    }

    @Test
    void flinkRunNamesMissingTopicsInOneLine() {
        assertMissing("--kafka.events");
        assertMissing("--kafka.fast-topic");
    }

    private void assertMissing(String option) {
        String[] arguments = {
            "--kafka.bootstrap-servers", kafka.bootstrapServers(), option, "nowhere", "--device", "cpu"
        };
        assertThatThrownBy(() -> LevitStreamJob.main(arguments))
                .isInstanceOf(ProgramParametrizationException.class)
                .hasMessage("topics [nowhere] do not exist at " + kafka.bootstrapServers()
                        + ": create them with the settings in deploy/topics.sh");
    }

    @Test
    void aLimitIsReadAnewWheneverItIsAskedFor() throws Exception {
        assertThat(Topics.rules(options, "images")).isEqualTo(TopicRules.DEFAULT);
        set("images", Map.of("max.message.bytes", "20000"), AlterConfigOp.OpType.SET);
        assertThat(Topics.rules(options, "images")).isEqualTo(new TopicRules(20_000));
        assertThatThrownBy(() -> Topics.rules(options, "nowhere"))
                .hasMessage("topic nowhere does not exist: create it with the settings in deploy/topics.sh");
    }

    @Test
    void settingsThatMayNotBeReadAreTakenToBeTheDefaults() throws Exception {
        kafka.createTopics(List.of("secret"));
        set("secret", Map.of("max.message.bytes", "20000"), AlterConfigOp.OpType.SET);
        Map<AclOperation, AclPermissionType> rights = new HashMap<>();
        rights.put(AclOperation.ALL, AclPermissionType.ALLOW);
        rights.put(AclOperation.DESCRIBE_CONFIGS, AclPermissionType.DENY);
        ResourcePattern secret = new ResourcePattern(ResourceType.TOPIC, "secret", PatternType.LITERAL);
        List<AclBinding> bindings = rights.entrySet().stream()
                .map(right ->
                        new AclBinding(secret, new AccessControlEntry("User:*", "*", right.getKey(), right.getValue())))
                .toList();
        admin.createAcls(bindings).all().get();
        assertThat(Topics.rules(options, "secret")).isEqualTo(TopicRules.DEFAULT);
    }
}
