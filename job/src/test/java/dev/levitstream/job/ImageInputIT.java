package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Prediction;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bare pictures of every format, sound and broken, through the whole job: each is answered once or is a dead letter
 * with its reason and its own bytes, and none is lost.
 */
class ImageInputIT {
    private static final Path PICTURES = Path.of("../operators/src/test/resources/pictures");
    private static final Instant TAKEN = Instant.parse("2026-01-01T00:00:00.250Z");
    private static final String CAMERA = "camera";

    /** Of each format one that must be answered. */
    private static final List<String> SOUND = List.of(
            "jpeg-rgb.jpg",
            "jpeg-progressive.jpg",
            "jpeg-cmyk.jpg",
            "jpeg-exif-orientation-6.jpg",
            "png-grey8.png",
            "png-rgb8.png",
            "png-palette-trns.png",
            "png-rgba-hidden.png",
            "png-grey16.png",
            "png-interlaced.png",
            "gif-grey.gif",
            "bmp-rgb.bmp",
            "tiff-rgb.tif",
            "tiff-tiled-lzw.tif",
            "webp-lossless.webp",
            "webp-lossy.webp");

    private static final List<String> BROKEN =
            List.of("jpeg-truncated-half.jpg", "jpeg-12bit.jpg", "png-empty.png", "png-truncated-half.png");

    /** What was published, by offset. */
    private final Map<Long, Published> published = new TreeMap<>();

    /**
     * A record.
     *
     * @param name of the file
     * @param imageId that the answer must have
     */
    private record Published(String name, String imageId, byte @Nullable [] value) {}

    @Test
    @Timeout(600)
    void everyPictureIsAnsweredOrADeadLetterWithItsReason(@TempDir Path dir) throws Exception {
        Map<String, Prediction> answers = new HashMap<>();
        Map<Long, DeadLetter> letters = new HashMap<>();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(dir.resolve("kafka"), 0)) {
            kafka.createTopics(List.of("images", "predictions", "components-created", "dead-letters", "events"));
            publish(kafka);
            JobOptions options = TinyJob.options(
                    kafka.bootstrapServers(), "input.format", "image", "checkpoint.interval-millis", "250");
            try (EmbeddedJob job = EmbeddedJob.start(options, dir.resolve("checkpoints"), EmbeddedKafka.freePort());
                    ResultReader reader = new ResultReader(options.kafka(), true)) {
                while (answers.size() + letters.size() < published.size()) {
                    assertThat(job.hasEnded()).isFalse();
                    for (SpecificRecordBase record : reader.poll(Duration.ofMillis(100))) {
                        if (record instanceof Prediction prediction) {
                            assertThat(answers.put(prediction.getImageId(), prediction))
                                    .as("a second answer to %s", prediction.getImageId())
                                    .isNull();
                        } else if (record instanceof DeadLetter letter) {
                            assertThat(letters.put(letter.getOffset(), letter))
                                    .as("a second dead letter of %d", letter.getOffset())
                                    .isNull();
                        }
                    }
                }
            }
        }
        published.forEach((offset, record) -> requireOneOf(record, answers.get(record.imageId), letters.get(offset)));
        assertThat(answer(answers, "png-grey8.png").getEventTime()).isEqualTo(TAKEN);
        Prediction turned = answer(answers, "turned");
        Prediction upright = answer(answers, "upright");
        assertThat(turned.getScores())
                .as("a picture that EXIF turns, and its upright twin")
                .isNotEmpty()
                .isEqualTo(upright.getScores());
        assertThat(turned.getNovelty()).isEqualTo(upright.getNovelty());
    }

    private static Prediction answer(Map<String, Prediction> answers, String imageId) {
        return Objects.requireNonNull(answers.get(imageId), imageId);
    }

    private static void requireOneOf(Published record, @Nullable Prediction answer, @Nullable DeadLetter letter) {
        assertThat(answer == null ^ letter == null)
                .as("%s is answered or a dead letter", record.name)
                .isTrue();
        if (SOUND.contains(record.name)) {
            assertThat(letter).as(record.name).isNull();
        }
        if (BROKEN.contains(record.name)) {
            assertThat(answer).as(record.name).isNull();
        }
        if (letter != null) {
            assertThat(letter.getReason()).as(record.name).isNotBlank();
            ByteBuffer value = letter.getBytes();
            assertThat(value == null ? null : bytes(value)).as(record.name).isEqualTo(record.value);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private void publish(EmbeddedKafka kafka) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer());
                Stream<Path> files = Files.list(PICTURES)) {
            // one batch of one key, so that the learner is the same for all
            byte[] turned = Files.readAllBytes(PICTURES.resolve("jpeg-exif-orientation-6.jpg"));
            byte[] labelled = Files.readAllBytes(PICTURES.resolve("jpeg-grey.jpg"));
            for (int i = 0; i < 4; i++) {
                send(producer, "first", record("twins", labelled, Map.of("image-id", "first-" + i, "label", "a")));
            }
            send(producer, "turned", record("twins", turned, Map.of("image-id", "turned")));
            send(producer, "upright", record("twins", turnedRight("png-grey8.png"), Map.of("image-id", "upright")));
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                byte[] value = Files.readAllBytes(file);
                send(producer, name, record(CAMERA, value, Map.of("image-id", name, "event-time", TAKEN.toString())));
                send(producer, name, record(CAMERA, value, Map.of("label", "é" + name.length() % 3)));
            }
            byte[] sound = Files.readAllBytes(PICTURES.resolve("png-grey8.png"));
            send(producer, "png-empty.png", record(CAMERA, new byte[0], Map.of()));
            send(producer, "png-empty.png", record(CAMERA, "no picture".getBytes(StandardCharsets.UTF_8), Map.of()));
            send(producer, "png-empty.png", record(CAMERA, null, Map.of()));
            send(producer, "jpeg-12bit.jpg", new ProducerRecord<>("images", sound)); // without a key
            send(producer, "jpeg-12bit.jpg", record(CAMERA, sound, Map.of("event-time", "yesterday")));
            send(producer, "jpeg-12bit.jpg", record("k".repeat(257), sound, Map.of()));
        }
    }

    private static ProducerRecord<byte[], byte[]> record(
            String key, byte @Nullable [] value, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("images", key.getBytes(StandardCharsets.UTF_8), value);
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, String name, ProducerRecord<byte[], byte[]> record)
            throws Exception {
        long offset = producer.send(record).get().offset();
        String imageId = record.headers().lastHeader("image-id") == null
                ? "images-0-" + offset
                : new String(record.headers().lastHeader("image-id").value(), StandardCharsets.UTF_8);
        published.put(offset, new Published(name, imageId, record.value()));
    }

    /** A grey picture turned by a quarter, clockwise. */
    private static byte[] turnedRight(String name) throws IOException {
        BufferedImage upright = ImageIO.read(PICTURES.resolve(name).toFile());
        int height = upright.getHeight();
        BufferedImage turned = new BufferedImage(height, upright.getWidth(), BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < upright.getWidth(); x++) {
                int grey = upright.getRaster().getSample(x, y, 0);
                turned.getRaster().setSample(height - 1 - y, x, 0, grey);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(turned, "png", png);
        return png.toByteArray();
    }
}
