package dev.levitstream.cli;

import dev.levitstream.bench.speed.PythonConsumer;
import dev.levitstream.broker.EmbeddedKafka;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.nn.ImageShape;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.IOUtils;

/**
 * Images per second of the whole job on a broker, against the learner alone, against a Python consumer of the same
 * images, and of two slots against one. All of them, and the broker, are on this machine and take turns of some
 * seconds, so that they meet the same conditions. With each turn comes a new component, so what costs more with more
 * components shows in the later ones.
 */
final class KafkaSpeed {
    /** Images of a key in a turn (count). */
    static final int IMAGES = 500;
    /** Turns of a round (count); the first does not count, for everything starts in it. */
    static final int TURNS = 10;
    /** The same of the round before the others, in which code becomes fast. */
    private static final int WARM_UP = 5;

    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    private static final int SLOTS = 2;

    /** Who takes turns, in this order. */
    private enum Who {
        JOB("job, one slot"),
        LEARNER("learner alone"),
        LEARNERS("two learners, two threads"),
        ONE_SLOT("two keys, one slot"),
        TWO_SLOTS("two keys, two slots"),
        ONE_SLOT_WITHOUT_BROKER("one slot without broker"),
        TWO_SLOTS_WITHOUT_BROKER("two slots without broker"),
        PYTHON("Python consumer");

        private final String title;

        Who(String title) {
            this.title = title;
        }
    }

    private final Optional<String> python;
    private final int rounds;
    private final int images;
    private final Consumer<String> lines;

    /**
     * @param python command that has PyTorch; empty to do without the consumer
     * @param rounds of {@value #TURNS} turns (count), at least 1
     * @param images of a key in a turn (count), some mini-batches
     * @param lines takes the report, line by line
     */
    KafkaSpeed(Optional<String> python, int rounds, int images, Consumer<String> lines) {
        this.python = python;
        this.rounds = rounds;
        this.images = images;
        this.lines = lines;
    }

    void run() throws Exception {
        try (WorkFolder folder = WorkFolder.open(null)) {
            OnInterrupt.close(folder);
            EmbeddedKafka kafka = folder.owns(EmbeddedKafka.start(folder.path("kafka"), 0));
            line(
                    "Images/s in turns of %d images of each key, %d turns a round, the first of each not counted:",
                    images, TURNS);
            line("");
            List<Who> all = Stream.of(Who.values())
                    .filter(who -> who != Who.PYTHON || python.isPresent())
                    .toList();
            line(
                    "| round | components | %s |",
                    all.stream().map(who -> who.title).collect(Collectors.joining(" | ")));
            line("|---|---|%s", "---|".repeat(all.size()));
            round("warm-up", WARM_UP, all, kafka, folder);
            List<Map<Who, Double>> rates = new ArrayList<>(); // by turn of all rounds
            for (int round = 1; round <= rounds; round++) {
                rates.addAll(round("round-" + round, TURNS, all, kafka, folder));
            }
            line("");
            compare("The job does %s times the images/s of the learner alone.", rates, Who.JOB, Who.LEARNER);
            if (python.isPresent()) {
                compare("The job does %s times the images/s of the Python consumer.", rates, Who.JOB, Who.PYTHON);
            }
            compare(
                    "Two slots with a key each do %s times the images/s of one slot with both.",
                    rates, Who.TWO_SLOTS, Who.ONE_SLOT);
            compare(
                    "Without a broker on the same cores, %s times.",
                    rates, Who.TWO_SLOTS_WITHOUT_BROKER, Who.ONE_SLOT_WITHOUT_BROKER);
            compare(
                    "Two learners alone, on a thread each, do %s times the images/s of one.",
                    rates, Who.LEARNERS, Who.LEARNER);
        }
    }

    /** Images per second by turn. */
    private List<Map<Who, Double>> round(String name, int turns, List<Who> all, EmbeddedKafka kafka, WorkFolder folder)
            throws Exception {
        List<Map<Who, Double>> rates = new ArrayList<>();
        try (Contestants contestants = new Contestants()) {
            for (Who who : all) {
                contestants.add(who, open(who, name + "-" + who.name().toLowerCase(Locale.ROOT), kafka, folder));
            }
            for (int turn = 1; turn <= turns; turn++) {
                Map<Who, Double> each = contestants.turn(images);
                rates.add(each);
                String cells = all.stream()
                        .map(who -> String.format(Locale.ROOT, "%.0f", each.get(who)))
                        .collect(Collectors.joining(" | "));
                line("| %s | %d | %s |", name, turn, cells);
            }
        }
        return rates;
    }

    /** Those that take turns, each closed with the round. */
    private static final class Contestants implements AutoCloseable {
        private final Map<Who, Contestant> all = new EnumMap<>(Who.class);

        void add(Who who, Contestant contestant) {
            all.put(who, contestant);
        }

