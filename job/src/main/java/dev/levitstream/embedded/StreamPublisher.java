package dev.levitstream.embedded;

import dev.levitstream.data.Image;
import dev.levitstream.data.Sample;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes images of one stream key in order, at a rate. What the broker has not taken yet is bounded by Kafka's
 * {@code buffer.memory} (32 MiB): beyond it, publishing waits, and fails after {@code max.block.ms} (60 s).
 */
public final class StreamPublisher implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long LOOK_NANOS = 100_000_000;

    private final String topic;
    private final String streamKey;
    private final double rate;
    private final PublishFormat format;
    private final WireFormat<ImageRecord> framing = new WireFormat<>(ImageRecord.getClassSchema());
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Refusal> refusal = new AtomicReference<>();
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong published = new AtomicLong();
    private volatile boolean hurried;

    /**
     * The first image that the broker did not take.
     *
     * @param failure why
     */
    private record Refusal(String imageId, Exception failure) {}

    /** Publishes Avro records. */
    public StreamPublisher(
            String bootstrapServers, String topic, String streamKey, double rate, Map<String, String> client) {
        this(bootstrapServers, topic, streamKey, rate, client, PublishFormat.AVRO);
    }

    /**
     * Publishes records of a format.
     *
     * @param rate images per second, 0 for as fast as the broker takes them
     * @param client Kafka client properties, before which ours give way
     */
    public StreamPublisher(
            String bootstrapServers,
            String topic,
            String streamKey,
            double rate,
            Map<String, String> client,
            PublishFormat format) {
        this.topic = topic;
        this.streamKey = streamKey;
        this.rate = rate;
        this.format = format;
        Map<String, Object> properties = new HashMap<>();
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("compression.type", "lz4");
        properties.put("linger.ms", "20");
        properties.put("max.request.size", Integer.toString(WireFormat.MAX_MESSAGE_BYTES + (1 << 16)));
        properties.putAll(client);
        properties.put("bootstrap.servers", bootstrapServers);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Publishes one image; waits until it is due.
     *
     * @param labelled whether its label goes with it
     */
    public void publish(Sample sample, String imageId, boolean labelled) throws IOException {
        Optional<String> label = labelled ? sample.label() : Optional.empty();
        publish(sample.content().read(), new Outgoing(imageId, label, Instant.ofEpochMilli(eventTime(published()))));
    }

    /**
     * The same with an event time of its own.
     *
     * @throws IOException with one line that names it, if the broker refused an image or takes no more
     */
    public void publish(Image image, Outgoing what) throws IOException {
        waitUntilDue();
        requireAccepted();
        Future<RecordMetadata> unused =
                producer.send(format.record(topic, streamKey, image, what, framing), (metadata, failure) -> {
                    if (failure != null) {
                        refusal.compareAndSet(null, new Refusal(what.imageId(), failure));
                    } else if (refusal.get() == null) {
                        accepted.incrementAndGet();
                    }
                });
        published.incrementAndGet();
    }

    /**
     * Waits until the broker has taken all.
     *
     * @throws IOException with one line that names the first image that it refused
     */
    public void flush() throws IOException {
        producer.flush();
        requireAccepted();
    }

    private void requireAccepted() throws IOException {
        Refusal first = refusal.get();
        if (first != null) {
            throw new IOException(
                    "image " + first.imageId() + " was not taken by topic " + topic + ": "
                            + OneLine.of(first.failure()),
                    first.failure());
        }
    }

    /** Images that the broker has, up to the first that it refused. */
    public long accepted() {
        return accepted.get();
    }

    /** Ends waiting for an image to be due, now and later. */
    public void hurry() {
        hurried = true;
    }

    /** Event time of the image with that number: when it is due, or a millisecond apart where there is no rate. */
    public long eventTime(long number) {
        return startMillis + Math.round(number * millisApart());
    }

    /** Number of the image that was taken at an event time. */
    public long numberAt(long eventTime) {
        return Math.round((eventTime - startMillis) / millisApart());
    }

    private double millisApart() {
        return rate > 0 ? 1000 / rate : 1;
    }

    /** Images published so far. */
    public long published() {
        return published.get();
    }

    private void waitUntilDue() {
        if (rate > 0) {
            long due = startNanos + (long) (published() / rate * NANOS_PER_SECOND);
            for (long left = due - System.nanoTime(); left > 0 && !hurried; left = due - System.nanoTime()) {
                LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
            }
        }
    }

    /** Whether one image keeps its label, drawn anew for each. */
    public static boolean keepsLabel(SplittableRandom random, double unlabelledShare) {
        return random.nextDouble() >= unlabelledShare;
    }

    @Override
    public void close() {
        producer.close();
    }
}
