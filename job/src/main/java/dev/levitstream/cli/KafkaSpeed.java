package dev.levitstream.cli;

import dev.levitstream.bench.speed.PythonConsumer;
import dev.levitstream.broker.EmbeddedKafka;
import dev.levitstream.data.Sample;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.nn.Compute;
import dev.levitstream.nn.ImageShape;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Images per second of the whole job on a broker, against the learner alone, against a Python consumer of the same
 * topic, and of two slots against one; of each half of a run, for what costs more with more components shows in the
 * second. Everything runs on this machine, the broker too. The first images of each run do not count; a new component
 * is created every {@value #COMPONENT} images.
 */
final class KafkaSpeed {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    /** Enough for ten components. */
    static final int IMAGES = 5000;

    private static final int COMPONENT = 500;
    private static final int WARM_UP = 200;
    private static final int HALVES = 2;
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int SLOTS = 2;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Optional<String> python;
    private final int rounds;
    private final int count;
    private final Consumer<String> lines;

    /**
     * @param python command that has PyTorch; empty to do without the consumer
     * @param rounds turns of each (count), at least 1
     * @param count images of a key (count), a multiple of twenty and more than twice {@value #WARM_UP}
     * @param lines takes the report, line by line
     */
    KafkaSpeed(Optional<String> python, int rounds, int count, Consumer<String> lines) {
        this.python = python;
        this.rounds = rounds;
        this.count = count;
        this.lines = lines;
    }

    void run() throws Exception {
        try (WorkFolder folder = WorkFolder.open(null)) {
            OnInterrupt.close(folder);
            EmbeddedKafka kafka = folder.owns(EmbeddedKafka.start(folder.path("kafka"), 0));
            List<String> keys = keysOfDifferentSlots();
            publish(kafka, "one", keys.subList(0, 1));
            publish(kafka, "two", keys);
            line("| images/s | images | job, one slot | learner alone | Python consumer | two keys, one slot |"
                    + " two keys, two slots |");
            line("|---|---|---|---|---|---|---|");
            List<Rates[]> all = new ArrayList<>();
            for (int round = 0; round <= rounds; round++) {
                String name = "-" + round;
                Rates[] rates = {
                    job(kafka, folder, "one", name, 1, count),
                    learner(),
                    python.isPresent() ? python(kafka, name) : Rates.NONE,
                    job(kafka, folder, "two", name + "-slot", 1, SLOTS * count),
                    job(kafka, folder, "two", name + "-slots", SLOTS, SLOTS * count)
                };
                String turn = round == 0 ? "warm-up" : "round " + round;
                report(turn + " | to " + count / HALVES, rates, Rates::first);
                report(" | to " + count, rates, Rates::second);
                if (round > 0) {
                    all.add(rates);
                }
            }
            line("");
            compare("The job does %s times the images/s of the learner alone.", all, 0, 1);
            if (python.isPresent()) {
                compare("The job does %s times the images/s of the Python consumer.", all, 0, 2);
            }
            compare("Two slots with a key each do %s times the images/s of one slot with both.", all, 4, 3);
            slotsWithoutBroker(folder, keys);
        }
    }

    private void slotsWithoutBroker(WorkFolder folder, List<String> keys) throws Exception {
        SlotSpeed speed = new SlotSpeed(given(), keys, WARM_UP, count - WARM_UP, folder);
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double one = speed.rate(1);
            ratios[round] = speed.rate(SLOTS) / one;
        }
        Arrays.sort(ratios);
        line("Without a broker on the same cores, over both halves, %.2f times.", ratios[ratios.length / 2]);
    }

    /** Images per second in the first and the second half of a run. */
    private record Rates(double first, double second) {
        static final Rates NONE = new Rates(Double.NaN, Double.NaN);
    }

    private void report(String what, Rates[] rates, ToDoubleFunction<Rates> half) {
        String cells = Arrays.stream(rates)
                .mapToDouble(half)
                .mapToObj(rate -> Double.isNaN(rate) ? "" : String.format(Locale.ROOT, "%.0f", rate))
                .collect(Collectors.joining(" | "));
        line("| %s | %s |", what, cells);
    }

    /** Medians over the rounds. */
    private void compare(String format, List<Rates[]> all, int of, int to) {
        List<String> medians = new ArrayList<>();
        for (ToDoubleFunction<Rates> half : List.<ToDoubleFunction<Rates>>of(Rates::first, Rates::second)) {
            double[] ratios = all.stream()
                    .mapToDouble(rates -> half.applyAsDouble(rates[of]) / half.applyAsDouble(rates[to]))
                    .sorted()
                    .toArray();
            medians.add(String.format(Locale.ROOT, "%.2f", ratios[ratios.length / 2]));
        }
        line(format, medians.get(0) + " (first half) and " + medians.get(1) + " (second half)");
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }

    /** One key for each of two slots. */
    private static List<String> keysOfDifferentSlots() {
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

    private static Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("image", SHAPE.toString());
        given.put("expansion.max-images", Integer.toString(COMPONENT));
        return given;
    }

    private List<LabelledImage> images() {
        SplittableRandom random = new SplittableRandom(1);
        List<LabelledImage> images = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[SHAPE.size()];
            random.nextBytes(pixels);
            images.add(new LabelledImage(pixels, Optional.of("label-" + i % 10)));
        }
        return images;
    }

    private void publish(EmbeddedKafka kafka, String topic, List<String> keys) throws IOException {
        kafka.createTopics(List.of(topic));
        List<StreamPublisher> publishers = new ArrayList<>();
        try {
            for (String key : keys) {
                publishers.add(new StreamPublisher(kafka.bootstrapServers(), topic, key, 0, Map.of()));
            }
            List<LabelledImage> images = images();
            for (int i = 0; i < images.size(); i++) {
                LabelledImage image = images.get(i);
                Sample sample = Sample.raw(image.label().orElseThrow(), SHAPE, image.pixels());
                for (StreamPublisher publisher : publishers) {
                    publisher.publish(sample, Integer.toString(i), true);
                }
            }
        } finally {
            publishers.forEach(StreamPublisher::close);
        }
    }

    /** Images per second of a learner without anything round it. */
    private Rates learner() {
        LearnerOptions options = OptionCatalogue.read(given()).operator().learner();
        int size = options.batchSize();
        List<LabelledImage> images = images();
        try (Compute compute = new Compute("cpu", Compute.Path.SCRIPT);
                Learner learner =
                        options.kind().open(new LearnerContext(options, 1, compute, System::nanoTime), Map.of())) {
            Halves halves = new Halves(count, WARM_UP);
            for (int i = 0; i < count; i += size) {
                learner.observe(images.subList(i, i + size));
                halves.done(i + size);
            }
            return halves.rates();
        }
    }

    /** Takes the time of images that are done. */
    private static final class Halves {
        private final int[] marks;
        private final int[] done = new int[HALVES + 1];
        private final long[] nanos = new long[HALVES + 1];
        private int passed;

        Halves(int all, int warmUp) {
            marks = new int[] {warmUp, all / HALVES, all};
        }

        void done(int images) {
            while (passed < marks.length && images >= marks[passed]) {
                done[passed] = images;
                nanos[passed++] = System.nanoTime();
            }
        }

        Rates rates() {
            return new Rates(rate(0), rate(1));
        }

        private double rate(int half) {
            return (done[half + 1] - done[half]) / ((nanos[half + 1] - nanos[half]) / NANOS_PER_SECOND);
        }
    }

    private Rates python(EmbeddedKafka kafka, String name) throws IOException {
        LearnerOptions options = OptionCatalogue.read(given()).operator().learner();
        String predictions = "python" + name;
        kafka.createTopics(List.of(predictions));
        double[] rates = PythonConsumer.rates(
                python.orElseThrow(),
                options,
                kafka.bootstrapServers(),
                "one",
                predictions,
                List.of(WARM_UP, count / HALVES, count));
        return new Rates(rates[0], rates[1]);
    }

    /** Images per second of the job, seen by a consumer who does not wait for commits. */
    private Rates job(EmbeddedKafka kafka, WorkFolder folder, String images, String name, int parallelism, int all)
            throws Exception {
        Map<String, String> given = given();
        String predictions = "predictions-" + images + name;
        given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
        given.put("kafka.images", images);
        given.put("kafka.predictions", predictions);
        given.put("kafka.components-created", "created-" + images + name);
        given.put("kafka.dead-letters", "dead-" + images + name);
        given.put("kafka.group-id", images + name);
        given.put("kafka.transaction-prefix", images + name);
        given.put("parallelism", Integer.toString(parallelism));
        JobOptions options = OptionCatalogue.read(given);
        kafka.createTopics(List.of(
                predictions,
                options.kafka().componentsCreated(),
                options.kafka().deadLetters()));
        Path checkpoints = folder.path("checkpoints-" + images + name);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                EmbeddedJob job = EmbeddedJob.start(options, checkpoints, EmbeddedKafka.freePort())) {
            TopicPartition only = new TopicPartition(predictions, 0);
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            Halves halves = new Halves(all, WARM_UP * all / count);
            for (int answered = 0; answered < all; ) {
                if (job.hasEnded()) {
                    throw new IllegalStateException("the job ended before the stream did");
                }
                answered += consumer.poll(POLL).count();
                halves.done(answered);
            }
            return halves.rates();
        }
    }
}
