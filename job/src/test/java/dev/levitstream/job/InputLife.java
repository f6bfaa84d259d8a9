package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedJob;
import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.embedded.ResultReader;
import dev.levitstream.schema.DeadLetter;
import dev.levitstream.schema.Encoding;
import dev.levitstream.schema.ImageRecord;
import dev.levitstream.schema.Prediction;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One job and its topics on a shared broker, over several starts; images are numbered, each is answered at once. */
final class InputLife implements AutoCloseable {
    static final int SIDE = 4;

    private static final WireFormat<ImageRecord> FORMAT = new WireFormat<>(ImageRecord.getClassSchema());

    private final String bootstrapServers;
    private final String name;
    private final Path checkpoints;
    private final Admin admin;
    private final ResultReader reader;
    private final List<Integer> answered = new ArrayList<>();
    private final List<StreamEvent> events = new ArrayList<>();
    private final List<DeadLetter> letters = new ArrayList<>();

    /** Makes the topics. */
    static InputLife begin(EmbeddedKafka kafka, String name, Path folder) throws Exception {
        List<String> names = List.of("images", "predictions", "components-created", "dead-letters", "events");
        kafka.createTopics(names.stream().map(each -> name + "-" + each).toList());
        return new InputLife(kafka, name, folder);
    }

    /** Goes on with the topics that are there. */
    InputLife(EmbeddedKafka kafka, String name, Path folder) {
        this.bootstrapServers = kafka.bootstrapServers();
        this.name = name;
        this.checkpoints = folder.resolve("checkpoints");
        admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
        reader = new ResultReader(options(Map.of()).kafka(), true);
    }

    JobOptions options(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of(
                "image", SIDE + "x" + SIDE + "x1",
                "learner", "finetune",
                "replay.vit.patch", "2",
                "replay.vit.embedding-width", "4",
                "replay.vit.heads", "1",
                "replay.vit.hidden", "4",
                "batch.size", "1",
                "replay.budget.updates", "0"));
        all.put("checkpoint.interval-millis", "200");
        all.put("device", "cpu");
        all.put("kafka.transaction-timeout-millis", "60000");
        all.put("kafka.bootstrap-servers", bootstrapServers);
        for (String topic : List.of("images", "predictions", "components-created", "dead-letters", "events")) {
            all.put("kafka." + topic, name + "-" + topic);
        }
        all.put("kafka.group-id", name);
        all.put("kafka.transaction-prefix", name);
        all.putAll(more);
        return OptionCatalogue.read(all);
    }

    String images() {
        return name + "-images";
    }

    /** Deletes the topic of images and makes it anew. */
    void replaceImages() throws Exception {
        admin.deleteTopics(List.of(images())).all().get();
        while (admin.listTopics().names().get().contains(images())) {
            Thread.onSpinWait();
        }
        admin.createTopics(List.of(new NewTopic(images(), 1, (short) 1))).all().get();
    }

    /** What retention does, at once. */
    void deleteBefore(long offset) throws Exception {
        admin.deleteRecords(Map.of(new TopicPartition(images(), 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    /** How far the job's group has told the broker it is; 0 before the first time. */
    long committed() {
        try {
            OffsetAndMetadata offset = admin.listConsumerGroupOffsets(name)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(images(), 0));
            return offset == null ? 0 : offset.offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] image(int number, Instant eventTime) {
        byte[] pixels = new byte[SIDE * SIDE];
        new SplittableRandom(number).nextBytes(pixels);
        return FORMAT.frame(new ImageRecord(
                "camera",
                Integer.toString(number),
                eventTime,
                SIDE,
                SIDE,
                1,
                Encoding.RAW,
                ByteBuffer.wrap(pixels),
                "label-" + number % 2));
    }

    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", bootstrapServers, "acks", "all"));
        properties.putAll(more);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    ProducerRecord<byte[], byte[]> record(int partition, byte[] value) {
        return new ProducerRecord<>(images(), partition, null, value);
    }

    /** Publishes images to the first partition. */
    void publish(int from, int to) {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            send(producer, from, to);
        }
    }

    void send(KafkaProducer<byte[], byte[]> producer, int from, int to) {
        Instant now = Instant.now();
        for (int i = from; i < to; i++) {
            var unused = producer.send(record(0, image(i, now.plusMillis(i))));
        }
    }

    EmbeddedJob start(Map<String, String> more) throws Exception {
        return EmbeddedJob.start(options(more), checkpoints, EmbeddedKafka.freePort());
    }

    /** Starts the job so that the first failure ends it. */
    EmbeddedJob startWithoutRestarts() throws Exception {
        JobOptions options = options(Map.of());
        Configuration once = new Configuration();
        once.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        return EmbeddedJob.start(options, checkpoints, EmbeddedKafka.freePort(), env -> {
            env.configure(once);
            LevitStreamJob.buildOnKafka(env, options);
        });
    }

    /** Starts the job on its newest checkpoint, waits, cancels it. */
    void runUntil(BooleanSupplier done) throws Exception {
        runUntil(Map.of(), done);
    }

    void runUntil(Map<String, String> more, BooleanSupplier done) throws Exception {
        try (EmbeddedJob job = start(more)) {
            follow(job, done);
        }
    }

    /** Reads results until the condition holds, and a little longer so that what is too much would be seen. */
    void follow(EmbeddedJob job, BooleanSupplier done) throws Exception {
        while (!done.getAsBoolean()) {
            assertThat(job.hasEnded()).isFalse();
            read();
        }
        for (int i = 0; i < 5; i++) {
            read();
        }
    }

    void read() {
        for (SpecificRecordBase record : reader.poll(Duration.ofMillis(100))) {
            if (record instanceof Prediction prediction) {
                answered.add(Integer.valueOf(prediction.getImageId()));
            } else if (record instanceof StreamEvent event) {
                events.add(event);
            } else if (record instanceof DeadLetter letter) {
                letters.add(letter);
            }
        }
    }

    List<Integer> answered() {
        return answered;
    }

    List<StreamEvent> events() {
        return events;
    }

    List<DeadLetter> letters() {
        return letters;
    }

    boolean hasAnswered(int number) {
        return answered.contains(number);
    }

    /** Fails unless each of these images was answered once, in order, and no other. */
    void assertAnswered(List<Integer> expected) {
        assertThat(answered).as(new TreeSet<>(answered).toString()).containsExactlyElementsOf(expected);
    }

    @Override
    public void close() {
        reader.close();
        admin.close();
    }
}
