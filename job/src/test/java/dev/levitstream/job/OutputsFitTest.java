package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.schema.ClassScore;
import dev.levitstream.schema.ComponentCreated;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is to be told, on a topic of whatever limit: what leaves a writer is a batch that a broker takes, however it
 * compresses it, and what was cut is told.
 */
class OutputsFitTest {
    private static final int MESSAGES = 6;
    private static final int LARGEST_LIMIT = 16 << 20;
    private static final KafkaOptions OPTIONS = KafkaOptions.DEFAULT;

    private final WireFormat<Prediction> predictions = new WireFormat<>(Prediction.getClassSchema());
    private final WireFormat<DeadLetter> letters = new WireFormat<>(DeadLetter.getClassSchema());
    private final WireFormat<StreamEvent> events = new WireFormat<>(StreamEvent.getClassSchema());
    private final WireFormat<ComponentCreated> components = new WireFormat<>(ComponentCreated.getClassSchema());

    static LongStream seeds() {
        return LongStream.range(0, 20);
    }

    /** Any limit from the least to 16 MiB, small ones as often as large ones. */
    private static int limit(SplittableRandom random) {
        return (int) (TopicRules.LEAST * Math.pow((double) LARGEST_LIMIT / TopicRules.LEAST, random.nextDouble()));
    }

