package dev.levitstream.bench.speed;

import dev.levitstream.data.Image;
import dev.levitstream.data.Sample;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.Outgoing;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LabelledImage;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.flink.util.IOUtils;

/**
 * How long an answer takes from publishing its image to who reads it, from the topic of committed predictions and from
 * the fast one: {@value #KEYS} keys that send {@value #RATE} images a second in all, the job with its defaults, one
 * slot. All of it, and the broker, is in this process.
 */
public final class Latency {
    private static final int KEYS = 5;
    /** Images a second, of all keys. */
    private static final int RATE = 20;

    private static final String FAST = "predictions-fast";
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final double NANOS_PER_MILLI = 1e6;

    private final int warmUp;
    private final int images;
    private final Consumer<String> lines;
    /** By number of the image (nanoseconds). */
    private final List<Long> published = new ArrayList<>();

    /**
     * @param warmUp images of each key before any is timed (count), at least 0; with the default learner, filters are
     *     learnt from the first 500
     * @param seconds in which images are timed, at least 1
     * @param lines takes the report, line by line
     */
    public Latency(int warmUp, int seconds, Consumer<String> lines) {
        this.warmUp = warmUp * KEYS;
        this.images = seconds * RATE;
        this.lines = lines;
    }

    public void run() throws Exception {
        try (WorkFolder folder = WorkFolder.temporary()) {
            OnInterrupt.close(folder);
            EmbeddedKafka kafka = folder.start(() -> EmbeddedKafka.start(folder.path("kafka"), 0));
            JobOptions options = OptionCatalogue.read(Map.of(
                    "image", Workload.SHAPE.toString(),
                    "kafka.bootstrap-servers", kafka.bootstrapServers(),
                    "kafka.fast-topic", FAST));
            kafka.createTopics(options.kafka().topics());
            int all = warmUp + images;
            EmbeddedJob job = folder.start(
                    () -> EmbeddedJob.start(options, folder.path("checkpoints"), EmbeddedKafka.freePort()));
            List<StreamPublisher> cameras = cameras(options);
            try (Arrivals fast = new Arrivals(kafka.bootstrapServers(), FAST, "read_uncommitted", all);
                    Arrivals committed = new Arrivals(
                            kafka.bootstrapServers(), options.kafka().predictions(), "read_committed", all)) {
                for (int i = 0; i < warmUp; i++) {
                    publish(cameras);
                }
                await(job, fast, warmUp);
                await(job, committed, warmUp);
                long start = System.nanoTime();
                for (int i = 0; i < images; i++) {
                    waitUntil(start + i * TimeUnit.SECONDS.toNanos(1) / RATE);
                    publish(cameras);
                }
                await(job, fast, all);
                await(job, committed, all);
                line(
                        "From publishing an image to receiving its answer, %d images/s on %d keys, %d images:",
                        RATE, KEYS, images);
                line("");
                line("| answers | median, ms | 99th percentile, ms | longest, ms |");
                line("|---|---|---|---|");
                row("committed", committed);
                row("fast topic", fast);
            } finally {
                IOUtils.closeAll(cameras);
            }
        }
    }

    private static List<StreamPublisher> cameras(JobOptions options) {
        List<StreamPublisher> cameras = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            cameras.add(new StreamPublisher(
                    options.kafka().bootstrapServers(),
                    options.kafka().images(),
                    "camera-" + key,
                    0,
                    Map.of("linger.ms", "0")));
        }
        return cameras;
    }

    /** Publishes the next image, of the keys in turn. */
    private void publish(List<StreamPublisher> cameras) throws IOException {
        int number = published.size();
        LabelledImage image = Workload.image(number);
        Image content = Sample.raw(image.label().orElseThrow(), Workload.SHAPE, image.pixels())
                .content()
                .read();
        Outgoing what = new Outgoing(Integer.toString(number), image.label(), Instant.now());
        published.add(System.nanoTime());
        cameras.get(number % KEYS).publish(content, what);
    }

    private static void waitUntil(long due) {
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void await(EmbeddedJob job, Arrivals arrivals, int count) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!arrivals.reach(count)) {
            if (job.hasEnded() || System.nanoTime() > end) {
                throw new IllegalStateException("the job did not answer the first " + count + " images");
            }
        }
    }

    private void row(String name, Arrivals arrivals) {
        double[] millis = new double[images];
        for (int i = 0; i < images; i++) {
            int number = warmUp + i;
            millis[i] = (arrivals.nanos(number) - published.get(number)) / NANOS_PER_MILLI;
        }
        double[] found = Quantile.withDefaults().evaluate(millis, 0.5, 0.99, 1);
        line("| %s | %.0f | %.0f | %.0f |", name, found[0], found[1], found[2]);
    }

    private void line(String format, Object... values) {
        lines.accept(String.format(Locale.ROOT, format, values));
    }
}
