package dev.levitstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/** One stream learnt twice, under faults while it is sent and then without any, and the results of both compared. */
final class Trial {
    /** Images of a key between two changes of its world (count). */
    static final int WORLD = 120;

    /** Images of a key however soon faults are over, so that a fast machine sees worlds change, too (count). */
    private static final int LEAST = 3 * WORLD;

    private static final int PARTITIONS = 4;

    private final Cluster cluster;
    private final TestStream stream;
    private final Duration round;
    private final Run faulty;
    private final Run unbroken;
    private final Faults faults;

    /** What is inflicted, one fault after the other. */
    interface Script {
        void play(Faults faults) throws Exception;
    }

    /**
     * Makes the topics.
     *
     * @param round time between two rounds of images
     * @param seen options that say what learners see of images
     * @param settings of result topics beside the broker's
     * @param seed of the faults
     */
    Trial(
            Cluster cluster,
            TestStream stream,
            Duration round,
            Map<String, String> seen,
            Map<String, String> settings,
            long seed)
            throws Exception {
        this.cluster = cluster;
        this.stream = stream;
        this.round = round;
        faulty = new Run(cluster, "faulty", seen);
        unbroken = new Run(cluster, "unbroken", seen);
        faults = new Faults(cluster, faulty, seed);
        List<NewTopic> topics = new ArrayList<>(List.of(new NewTopic(TestStream.TOPIC, PARTITIONS, (short) 1)));
        topics.addAll(faulty.topics(settings));
        topics.addAll(unbroken.topics(settings));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            admin.createTopics(topics).all().get();
        }
    }

    /** Sends images while faults are inflicted, then learns the same without; {@code report} tells what happened. */
    void play(Script script, Path report) throws Exception {
        try {
            faulty.start(2);
            sendDuring(script);
            faulty.awaitAnswers(stream.images());
            faults.requireNoOtherFailures();
            faulty.drain();
        } finally {
            Files.write(report, faults.table());
        }
        unbroken.start(2);
        unbroken.awaitAnswers(stream.images());
        assertThat(cluster.rest().failures(unbroken.job()))
                .as("restarts without a fault")
                .isEmpty();
        unbroken.drain();
        Audit audit = new Audit(stream.sent(), cluster, faulty);
        Files.write(report, audit.table(), StandardOpenOption.APPEND);
        compare(audit, new Audit(stream.sent(), cluster, unbroken));
    }

    private void compare(Audit audit, Audit other) {
        audit.requireAllAccountedFor();
        other.requireAllAccountedFor();
        assertThat(audit.shown("components"))
                .as("the worlds change")
                .hasSizeGreaterThan(stream.keys().size() / 2)
                .doesNotHaveDuplicates();
        audit.requireSameAs(other, stream.keys());
    }

    private void sendDuring(Script script) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Thread sending = new Thread(() -> send(enough, failure), "sender");
        sending.start();
        try {
            script.play(faults);
        } finally {
            enough.set(true);
            sending.join();
        }
        assertThat(failure.get()).isNull();
    }

    private void send(AtomicBoolean enough, AtomicReference<@Nullable Exception> failure) {
        try {
            long start = System.nanoTime();
            while (!enough.get() || stream.rounds() % Run.BATCH != 0 || stream.rounds() < LEAST) {
                stream.round();
                long due = start + round.multipliedBy(stream.rounds()).toNanos();
                LockSupport.parkNanos(enough.get() ? 0 : due - System.nanoTime()); // the rate of the stream
            }
            stream.flush();
            for (int i = 0; i < Run.BATCH; i++) { // behind all that is bad: once these are answered, all was read
                stream.goodRound();
            }
            stream.flush();
        } catch (Exception e) {
            failure.set(e);
        }
    }
}
