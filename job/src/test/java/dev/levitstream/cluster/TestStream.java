package dev.levitstream.cluster;

import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Streams of small images, each image a function of its key and number alone: bars on a ground whose brightness changes
 * now and then. Goes to Kafka in rounds of one image per key; now and then comes a record that is no image.
 */
public final class TestStream implements AutoCloseable {
    public static final String TOPIC = "images";
    private static final int SIDE = 8;
    private static final int BAD_EVERY = 16;
    private static final int[] GROUNDS = {20, 120, 70, 170, 0};

    private final WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<String> keys;
    private final int worldLength;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final Instant start = Instant.now();
    private int rounds;
    private long images;
    private long bad;

    /**
     * A stream that starts.
     *
     * @param worldLength images of a key between two changes (count)
     */
    public TestStream(String bootstrapServers, int keys, int worldLength) {
        this.keys = IntStream.range(0, keys)
                .mapToObj(k -> String.format("stream-%05d", k))
                .toList();
        this.worldLength = worldLength;
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", bootstrapServers,
                "acks", "all",
                "enable.idempotence", "true",
                "delivery.timeout.ms", "120000",
                "reconnect.backoff.max.ms", "500",
                "linger.ms", "5");
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends one image of every key. */
    public void round() {
        for (String key : keys) {
            sent.add(producer.send(
                    new ProducerRecord<>(TOPIC, key.getBytes(StandardCharsets.UTF_8), record(key, rounds))));
            images++;
        }
        if (rounds % BAD_EVERY == 0) {
            sent.add(producer.send(new ProducerRecord<>(TOPIC, new byte[] {1, 2, 3})));
            bad++;
        }
        rounds++;
    }

    private byte[] record(String key, int number) {
        SplittableRandom random = new SplittableRandom(31L * key.hashCode() + number);
        byte[] pixels = new byte[SIDE * SIDE];
        int bar = random.nextInt(2);
        int world = number / worldLength;
        int ground = GROUNDS[world % GROUNDS.length];
        for (int i = 0; i < pixels.length; i++) {
            int along = bar == 0 ? i / SIDE : i % SIDE;
            pixels[i] = (byte) ((along == 2 + world % 4 ? 220 : ground) + random.nextInt(30));
        }
        return format.frame(new ImageRecord(
                key,
                String.format("%s-%06d", key, number),
                start.plusMillis(number),
                SIDE,
                SIDE,
                1,
                Encoding.RAW,
                ByteBuffer.wrap(pixels),
                "world-" + world % GROUNDS.length + "-" + bar));
    }

    /** Rounds sent (count). */
    public int rounds() {
        return rounds;
    }

    /** Images sent (count). */
    public long images() {
        return images;
    }

    /** Records sent that are no images (count). */
    public long bad() {
        return bad;
    }

    /** Waits until the broker has everything. */
    public void flush() throws InterruptedException, ExecutionException {
        producer.flush();
        for (Future<RecordMetadata> each : sent) {
            each.get();
        }
        sent.clear();
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO); // all is flushed, or the test has failed
    }
}
