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
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Images per second of the whole job on a broker, against the learner alone, against a Python consumer of the same
 * topic, and of two slots against one. Everything runs on this machine, the broker too. The first images of each run do
 * not count; a new component is created every {@value #COMPONENT} images.
 */
final class KafkaSpeed {
    private static final ImageShape SHAPE = new ImageShape(28, 28, 1);
    /** Enough for five components. */
    static final int IMAGES = 2500;

    private static final int COMPONENT = 500;
    private static final int WARM_UP = 300;
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
     * @param count images of a key (count), a multiple of ten and more than {@value #WARM_UP}
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
            line(
                    "| images/s | job, one slot | learner alone | Python consumer | two keys, one slot | two keys, two slots |");
            line("|---|---|---|---|---|---|");
            double[][] rates = new double[rounds][];
            for (int round = -1; round < rounds; round++) {
                String name = "-" + (round + 1);
                double[] r = {
                    job(kafka, folder, "one", name, 1, count),
                    learner(),
                    python.isPresent() ? python(kafka, name) : Double.NaN,
                    job(kafka, folder, "two", name + "-slot", 1, SLOTS * count),
                    job(kafka, folder, "two", name + "-slots", SLOTS, SLOTS * count)
                };
                String turn = round < 0 ? "warm-up" : "round " + (round + 1);
                line("| %s | %.0f | %.0f | %.0f | %.0f | %.0f |", turn, r[0], r[1], r[2], r[3], r[4]);
                if (round >= 0) {
                    rates[round] = r;
                }
            }
            line("");
            line("The job does %.2f times the images/s of the learner alone.", ratio(rates, 0, 1));
            if (python.isPresent()) {
                line("The job does %.2f times the images/s of the Python consumer.", ratio(rates, 0, 2));
            }
            line("Two slots with a key each do %.2f times the images/s of one slot with both.", ratio(rates, 4, 3));
        }
    }

    /** Median over the rounds. */
    private static double ratio(double[][] rates, int of, int to) {
        double[] ratios = Arrays.stream(rates)
                .mapToDouble(rate -> rate[of] / rate[to])
                .sorted()
                .toArray();
        return ratios[ratios.length / 2];
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
    private double learner() {
        LearnerOptions options = OptionCatalogue.read(given()).operator().learner();
        int size = options.batchSize();
        List<LabelledImage> images = images();
        try (Compute compute = new Compute("cpu", Compute.Path.SCRIPT);
                Learner learner =
                        options.kind().open(new LearnerContext(options, 1, compute, System::nanoTime), Map.of())) {
            long start = 0;
            for (int i = 0; i < count; i += size) {
                start = i == WARM_UP ? System.nanoTime() : start;
                learner.observe(images.subList(i, i + size));
            }
            return rate(count - WARM_UP, start);
        }
    }

    private static double rate(int images, long start) {
        return images / ((System.nanoTime() - start) / NANOS_PER_SECOND);
    }

    private double python(EmbeddedKafka kafka, String name) throws IOException {
        LearnerOptions options = OptionCatalogue.read(given()).operator().learner();
        String predictions = "python" + name;
        kafka.createTopics(List.of(predictions));
        return PythonConsumer.rate(
                python.orElseThrow(), options, kafka.bootstrapServers(), "one", predictions, count, WARM_UP);
    }

    /** Images per second of the job, seen by a consumer who does not wait for commits. */
    private double job(EmbeddedKafka kafka, WorkFolder folder, String images, String name, int parallelism, int all)
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
        int warmUp = WARM_UP * all / count;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                EmbeddedJob job = EmbeddedJob.start(options, checkpoints, EmbeddedKafka.freePort())) {
            TopicPartition only = new TopicPartition(predictions, 0);
            consumer.assign(List.of(only));
            consumer.seekToBeginning(List.of(only));
            long start = 0;
            int first = 0;
            for (int answered = 0; answered < all; ) {
                if (job.hasEnded()) {
                    throw new IllegalStateException("the job ended before the stream did");
                }
                answered += consumer.poll(POLL).count();
                if (first == 0 && answered >= warmUp) {
                    first = answered;
                    start = System.nanoTime();
                }
            }
            return rate(all - first, start);
        }
    }
}