        Map<Who, Double> turn(int images) throws Exception {
            Map<Who, Double> rates = new EnumMap<>(Who.class);
            for (Map.Entry<Who, Contestant> one : all.entrySet()) {
                rates.put(one.getKey(), one.getValue().turn(images));
            }
            return rates;
        }

        @Override
        public void close() throws Exception {
            IOUtils.closeAll(all.values());
        }
    }

    /** Medians of the turns' ratios. */
    private void compare(String format, List<Map<Who, Double>> rates, Who of, Who to) {
        int half = TURNS / 2;
        line(
                format,
                String.format(
                        Locale.ROOT,
                        "%.2f (2 to %d components: %.2f, %d to %d: %.2f)",
                        ratio(rates, of, to, turn -> turn > 0),
                        half,
                        ratio(rates, of, to, turn -> turn > 0 && turn < half),
                        half + 1,
                        TURNS,
                        ratio(rates, of, to, turn -> turn >= half)));
    }

    /** @param which turns of a round count, from 0 */
    private static double ratio(List<Map<Who, Double>> rates, Who of, Who to, IntPredicate which) {
        return Median.withDefaults()
                .evaluate(IntStream.range(0, rates.size())
                        .filter(turn -> which.test(turn % TURNS))
                        .mapToObj(rates::get)
                        .mapToDouble(turn -> turn.getOrDefault(of, Double.NaN) / turn.getOrDefault(to, Double.NaN))
                        .toArray());
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }

    /** One key for each of two slots. */
    private List<String> keysOfDifferentSlots() {
        int most = OptionCatalogue.read(given()).maxParallelism();
        List<String> keys = new ArrayList<>();
        for (int i = 0; keys.size() < SLOTS; i++) {
            String key = "camera-" + i;
            if (KeyGroupRangeAssignment.assignKeyToParallelOperator(key, most, SLOTS) == keys.size()) {
                keys.add(key);
            }
        }
        return keys;
    }

    private Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("image", SHAPE.toString());
        given.put("expansion.max-images", Integer.toString(images));
        return given;
    }

    private Contestant open(Who who, String name, EmbeddedKafka kafka, WorkFolder folder) throws Exception {
        List<String> keys = keysOfDifferentSlots();
        List<String> key = keys.subList(0, 1);
        return switch (who) {
            case JOB -> job(kafka, folder, name, key, 1);
            case LEARNER ->
                new LearnersAlone(OptionCatalogue.read(given()).operator().learner(), 1);
            case LEARNERS ->
                new LearnersAlone(OptionCatalogue.read(given()).operator().learner(), SLOTS);
            case ONE_SLOT -> job(kafka, folder, name, keys, 1);
            case TWO_SLOTS -> job(kafka, folder, name, keys, SLOTS);
            case ONE_SLOT_WITHOUT_BROKER -> withoutBroker(folder, name, keys, 1);
            case TWO_SLOTS_WITHOUT_BROKER -> withoutBroker(folder, name, keys, SLOTS);
            case PYTHON -> python(kafka, name, key);
        };
    }

    private Contestant python(EmbeddedKafka kafka, String topic, List<String> keys) throws Exception {
        kafka.createTopics(List.of(topic, ThroughBroker.predictions(topic)));
        PythonConsumer consumer = new PythonConsumer(
                python.orElseThrow(),
                OptionCatalogue.read(given()).operator().learner(),
                kafka.bootstrapServers(),
                topic,
                ThroughBroker.predictions(topic));
        return new ThroughBroker(kafka, topic, keys, SHAPE, consumer, consumer::hasEnded);
    }

    private Contestant job(EmbeddedKafka kafka, WorkFolder folder, String topic, List<String> keys, int slots)
            throws Exception {
        Map<String, String> given = given();
        given.put("parallelism", Integer.toString(slots));
        given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        given.put("kafka.images", topic);
        given.put("kafka.predictions", ThroughBroker.predictions(topic));
        given.put("kafka.components-created", topic + "-created");
        given.put("kafka.dead-letters", topic + "-dead");
        given.put("kafka.group-id", topic);
        given.put("kafka.transaction-prefix", topic);
        JobOptions options = OptionCatalogue.read(given);
        kafka.createTopics(List.of(
                topic,
                options.kafka().predictions(),
                options.kafka().componentsCreated(),
                options.kafka().deadLetters()));
        EmbeddedJob job = EmbeddedJob.start(options, folder.path("checkpoints-" + topic), EmbeddedKafka.freePort());
        return new ThroughBroker(kafka, topic, keys, SHAPE, job, job::hasEnded);
    }

    private Contestant withoutBroker(WorkFolder folder, String name, List<String> keys, int slots) throws Exception {
        Map<String, String> given = given();
        given.put("parallelism", Integer.toString(slots));
        return new WithoutBroker(OptionCatalogue.read(given), keys, folder.path(name));
    }
}
