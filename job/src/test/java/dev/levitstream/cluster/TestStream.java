package dev.levitstream.cluster;

import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Streams of small images that go to Kafka in rounds of one image per key, and what comes beside them. Keeps account of
 * every record that a reader of committed records can see.
 */
public final class TestStream implements AutoCloseable {
    public static final String TOPIC = "images";

    /** What the key of every good stream starts with. */
    static final String GOOD = "stream-";

    private static final int TRANSACTION_EVERY = 8;

    private final TestImages images;
    private final List<String> keys;
    private final List<IntFunction<List<Message>>> guests = new ArrayList<>();
    private final Producer<byte[], byte[]> producer;
    private final @Nullable Producer<byte[], byte[]> transactions;
    private final Map<Message.Place, Message> sent = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private int rounds;

    /**
     * A stream of plain images; now and then comes a record that is no image.
     *
     * @param worldLength images of a key between two changes (count)
     */
    public TestStream(String bootstrapServers, int keys, int worldLength) {
        this(new TestImages(worldLength, List.of(Encoding.RAW)), keys, producer(bootstrapServers, Map.of()), null);
        guests.add(number -> number % 16 > 0
                ? List.of()
                : List.of(new Message(null, new byte[] {1, 2, 3}, "", Message.Fate.DEAD_LETTER)));
    }

    private TestStream(
            TestImages images,
            int keys,
            Producer<byte[], byte[]> producer,
            @Nullable Producer<byte[], byte[]> transactions) {
        this.images = images;
        this.keys = IntStream.range(0, keys)
                .mapToObj(k -> String.format(GOOD + "%05d", k))
                .toList();
        this.producer = producer;
        this.transactions = transactions;
    }

    /**
     * A stream of images in all encodings with bad records of all kinds beside them. Some rounds come in transactions,
     * and some transactions are aborted.
     */
    static TestStream hostile(String bootstrapServers, int keys, int worldLength) {
        Producer<byte[], byte[]> transactions =
                producer(bootstrapServers, Map.of("transactional.id", TOPIC, "transaction.timeout.ms", "300000"));
        transactions.initTransactions();
        TestStream stream = new TestStream(
                new TestImages(worldLength, List.of(Encoding.RAW, Encoding.PNG, Encoding.JPEG)),
                keys,
                producer(bootstrapServers, Map.of()),
                transactions);
        stream.guests.add(new BadRecords(stream.images, stream.keys)::round);
        return stream;
    }

    /** Adds cameras that are out of order. */
    TestStream withBadCameras() {
        guests.add(new BadCameras(images)::round);
        return this;
    }

    private static Producer<byte[], byte[]> producer(String bootstrapServers, Map<String, String> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrapServers,
                "acks", "all",
                "enable.idempotence", "true",
                "delivery.timeout.ms", "120000",
                "max.block.ms", "300000",
                "max.request.size", "4000000",
                "reconnect.backoff.max.ms", "500",
                "linger.ms", "5"));
        properties.putAll(more);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends one image of every key, and what comes beside them. */
    public void round() {
        int number = rounds;
        goodRound();
        guests.forEach(guest -> guest.apply(number).forEach(message -> send(producer, message)));
    }

    /** Sends one image of every key, and nothing else that can be seen. */
    void goodRound() {
        Producer<byte[], byte[]> through = transactions;
        if (through != null && rounds % TRANSACTION_EVERY == 3) {
            producer.flush(); // so that each key keeps its order
            through.beginTransaction();
            keys.forEach(key -> send(through, images.message(images.image(key, rounds), Message.Fate.ANSWER)));
            through.commitTransaction();
        } else {
            keys.forEach(key -> send(producer, images.message(images.image(key, rounds), Message.Fate.ANSWER)));
        }
        if (through != null && rounds % TRANSACTION_EVERY == 6) {
            abort(through);
        }
        rounds++;
    }

    /** A transaction of images that nobody could tell from good ones, had it not been aborted. */
    @SuppressWarnings("FutureReturnValueIgnored") // none of these is to be kept
    private void abort(Producer<byte[], byte[]> through) {
        through.beginTransaction();
        for (String key : keys) {
            ImageRecord image = images.image(key, rounds);
            image.setImageId("aborted-" + image.getImageId());
            through.send(record(images.message(image, Message.Fate.EITHER)));
        }
        through.flush(); // the broker has them all
        through.abortTransaction();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears the same
    private void send(Producer<byte[], byte[]> through, Message message) {
        through.send(record(message), (place, error) -> {
            if (error == null) {
                sent.put(new Message.Place(place.partition(), place.offset()), message);
            } else {
                failure.compareAndSet(null, error);
            }
        });
    }

    private static ProducerRecord<byte[], byte[]> record(Message message) {
        String key = message.key();
        return new ProducerRecord<>(TOPIC, key == null ? null : key.getBytes(StandardCharsets.UTF_8), message.value());
    }

    /** Rounds sent (count). */
    public int rounds() {
        return rounds;
    }

    /** Images of good streams that were sent (count). */
    public long images() {
        return (long) rounds * keys.size();
    }

    /** Records that cannot be used (count); complete after {@link #flush}. */
    public long bad() {
        return sent.values().stream()
                .filter(message -> message.fate() == Message.Fate.DEAD_LETTER)
                .count();
    }

    /** Keys of the good streams. */
    Set<String> keys() {
        return Set.copyOf(keys);
    }

    /** Every record that was committed, by its place; complete after {@link #flush}. */
    Map<Message.Place, Message> sent() {
        return sent;
    }

    /** Waits until the broker has everything. */
    public void flush() throws Exception {
        producer.flush();
        Exception error = failure.get();
        if (error != null) {
            throw error;
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO); // all is flushed, or the test has failed
        if (transactions != null) {
            transactions.close(Duration.ZERO);
        }
    }
}
