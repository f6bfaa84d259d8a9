package dev.levitstream.bench.run;

import dev.levitstream.data.Sample;
import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.OnInterrupt;
import dev.levitstream.embedded.PublishFormat;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.embedded.WorkFolder;
import dev.levitstream.job.JobOptions;
import dev.levitstream.job.KafkaOptions;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Verdict;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.Prediction;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import org.apache.avro.specific.SpecificRecordBase;

/** One run through the whole job: broker, cluster, publisher, and a consumer of committed results. */
public final class KafkaRun {
    private static final Duration POLL = Duration.ofMillis(200);
    /** Interval of checkpoints, each of which makes results visible. */
    private static final Duration CHECKPOINTS = Duration.ofSeconds(1);

    private static final String STREAM = "bench";
    private static final double NANOS_PER_SECOND = 1e9;

    private KafkaRun() {}

    /**
     * Runs a benchmark.
     *
     * @param progress told of images as they are answered
     */
    public static RunResult run(Benchmark benchmark, RunPlan plan, LongConsumer progress) throws Exception {
        try (WorkFolder folder = WorkFolder.temporary()) {
            OnInterrupt.close(folder);
            EmbeddedKafka kafka = folder.start(() -> EmbeddedKafka.start(folder.path("kafka"), 0));
            Map<String, String> given = new LinkedHashMap<>(plan.given(benchmark.shape()));
            given.put("checkpoint.interval-millis", Long.toString(CHECKPOINTS.toMillis()));
            given.put("kafka.bootstrap-servers", kafka.bootstrapServers());
            JobOptions options = OptionCatalogue.read(given);
            kafka.createTopics(options.kafka().topics());
            EmbeddedJob job = folder.start(
                    () -> EmbeddedJob.start(options, folder.path("checkpoints"), EmbeddedKafka.freePort()));
            int batch = options.operator().learner().batchSize();
            return follow(new ObservedStream(benchmark, plan, batch), benchmark, options, job, progress);
        }
    }

    private static RunResult follow(
            ObservedStream stream, Benchmark benchmark, JobOptions options, EmbeddedJob job, LongConsumer progress)
            throws Exception {
        KafkaOptions kafka = options.kafka();
        PublishFormat format = PublishFormat.of(options.inputFormat());
        List<LabelledImage> images = stream.images();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (StreamPublisher publisher =
                        new StreamPublisher(kafka.bootstrapServers(), kafka.images(), STREAM, 0, Map.of(), format);
                ResultReader reader = new ResultReader(kafka, true)) {
            long start = System.nanoTime();
            Future<?> publishing = thread.submit(() -> {
                publish(images, stream.labelled(), benchmark, publisher);
                return null;
            });
            while (!stream.isAnswered()) {
                if (job.hasEnded()) {
                    throw new IllegalStateException("the job ended before the stream did");
                }
                if (publishing.isDone()) {
                    publishing.get();
                }
                for (SpecificRecordBase record : reader.poll(POLL)) {
                    take(record, stream, publisher, progress);
                }
            }
            double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
            // events are committed beside predictions, not before them: the last one may become visible later
            long settled = System.nanoTime() + 2 * CHECKPOINTS.toNanos();
            while (System.nanoTime() < settled) {
                for (SpecificRecordBase record : reader.poll(POLL)) {
                    take(record, stream, publisher, progress);
                }
            }
            return stream.result(seconds);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            thread.shutdownNow();
        }
    }

    private static void take(
            SpecificRecordBase record, ObservedStream stream, StreamPublisher publisher, LongConsumer progress) {
        if (record instanceof Prediction prediction) {
            stream.answered(
                    Long.parseLong(prediction.getImageId()), Optional.ofNullable(prediction.getPredictedLabel()));
            progress.accept(1);
        } else if (record instanceof ComponentCreated created) {
            Double distance = created.getDistance();
            Double threshold = created.getThreshold();
            Optional<Verdict> verdict = distance == null || threshold == null
                    ? Optional.empty()
                    : Optional.of(new Verdict(distance, threshold));
            stream.expanded(
                    publisher.numberAt(created.getEventTime().toEpochMilli()),
                    new Expansion(
                            created.getComponentId(), created.getStep(), verdict, created.getComponentCount(), 0));
        } else {
            throw new IllegalStateException("an image became a dead letter: " + record);
        }
    }

    private static void publish(
            List<LabelledImage> images, int labelled, Benchmark benchmark, StreamPublisher publisher)
            throws IOException {
        for (int i = 0; i < images.size(); i++) {
            LabelledImage image = images.get(i);
            Sample sample = Sample.raw(image.label().orElse(""), benchmark.shape(), image.pixels());
            publisher.publish(sample, Integer.toString(i), i < labelled);
        }
    }
}