    /** Letters of every width that UTF-8 has, 1 to {@code most} UTF-16 units. */
    private static String text(SplittableRandom random, int most) {
        int length = random.nextBoolean() ? most : 1 + random.nextInt(most);
        int width = random.nextInt(5);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            switch (width == 4 ? random.nextInt(4) : width) {
                case 0 -> text.append((char) ('a' + random.nextInt(26)));
                case 1 -> text.append((char) (0x400 + random.nextInt(0xFF)));
                case 2 -> text.append((char) (0x3042 + random.nextInt(0x50)));
                default -> text.appendCodePoint(0x1F600 + random.nextInt(0x40));
            }
        }
        if (text.length() > most) { // no half of a pair
            text.setLength(most - 1);
        }
        return text.isEmpty() ? "a" : text.toString();
    }

    private static Instant time(SplittableRandom random) {
        return Instant.ofEpochMilli(
                switch (random.nextInt(4)) {
                    case 0 -> Long.MIN_VALUE;
                    case 1 -> Long.MAX_VALUE;
                    case 2 -> -random.nextLong(1L << 50);
                    default -> random.nextLong(1L << 62);
                });
    }

    private static byte @Nullable [] value(SplittableRandom random, int limit) {
        int kind = random.nextInt(6);
        if (kind == 0) {
            return null;
        }
        // also about the limit, where one byte decides
        int length = kind < 3 ? Math.max(0, limit - 700 + random.nextInt(1400)) : random.nextInt(1 << (8 + kind * 3));
        byte[] value = new byte[Math.min(length, WireFormat.MAX_MESSAGE_BYTES)];
        random.nextBytes(value);
        return value;
    }

    private static void assertTaken(ProducerRecord<byte[], byte[]> record, int limit) {
        assertThat(record.timestamp()).isNull();
        assertThat(record.value().length).isLessThanOrEqualTo(WireFormat.MAX_MESSAGE_BYTES);
        for (CompressionType type : CompressionType.values()) {
            MemoryRecords batch = MemoryRecords.withRecords(
                    Compression.of(type).build(),
                    new SimpleRecord(
                            Long.MAX_VALUE,
                            record.key(),
                            record.value(),
                            record.headers().toArray()));
            assertThat(batch.sizeInBytes()).as(type.name).isLessThanOrEqualTo(limit);
        }
    }

    private static <T extends SpecificRecordBase> ProducerRecord<byte[], byte[]> written(
            FramedRecordWriter<T> writer, int limit, T record) {
        writer.open(new TopicRules(limit));
        ProducerRecord<byte[], byte[]> message = writer.message(record);
        assertTaken(message, limit);
        return message;
    }

    private static Prediction prediction(SplittableRandom random) {
        int count = random.nextInt(1 << random.nextInt(12));
        double[] drawn = random.doubles(count, 0, 1).map(x -> x * x * x).toArray();
        double sum = Arrays.stream(drawn).sum();
        List<ClassScore> scores = new ArrayList<>();
        int best = 0;
        for (int i = 0; i < count; i++) {
            scores.add(new ClassScore(text(random, 256), (float) (drawn[i] / sum)));
            best = scores.get(i).getScore() > scores.get(best).getScore() ? i : best;
        }
        String label = count == 0 ? null : scores.get(best).getLabel();
        String key = text(random, 256);
        return new Prediction(
                key, text(random, 256), time(random), label, scores, 3, 2.5f, null, random.nextLong(), 0f, 0);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyPredictionFitsWithItsHighestScoresAndTheSumOfTheOthers(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < MESSAGES; i++) {
            int limit = limit(random);
            Prediction whole = prediction(random);
            Prediction told = predictions.unframe(
                    "t",
                    written(new KafkaEndpoints.PredictionWriter(OPTIONS), limit, whole)
                            .value());
            List<ClassScore> kept = told.getScores();
            assertThat(whole.getScores()).containsSubsequence(kept);
            assertThat(kept.size() + told.getOtherClasses())
                    .isEqualTo(whole.getScores().size());
            assertThat(sum(kept) + told.getOtherScore()).isCloseTo(sum(whole.getScores()), within(1e-6));
            if (!kept.isEmpty()) {
                List<ClassScore> cut = new ArrayList<>(whole.getScores());
                cut.removeAll(kept);
                assertThat(lowest(kept)).isGreaterThanOrEqualTo(highest(cut));
            }
            told.setScores(whole.getScores());
            told.setOtherScore(0);
            told.setOtherClasses(0);
            assertThat(told).as("nothing else changes").isEqualTo(whole);
        }
    }

    private static double sum(List<ClassScore> scores) {
        return scores.stream().mapToDouble(ClassScore::getScore).sum();
    }

    private static double lowest(List<ClassScore> scores) {
        return scores.stream().mapToDouble(ClassScore::getScore).min().orElse(1);
    }

    private static double highest(List<ClassScore> scores) {
        return scores.stream().mapToDouble(ClassScore::getScore).max().orElse(0);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyLetterFitsWithAllBytesOrTheirBeginningLengthAndHash(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < MESSAGES; i++) {
            int limit = limit(random);
            byte[] value = value(random, limit);
            String reason = text(random, 1 + random.nextInt(5000));
            DeadLetter letter = new DeadLetter(
                    text(random, 249),
                    7,
                    random.nextLong(),
                    time(random),
                    reason,
                    value == null ? null : ByteBuffer.wrap(value),
                    null,
                    null);
            byte[] message = written(new KafkaEndpoints.DeadLetterWriter(OPTIONS), limit, letter)
                    .value();
            DeadLetter told = letters.unframe("t", message);
            assertReason(told.getReason(), reason);
            if (value == null) {
                assertThat(told.getBytes()).isNull();
                assertThat(told.getLength()).isNull();
                continue;
            }
            byte[] kept = bytes(told.getBytes());
            assertThat(kept).isEqualTo(Arrays.copyOf(value, kept.length));
            if (kept.length == value.length) {
                assertThat(told.getLength()).isNull();
                assertThat(told.getSha256()).isNull();
            } else {
                assertThat(told.getLength()).isEqualTo(value.length);
                assertThat(bytes(told.getSha256()))
                        .isEqualTo(MessageDigest.getInstance("SHA-256").digest(value));
                assertThat(message.length).as("no more is cut than must be").isGreaterThan(limit * 9 / 10 - 1500);
            }
        }
    }

    private static byte[] bytes(@Nullable ByteBuffer buffer) {
        byte[] copy = new byte[Objects.requireNonNull(buffer).remaining()];
        buffer.duplicate().get(copy);
        return copy;
    }

    private static void assertReason(String told, String whole) {
        assertThat(told.length()).isLessThanOrEqualTo(1000);
        if (whole.length() <= 1000) {
            assertThat(told).isEqualTo(whole);
        } else {
            assertThat(told).endsWith("…").hasSizeGreaterThan(998);
            assertThat(whole).startsWith(told.substring(0, told.length() - 1));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyEventFitsWithTheBeginningOfItsReason(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < MESSAGES; i++) {
            int limit = i == 0 ? TopicRules.LEAST : limit(random);
            String reason = text(random, 1 + random.nextInt(5000));
            StreamEvent event = new StreamEvent(
                    EventKind.KEY_QUARANTINED,
                    random.nextBoolean() ? null : text(random, 256),
                    time(random),
                    random.nextBoolean() ? null : text(random, 249),
                    null,
                    random.nextLong(),
                    random.nextLong(),
                    reason,
                    random.nextDouble(),
                    random.nextLong(),
                    random.nextBoolean() ? null : time(random),
                    ids(random),
                    ids(random),
                    random.nextInt());
            byte[] message = written(new KafkaEndpoints.StreamEventWriter(OPTIONS), limit, event)
                    .value();
            StreamEvent told = events.unframe("t", message);
            assertReason(told.getReason(), reason);
            told.setReason(reason);
            assertThat(told).as("nothing else changes").isEqualTo(event);
        }
    }

    /** The longest ids, which are all that may be long in it, fit the least of all limits. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyCreatedComponentFitsAsItIs(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < MESSAGES; i++) {
            int limit = i == 0 ? TopicRules.LEAST : limit(random);
            ComponentCreated created = new ComponentCreated(
                    text(random, 256),
                    2,
                    random.nextLong(),
                    time(random),
                    1.0,
                    null,
                    2,
                    5L,
                    random.nextLong(),
                    random.nextBoolean() ? null : time(random),
                    random.nextDouble(),
                    ids(random),
                    ids(random),
                    random.nextInt());
            byte[] message = written(new KafkaEndpoints.ComponentCreatedWriter(OPTIONS), limit, created)
                    .value();
            assertThat(components.unframe("t", message)).isEqualTo(created);
        }
    }

    /** As many as an event names on one side of a change, or fewer. */
    private static List<String> ids(SplittableRandom random) {
        return Stream.generate(() -> text(random, 256)).limit(random.nextInt(4)).toList();
    }
}
