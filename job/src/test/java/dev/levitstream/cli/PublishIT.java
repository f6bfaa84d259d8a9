package dev.levitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.WireFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code publish} writes, as a consumer sees it. */
@Timeout(600)
class PublishIT {
    @TempDir
    private static Path root;

    private static EmbeddedKafka kafka;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path dir;

    @BeforeAll
    static void start() throws Exception {
        kafka = EmbeddedKafka.start(root.resolve("kafka"), 0);
        kafka.createTopics(List.of("odd", "image", "labels", "rest", "interrupted", "video"));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            NewTopic narrow = new NewTopic("narrow", 1, (short) 1).configs(Map.of("max.message.bytes", "2000"));
            admin.createTopics(List.of(narrow)).all().get();
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private int publish(String topic, String... more) {
        List<String> args = new ArrayList<>(
                List.of("publish", "--kafka.bootstrap-servers", kafka.bootstrapServers(), "--kafka.images", topic));
        args.addAll(List.of(more));
        CommandLine commandLine = Main.commandLine(args.toArray(String[]::new));
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        return commandLine.execute(args.toArray(String[]::new));
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> only = List.of(new TopicPartition(topic, 0));
            consumer.assign(only);
            consumer.seekToBeginning(only);
            long end = Objects.requireNonNull(consumer.endOffsets(only).get(only.get(0)));
            while (consumer.position(only.get(0)) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    private static List<ImageRecord> images(String topic) {
        WireFormat<ImageRecord> format = new WireFormat<>(ImageRecord.getClassSchema());
        return read(topic).stream()
                .map(record -> format.unframe(topic, record.value()))
                .toList();
    }

    private Path picture(String name, int type, int height, int width) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        BufferedImage image = new BufferedImage(width, height, type);
        for (int x = 0; x < width; x++) {
            image.setRGB(x, 0, 0x01_03_07 * x * 31); // something to compress
        }
        ImageIO.write(image, name.endsWith("png") ? "png" : "jpeg", file.toFile());
        return file;
    }

    @Test
    void anOddFolderIsPublishedButForWhatIsCounted() throws IOException {
        Path grey = picture("pictures/cat/grey.png", BufferedImage.TYPE_BYTE_GRAY, 9, 5);
        picture("pictures/dog/deep/colour.jpg", BufferedImage.TYPE_INT_RGB, 12, 20);
        picture("pictures/alone.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        Files.write(dir.resolve("pictures/cat/cut.png"), Arrays.copyOf(Files.readAllBytes(grey), 40));
        Files.copy(grey, dir.resolve("pictures/cat/._grey.png"));
        Files.writeString(dir.resolve("pictures/Thumbs.db"), "x");
        assertThat(publish("odd", "--folder", dir.resolve("pictures").toString(), "--stream-key", "door"))
                .isZero();
        assertThat(out.toString()).contains("published 3 images to odd");
        assertThat(err.toString())
                .contains("levit-stream: skipped 3 files: ")
                .contains("cat/._grey.png is hidden", "Thumbs.db is no picture by its name")
                .contains("cat/cut.png is no readable picture: ");
        List<ImageRecord> images = images("odd");
        assertThat(images)
                .extracting(ImageRecord::getImageId)
                .containsExactly("alone.png", "cat/grey.png", "dog/deep/colour.jpg");
        assertThat(images).extracting(image -> String.valueOf(image.getLabel())).containsExactly("null", "cat", "dog");
        assertThat(images).extracting(ImageRecord::getStreamKey).containsOnly("door");
        assertThat(images)
                .extracting(image -> image.getHeight() + "x" + image.getWidth() + "x" + image.getChannels())
                .containsExactly("4x4x3", "9x5x1", "12x20x3");
        assertThat(images.get(2).getEncoding()).isEqualTo(Encoding.JPEG);
    }

    @Test
    void picturesThemselvesAreValuesAndTheRestIsHeaders() throws IOException {
        Path picture = picture("cat/a.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        picture("b.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        Instant before = Instant.now().minusSeconds(1);
        assertThat(publish("image", "--folder", dir.toString(), "--format", "image"))
                .isZero();
        assertThat(publish("image", "--per-phase", "1", "--format", "image")).isZero();
        List<ConsumerRecord<byte[], byte[]>> records = read("image");
        assertThat(records).hasSize(5);
        ConsumerRecord<byte[], byte[]> labelled = records.get(1);
        assertThat(labelled.key()).isEqualTo("demo".getBytes(StandardCharsets.UTF_8));
        assertThat(labelled.value()).isEqualTo(Files.readAllBytes(picture));
        assertThat(header(labelled, "image-id")).isEqualTo("cat/a.png");
        assertThat(header(labelled, "label")).isEqualTo("cat");
        assertThat(Instant.parse(header(labelled, "event-time"))).isBetween(before, Instant.now());
        assertThat(records.get(0).headers().lastHeader("label")).isNull();
        BufferedImage drawn =
                ImageIO.read(new ByteArrayInputStream(records.get(2).value()));
        assertThat(drawn.getRaster().getNumBands()).isEqualTo(1);
        assertThat(drawn.getRaster().getSample(0, 0, 0)).as("paper").isBetween(220, 250);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void labelsComeFromAFileOrAnOption() throws IOException {
        Path folder = dir.resolve("flat");
        picture("flat/1.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        picture("flat/2.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        Path csv = Files.writeString(dir.resolve("labels.csv"), "2.png,cat\n");
        assertThat(publish("labels", "--folder", folder.toString())).isZero();
        assertThat(err.toString()).contains("no sub-folders with pictures");
        assertThat(publish("labels", "--folder", folder.toString(), "--label", "dog"))
                .isZero();
        assertThat(publish("labels", "--folder", folder.toString(), "--labels", csv.toString()))
                .isZero();
        assertThat(err.toString()).contains("1 of 2 pictures are not in " + csv);
        assertThat(images("labels"))
                .extracting(image -> String.valueOf(image.getLabel()))
                .containsExactly("null", "null", "dog", "dog", "null", "cat");
    }

    @Test
    void anImageThatTheBrokerRefusesIsNamedWithThePlaceToGoOn() throws IOException {
        picture("a/1.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        Files.writeString(dir.resolve("a/2.png"), "broken");
        picture("a/3.png", BufferedImage.TYPE_INT_RGB, 4, 3000);
        picture("a/4.png", BufferedImage.TYPE_INT_RGB, 4, 4);
        assertThat(publish("narrow", "--folder", dir.toString(), "--rate", "5")).isEqualTo(1);
        assertThat(err.toString())
                .contains("levit-stream: image a/3.png was not taken by topic narrow: ")
                .contains("; after 2 of 4 images; --from 2 goes on");
        assertThat(publish("narrow", "--folder", dir.toString(), "--from", "3")).isZero();
        assertThat(images("narrow")).extracting(ImageRecord::getImageId).containsExactly("a/1.png", "a/4.png");
    }

    @Test
    void whatIsInterruptedGoesOnWhereItWas() throws Exception {
        for (int i = 0; i < 60; i++) {
            picture(String.format("pictures/a/%02d.png", i), BufferedImage.TYPE_INT_RGB, 4, 4);
        }
        Files.writeString(dir.resolve("pictures/a/03.png"), "broken");
        String pictures = dir.resolve("pictures").toString();
        String errors;
        try (CommandProcess process = CommandProcess.start(
                Files.createDirectory(dir.resolve("process")),
                Map.of(),
                "publish",
                "--kafka.bootstrap-servers",
                kafka.bootstrapServers(),
                "--kafka.images",
                "interrupted",
                "--folder",
                pictures,
                "--rate",
                "10")) {
            while (read("interrupted").size() < 10) { // each look takes its time
                assertThat(process.pid()).isPositive();
            }
            process.signal("INT");
            assertThat(process.exitCode()).isEqualTo(130);
            errors = process.errors();
        }
        Matcher line = Pattern.compile("interrupted after (\\d+) of 60 images; --from (\\d+) goes on")
                .matcher(errors);
        assertThat(line.find()).as(errors).isTrue();
        assertThat(line.group(1)).isEqualTo(line.group(2));
        assertThat(errors).contains("skipped 1 file: ");
        assertThat(publish("interrupted", "--folder", pictures, "--from", line.group(2)))
                .isZero();
        assertThat(images("interrupted"))
                .extracting(ImageRecord::getImageId)
                .containsExactlyElementsOf(IntStream.range(0, 60)
                        .filter(i -> i != 3)
                        .mapToObj(i -> String.format("a/%02d.png", i))
                        .toList());
    }

    @Test
    void aVideoIsPublishedWithItsOwnTime() throws IOException {
        Path picture = picture("frame.jpg", BufferedImage.TYPE_INT_RGB, 24, 32);
        Path ffmpeg = Files.writeString(dir.resolve("fake-ffmpeg"), """
                #!/bin/sh
                for i in 1 2 3; do
                  printf -- '--ffmpeg\\r\\nContent-length: %%s\\r\\n\\r\\n' "$(wc -c <%1$s)"
                  cat %1$s
                  printf '\\r\\n'
                done
                """.formatted(picture));
        Files.setPosixFilePermissions(ffmpeg, PosixFilePermissions.fromString("rwx------"));
        assertThat(publish(
                        "video",
                        "--video",
                        picture.toString(),
                        "--every",
                        "2s",
                        "--ffmpeg",
                        ffmpeg.toString(),
                        "--label",
                        "door",
                        "--from",
                        "1"))
                .isZero();
        List<ImageRecord> images = images("video");
        assertThat(images).extracting(ImageRecord::getImageId).containsExactly("frame.jpg-000001", "frame.jpg-000002");
        assertThat(images.get(1).getEventTime().toEpochMilli()
                        - images.get(0).getEventTime().toEpochMilli())
                .isEqualTo(2000);
        assertThat(images.get(0).getLabel()).hasToString("door");
        assertThat(images.get(0).getBytes().remaining()).isEqualTo((int) Files.size(picture));
    }
}
