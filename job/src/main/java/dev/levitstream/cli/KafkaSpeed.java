package dev.levitstream.cli;

import dev.levitstream.bench.speed.PythonConsumer;
import dev.levitstream.broker.EmbeddedKafka;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.nn.ImageShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

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
    private static final int JOB = 0;
    private static final int LEARNER = 1;
    private static final int ONE_SLOT = 2;
    private static final int TWO_SLOTS = 3;
    private static final int PYTHON = 4;

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
            List<String> keys = keysOfDifferentSlots();
            line(
                    "Images/s in turns of %d images of each key, %d turns a round, the first of each not counted:",
                    images, TURNS);
            line("");
            line("| round | components | job, one slot | learner alone | two keys, one slot | two keys, two slots |"
                    + (python.isPresent() ? " Python consumer |" : ""));
            line("|---|---|---|---|---|---|" + (python.isPresent() ? "---|" : ""));
            round("warm-up", WARM_UP, kafka, folder, keys);
            List<double[]> rates = new ArrayList<>(); // by turn of all rounds
            for (int round = 1; round <= rounds; round++) {
                rates.addAll(round("round-" + round, TURNS, kafka, folder, keys));
            }
            line("");
            compare("The job does %s times the images/s of the learner alone.", rates, JOB, LEARNER);
            if (python.isPresent()) {
                compare("The job does %s times the images/s of the Python consumer.", rates, JOB, PYTHON);
            }
            compare(
                    "Two slots with a key each do %s times the images/s of one slot with both.",
                    rates, TWO_SLOTS, ONE_SLOT);
            slotsWithoutBroker(folder, keys);
        }
    }

    /** Images per second by turn, then by contestant. */
    private List<double[]> round(String name, int turns, EmbeddedKafka kafka, WorkFolder folder, List<String> keys)
            throws Exception {
        List<double[]> rates = new ArrayList<>();
        try (Contestants all = new Contestants()) {
            all.add(job(kafka, folder, name + "-job", keys.subList(0, 1), 1));
            all.add(new LearnerAlone(OptionCatalogue.read(given()).operator().learner()));
            all.add(job(kafka, folder, name + "-one-slot", keys, 1));
            all.add(job(kafka, folder, name + "-two-slots", keys, SLOTS));
            if (python.isPresent()) {
                all.add(python(kafka, name + "-python", keys.subList(0, 1)));
            }
            for (int turn = 1; turn <= turns; turn++) {
                double[] each = all.turn(images);
                rates.add(each);
                String cells = Arrays.stream(each)
                        .mapToObj(rate -> String.format(Locale.ROOT, "%.0f", rate))
                        .collect(Collectors.joining(" | "));
                line("| %s | %d | %s |", name, turn, cells);
            }
        }
        return rates;
    }

    /** Those that take turns, each closed with the round. */
    private static final class Contestants implements AutoCloseable {
        private final Deque<Contestant> all = new ArrayDeque<>();

        void add(Contestant contestant) {
            all.addLast(contestant);
        }

        double[] turn(int images) throws Exception {
            double[] rates = new double[all.size()];
            int i = 0;
            for (Contestant contestant : all) {
                rates[i++] = contestant.turn(images);
            }
            return rates;
        }

        @Override
        public void close() throws Exception {
            while (!all.isEmpty()) {
                all.removeLast().close();
            }
        }
    }

    private void slotsWithoutBroker(WorkFolder folder, List<String> keys) throws Exception {
        SlotSpeed speed = new SlotSpeed(given(), keys, images, (TURNS - 1) * images, folder);
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double one = speed.rate(1);
            ratios[round] = speed.rate(SLOTS) / one;
        }
        line("Without a broker on the same cores, over all turns, %.2f times.", median(ratios));
    }

    /** Medians of the turns' ratios. */
    private void compare(String format, List<double[]> rates, int of, int to) {
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
    private static double ratio(List<double[]> rates, int of, int to, IntPredicate which) {
        return median(IntStream.range(0, rates.size())
                .filter(turn -> which.test(turn % TURNS))
                .mapToDouble(turn -> rates.get(turn)[of] / rates.get(turn)[to])
                .toArray());
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
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
        given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        given.put("kafka.images", topic);
        given.put("kafka.predictions", ThroughBroker.predictions(topic));
        given.put("kafka.components-created", topic + "-created");
        given.put("kafka.dead-letters", topic + "-dead");
        given.put("kafka.group-id", topic);
        given.put("kafka.transaction-prefix", topic);
        given.put("parallelism", Integer.toString(slots));
        JobOptions options = OptionCatalogue.read(given);
        kafka.createTopics(List.of(
                topic,
                options.kafka().predictions(),
                options.kafka().componentsCreated(),
                options.kafka().deadLetters()));
        EmbeddedJob job = EmbeddedJob.start(options, folder.path("checkpoints-" + topic), EmbeddedKafka.freePort());
        return new ThroughBroker(kafka, topic, keys, SHAPE, job, job::hasEnded);
    }
}
