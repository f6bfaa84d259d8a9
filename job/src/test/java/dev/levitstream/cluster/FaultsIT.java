package dev.levitstream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Exactly-once learning on real processes: whatever is killed, stopped or rescaled, what Kafka's own console consumer
 * sees of the results is byte for byte what it sees of a run without faults.
 *
 * <p>{@code -Dfaults=100} makes the long form, {@code -Dfaults.seed} another order, {@code -Dfaults.aligned=true}
 * aligned checkpoints. {@code target/faults.csv} holds what happened and how long it took.
 */
class FaultsIT {
    private static final int FAULTS = Integer.getInteger("faults", 4);
    private static final long SEED = Long.getLong("faults.seed", 1);
    private static final boolean UNALIGNED = !Boolean.getBoolean("faults.aligned");
    private static final int KEYS = 24;
    private static final int BATCH = 4;
    private static final int WORLD = 120;
    private static final long ROUND_MILLIS = 400;
    private static final List<Integer> PARALLELISMS = List.of(4, 1, 2);
    private static final Pattern IMAGE_ID = Pattern.compile("stream-\\d{5}-\\d{6}");

    private enum Fault {
        KILL_TASK_MANAGER,
        KILL_BROKER,
        RESCALE,
        KILL_JOB_MANAGER,
        PAUSE_TASK_MANAGER
    }

    private final Random random = new Random(SEED);
    private final List<String> report = new ArrayList<>(List.of("fault,seconds"));
    private int rescales;

