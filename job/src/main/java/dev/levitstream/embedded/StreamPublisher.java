package dev.levitstream.embedded;

import dev.levitstream.data.Sample;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes samples of one stream key in order, at a rate. */
public final class StreamPublisher implements AutoCloseable {
    private static final double NANOS_PER_SECOND = 1e9;

    private final String topic;
    private final String streamKey;
    private final double rate;
    private final KafkaProducer<byte[], byte[]> producer;
    private final WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final long startMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private long published;

    /** @param rate images per second, 0 for as fast as the broker takes them */
    public StreamPublisher(
            String bootstrapServers, String topic, String streamKey, double rate, Map<String, String> client) {
        this.topic = topic;
        this.streamKey = streamKey;
        this.rate = rate;
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("acks", "all");
        properties.put("enable.idempotence", "true");
        properties.put("compression.type", "lz4");
        properties.put("linger.ms", "20");
        properties.put("max.request.size", Integer.toString(WireFormat.MAX_MESSAGE_BYTES + (1 << 16)));
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Publishes one image; waits until it is due.
     *
     * @param labelled whether its label goes with it
     */
    public void publish(Sample sample, String imageId, boolean labelled) throws IOException {
        waitUntilDue();
        Exception failed = failure.get();
        if (failed != null) {
            throw new IOException("the broker refused an image: " + failed.getMessage(), failed);
        }
        ImageRecord record = new ImageRecord(
                streamKey,
                imageId,
                Instant.ofEpochMilli(eventTime(published)),
                sample.shape().height(),
                sample.shape().width(),
                sample.shape().channels(),
                sample.encoding(),
                ByteBuffer.wrap(sample.content().bytes()),
                labelled ? sample.label() : null);
        byte[] key = streamKey.getBytes(StandardCharsets.UTF_8);
        Future<RecordMetadata> unused =
                producer.send(new ProducerRecord<>(topic, key, format.frame(record)), (metadata, e) -> {
                    if (e != null) {
                        failure.compareAndSet(null, e);
                    }
                });
        published++;
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
        return published;
    }

    private void waitUntilDue() {
        if (rate > 0) {
            long due = startNanos + (long) (published / rate * NANOS_PER_SECOND);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
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
