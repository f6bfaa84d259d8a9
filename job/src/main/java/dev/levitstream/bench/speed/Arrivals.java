package dev.levitstream.bench.speed;

import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.WireFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** When predictions of numbered images arrive at a consumer that does nothing else, in a thread of its own. */
final class Arrivals implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger answered = new AtomicInteger();
    /** By number of the image; 0 for none yet. */
    private final AtomicLongArray nanos;

    private final Future<?> reading;

    /**
     * Starts to read a topic of one partition from its beginning.
     *
     * @param isolation of the consumer, as Kafka names it
     * @param images that will be answered (count); their ids are their numbers from 0
     */
    Arrivals(String bootstrapServers, String topic, String isolation, int images) {
        nanos = new AtomicLongArray(images);
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> only = List.of(new TopicPartition(topic, 0));
        consumer.assign(only);
        consumer.seekToBeginning(only);
        AtomicLongArray found = nanos;
        AtomicInteger count = answered;
        reading = thread.submit(() -> read(consumer, found, count));
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, AtomicLongArray nanos, AtomicInteger answered) {
        WireFormat<Prediction> format = new WireFormat<>(Prediction.getClassSchema());
        try (consumer) {
            while (answered.get() < nanos.length()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    long now = System.nanoTime();
                    Prediction prediction = format.unframe(record.topic(), record.value());
                    if (nanos.compareAndSet(Integer.parseInt(prediction.getImageId()), 0, now)) {
                        answered.incrementAndGet();
                    }
                }
            }
        }
    }

    /**
     * Waits a moment for answers.
     *
     * @return whether so many images have one
     */
    boolean reach(int images) throws InterruptedException, ExecutionException {
        if (answered.get() < images) {
            try {
                reading.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                return answered.get() >= images;
            }
        }
        return answered.get() >= images;
    }

    /** When the answer of an image came ({@link System#nanoTime}). */
    long nanos(int image) {
        return nanos.get(image);
    }

    @Override
    public void close() {
        thread.shutdownNow(); // interrupts poll
    }
}