    private static Map<String, String> options(String run) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("image", "8x8x1");
        options.put("vit.patch", "4");
        options.put("vit.embedding-width", "8");
        options.put("vit.heads", "2");
        options.put("vit.hidden", "12");
        options.put("vae.latent-width", "4");
        options.put("vae.hidden", "16,16");
        options.put("routing.filters", "3");
        options.put("training.batch", "16");
        options.put("training.learning-rate", "0.01");
        options.put("training.kl-weight", "0.1");
        options.put("memory.capacity", "128");
        options.put("expansion.warm-up", "64");
        options.put("batch.size", Integer.toString(BATCH));
        options.put("budget.updates", "3");
        options.put("budget.slice", "1");
        options.put("learner.resident-keys", "8"); // fewer than there are: learners come and go all the time
        options.put("checkpoint.interval-millis", "1000");
        options.put("checkpoint.unaligned", Boolean.toString(UNALIGNED));
        options.put("device", "cpu");
        options.put("kafka.images", TestStream.TOPIC);
        options.put("kafka.predictions", run + "-predictions");
        options.put("kafka.components-created", run + "-components");
        options.put("kafka.dead-letters", run + "-letters");
        options.put("kafka.events", run + "-events");
        options.put("kafka.group-id", run);
        options.put("kafka.transaction-prefix", run);
        options.put("kafka.transaction-timeout-millis", "120000");
        return options;
    }

    /** Every kind comes as often as the others, in an order that the seed decides. */
    private List<Fault> plan() {
        List<Fault> plan = new ArrayList<>();
        for (int i = 0; i < FAULTS; i++) {
            plan.add(Fault.values()[i % Fault.values().length]);
        }
        Collections.shuffle(plan, random);
        return plan;
    }

    private static void createTopics(String bootstrapServers) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        topics.add(new NewTopic(TestStream.TOPIC, 4, (short) 1));
        for (String run : List.of("faulty", "unbroken")) {
            for (String name : List.of("predictions", "components", "letters", "events")) {
                topics.add(new NewTopic(run + "-" + name, 2, (short) 1));
            }
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(topics).all().get();
        }
    }

    @Test
    void whateverIsKilledEveryByteIsThatOfARunWithoutFaults() throws Exception {
        Map<String, String> settings = Map.of("restart-strategy.exponential-delay.reset-backoff-threshold", "20 s");
        try (Cluster cluster = Cluster.start("faults", 2, settings)) {
            createTopics(cluster.bootstrapServers());
            long images;
            long bad;
            try (TestStream stream = new TestStream(cluster.bootstrapServers(), KEYS, WORLD)) {
                String job = cluster.submit(2, "", options("faulty"));
                AtomicBoolean enough = new AtomicBoolean();
                AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
                Thread publishing = new Thread(() -> publish(stream, enough, failure), "publisher");
                publishing.start();
                try {
                    for (Fault fault : plan()) {
                        LockSupport.parkNanos(
                                Duration.ofMillis(random.nextInt(4000)).toNanos()); // any moment
                        job = inflict(fault, cluster, job);
                    }
                } finally {
                    enough.set(true);
                    publishing.join();
                }
                assertThat(failure.get()).isNull();
                images = stream.images();
                bad = stream.bad();
                awaitResults(cluster, "faulty", images);
                cluster.drain(job);
            }
            String unbroken = cluster.submit(2, "", options("unbroken"));
            awaitResults(cluster, "unbroken", images);
            cluster.drain(unbroken);
            Files.write(Path.of("target/faults.csv"), report);

            Map<String, List<String>> seen = ConsoleTool.read(
                    cluster.folder(),
                    cluster.bootstrapServers(),
                    List.of(
                            "faulty-predictions",
                            "faulty-letters",
                            "faulty-components",
                            "unbroken-predictions",
                            "unbroken-components"));
            List<String> predictions = lines(seen, "faulty-predictions");
            assertThat(predictions).hasSize((int) images);
            assertThat(predictions.stream().map(FaultsIT::imageId)).doesNotHaveDuplicates();
            assertThat(lines(seen, "faulty-letters")).hasSize((int) bad);
            List<String> created = lines(seen, "faulty-components");
            assertThat(created)
                    .as("the worlds change")
                    .hasSizeGreaterThan(KEYS / 2)
                    .doesNotHaveDuplicates();

            assertThat(byKey(predictions)).hasSize(KEYS).isEqualTo(byKey(lines(seen, "unbroken-predictions")));
            assertThat(byKey(created)).isEqualTo(byKey(lines(seen, "unbroken-components")));
        }
    }

    private static void publish(TestStream stream, AtomicBoolean enough, AtomicReference<@Nullable Exception> failure) {
        try {
            long start = System.nanoTime();
            while (!enough.get() || stream.rounds() % BATCH != 0 || stream.rounds() < 2 * WORLD) {
                stream.round();
                long due = start
                        + Duration.ofMillis(ROUND_MILLIS * stream.rounds()).toNanos();
                LockSupport.parkNanos(enough.get() ? 0 : due - System.nanoTime()); // the rate of the stream
            }
            stream.flush();
        } catch (Exception e) {
            failure.set(e);
        }
    }

    /** One fault, and the time until results flow again: until a checkpoint is complete that was begun after it. */
    private String inflict(Fault fault, Cluster cluster, String job) throws Exception {
        int victim = random.nextInt(2);
        long start = System.currentTimeMillis();
        String now = job;
        switch (fault) {
            case KILL_TASK_MANAGER -> cluster.killTaskManager(victim);
            case KILL_JOB_MANAGER -> cluster.killJobManager();
            case KILL_BROKER -> cluster.killBroker(Duration.ofMillis(random.nextInt(3000)));
            case PAUSE_TASK_MANAGER -> cluster.pauseTaskManager(victim, Duration.ofMillis(random.nextInt(15_000)));
            case RESCALE -> {
                String savepoint = cluster.stop(job);
                int parallelism = PARALLELISMS.get(rescales++ % PARALLELISMS.size());
                now = cluster.submit(parallelism, savepoint, options("faulty"));
            }
        }
        String running = now;
        cluster.await("a checkpoint after " + fault, () -> cluster.rest().latestCheckpoint(running) > start);
        report.add(String.format("%s,%.1f", fault, (System.currentTimeMillis() - start) / 1e3));
        return now;
    }

    /** Waits for all answers; patience ends when none comes any more. */
    private static void awaitResults(Cluster cluster, String run, long images) throws Exception {
        try (Observer observer = new Observer(cluster.bootstrapServers(), run + "-predictions")) {
            for (long seen = 0; seen < images; seen = observer.seen()) {
                long before = seen;
                cluster.await(
                        "more than " + seen + " of " + images + " answers of " + run, () -> observer.seen() > before);
            }
        }
    }

    private static List<String> lines(Map<String, List<String>> seen, String topic) {
        return Objects.requireNonNull(seen.get(topic), topic);
    }

    private static String imageId(String line) {
        Matcher matcher = IMAGE_ID.matcher(line);
        assertThat(matcher.find()).as(line).isTrue();
        return matcher.group();
    }

    /** Lines by stream key, in their order. */
    private static Map<String, List<String>> byKey(List<String> lines) {
        Map<String, List<String>> byKey = new TreeMap<>();
        for (String line : lines) {
            byKey.computeIfAbsent(line.substring(0, line.indexOf('\t')), key -> new ArrayList<>())
                    .add(line);
        }
        return byKey;
    }
}
