package dev.levitstream.bench.speed;

import dev.levitstream.data.Sample;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.StreamPublisher;
import dev.levitstream.learner.LabelledImage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What reads a topic of images and writes one of predictions, seen by someone who publishes the former and reads the
 * latter without waiting for commits.
 */
final class ThroughBroker implements Contestant {
    private static final Duration POLL = Duration.ofMillis(10);

    private final StreamPublisher publisher;
    private final KafkaConsumer<byte[], byte[]> answers;
    private final AutoCloseable worker;
    private final Callable<Boolean> hasEnded;
    private long published;

    /**
     * @param topic of images; predictions are in one of this name with {@code -predictions}; both exist
     * @param worker that does the work, owned
     * @param hasEnded whether the worker works no more
     */
    ThroughBroker(EmbeddedKafka kafka, String topic, AutoCloseable worker, Callable<Boolean> hasEnded) {
        this.worker = worker;
        this.hasEnded = hasEnded;
        publisher = new StreamPublisher(kafka.bootstrapServers(), topic, "camera", 0, Map.of());
        answers = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> only = List.of(new TopicPartition(predictions(topic), 0));
        answers.assign(only);
        answers.seekToBeginning(only);
    }

    /** Name of the topic of predictions. */
    static String predictions(String topic) {
        return topic + "-predictions";
    }

    @Override
    public double round(int images) throws Exception {
        for (int i = 0; i < images; i++, published++) {
            LabelledImage image = Workload.image(published);
            Sample sample = Sample.raw(image.label().orElseThrow(), Workload.SHAPE, image.pixels());
            publisher.publish(sample, Long.toString(published), true);
        }
        Round round = new Round(images);
        while (!round.isOver()) {
            if (hasEnded.call()) {
                throw new IllegalStateException("what reads the images has ended before they did");
            }
            round.answered(answers.poll(POLL).count());
        }
        return round.rate();
    }

    @Override
    public void close() throws Exception {
        try (worker;
                answers) {
            publisher.close();
        }
    }
}
