package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.cluster.TestStream;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.OneLine;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.LevitStreamJob;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.job.TinyJob;
import dev.levitstream.schema.Prediction;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Two jobs on one broker: under one transaction prefix only one of them runs, and it loses nothing. */
@Timeout(600)
class TwoJobsIT {
    private static final int KEYS = 2;
    private static final int ROUNDS = 40;
    private static final String PREFIX = "levit-stream:predictions:components-created:dead-letters:events";
    private static final String LEASE = PREFIX + "-lease";
    private static final Duration POLL = Duration.ofMillis(200);

    @TempDir
    private Path dir;

    private final Map<String, Integer> answers = new HashMap<>();

    private static Map<String, String> given(EmbeddedKafka kafka) {
        return TinyJob.given(kafka.bootstrapServers(), "checkpoint.interval-millis", "300");
    }

    private EmbeddedKafka broker(Map<String, String> settings) throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0, settings);
        kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
        return kafka;
    }

    private EmbeddedJob start(EmbeddedKafka kafka) throws Exception {
        return EmbeddedJob.start(
                OptionCatalogue.read(given(kafka)), dir.resolve("checkpoints"), EmbeddedKafka.freePort());
    }

    /** A job that is submitted without a look at who runs, as two do that are started in the same moment. */
    private EmbeddedJob submit(EmbeddedKafka kafka, String checkpoints) throws Exception {
        JobOptions options = OptionCatalogue.read(given(kafka));
        return EmbeddedJob.start(
                options,
                dir.resolve(checkpoints),
                EmbeddedKafka.freePort(),
                env -> LevitStreamJob.buildOnKafka(env, options));
    }

    private static void publish(TestStream stream) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            stream.round();
        }
        stream.flush();
    }

    private void read(ResultReader reader, EmbeddedJob job, long expected) throws Exception {
        for (int more = 0; more < 5; ) {
            assertThat(job.hasEnded()).isFalse();
            for (Object record : reader.poll(POLL)) {
                if (record instanceof Prediction prediction) {
                    answers.merge(prediction.getImageId(), 1, Integer::sum);
                }
            }
            more += answers.size() >= expected ? 1 : 0;
        }
    }

    private static ResultReader reader(EmbeddedKafka kafka) {
        return new ResultReader(OptionCatalogue.read(given(kafka)).kafka(), true);
    }

    /** Runs a command as the shell does. */
    private static int run(EmbeddedKafka kafka, StringWriter err, Path checkpoints) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--ui-port", "0", "--checkpoints", checkpoints.toString()));
        given(kafka).forEach((key, value) -> arguments.add("--" + key + "=" + value));
        CommandLine command = Main.commandLine();
        command.setErr(new PrintWriter(err));
        command.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return command.execute(arguments.toArray(new String[0]));
    }

    @Test
    void theSecondIsRefusedInOneLineAndTheFirstLosesNothing() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of());
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS);
                ResultReader reader = reader(kafka)) {
            publish(stream);
            try (EmbeddedJob first = start(kafka)) {
                read(reader, first, stream.images());
                StringWriter err = new StringWriter();
                assertThat(run(kafka, err, dir.resolve("other"))).isEqualTo(1);
                assertThat(err.toString().strip())
                        .matches("levit-stream: kafka.transaction-prefix=" + PREFIX
                                + " belongs to job [0-9a-f]{32}, started [^ ]+Z, which runs on /127.0.0.1: stop that job,"
                                + " or give this one its own kafka.group-id or kafka.transaction-prefix");
                publish(stream);
                read(reader, first, stream.images());
            }
            assertThat(answers).hasSize(KEYS * 2 * ROUNDS);
            assertThat(answers.values()).containsOnly(1);
        }
    }

    @Test
    void ofTwoThatAreSubmittedAtOnceOneEndsAndTheOtherAnswersEverything() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of());
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS);
                ResultReader reader = reader(kafka)) {
            publish(stream);
            try (EmbeddedJob one = submit(kafka, "one");
                    EmbeddedJob two = submit(kafka, "two")) {
                EmbeddedJob left = null;
                while (left == null) {
                    left = refused(one) ? two : refused(two) ? one : null;
                }
                publish(stream);
                read(reader, left, stream.images());
                assertThat(answers).hasSize(KEYS * 2 * ROUNDS);
            }
        }
    }

    /** Whether the job has ended, which only the other's lease is a reason for. */
    private static boolean refused(EmbeddedJob job) {
        try {
            assertThat(job.hasEnded()).isFalse();
            return false;
        } catch (Exception e) {
            assertThat(OneLine.of(e)).startsWith("kafka.transaction-prefix=" + PREFIX + " belongs to job ");
            return true;
        }
    }

    @Test
    void aJobThatDiedKeepsItsSuccessorWaitingNoLongerThanItsSession() throws Exception {
        try (EmbeddedKafka kafka = broker(Map.of());
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS);
                ResultReader reader = reader(kafka)) {
            publish(stream);
            leaveDeadMember(kafka);
            try (EmbeddedJob job = start(kafka)) {
                read(reader, job, stream.images());
            }
            assertThat(answers).hasSize(KEYS * ROUNDS);
        }
    }

    /** Joins the lease as a job does and goes without a word. */
    private static void leaveDeadMember(EmbeddedKafka kafka) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        properties.put("group.id", LEASE);
        properties.put(
                "client.id",
                "lease.0123456789abcdef0123456789abcdef." + Instant.now().toEpochMilli());
        properties.put("session.timeout.ms", "6000");
        properties.put("heartbeat.interval.ms", "2000");
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(Pattern.compile("(?!)"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            consumer.poll(Duration.ofSeconds(2));
            while (consumer.groupMetadata().memberId().isEmpty()) {
                consumer.poll(POLL);
            }
            consumer.close(
                    CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            assertThat(admin.describeConsumerGroups(List.of(LEASE)).all().get().values())
                    .singleElement()
                    .satisfies(group -> assertThat(group.members()).hasSize(1));
        }
    }

    @Test
    void aJobThatMayNotUseTheGroupRunsWithoutALease() throws Exception {
        Map<String, String> authorizer = Map.of(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found", "true");
        try (EmbeddedKafka kafka = broker(authorizer);
                TestStream stream = new TestStream(kafka.bootstrapServers(), KEYS, ROUNDS);
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                ResultReader reader = reader(kafka)) {
            admin.createAcls(List.of(new AclBinding(
                            new ResourcePattern(ResourceType.GROUP, LEASE, PatternType.LITERAL),
                            new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.DENY))))
                    .all()
                    .get();
            publish(stream);
            try (EmbeddedJob job = start(kafka)) {
                read(reader, job, stream.images());
            }
            assertThat(answers.values()).containsOnly(1);
        }
    }
}
