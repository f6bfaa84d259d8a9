package dev.levitstream.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.embedded.EmbeddedKafka;
import dev.levitstream.schema.EventKind;
import dev.levitstream.schema.StreamEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.groups.InternalSourceReaderMetricGroup;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the topic while it is being read. */
@Timeout(600)
class ImageFetcherIT {
    private static EmbeddedKafka kafka;

    private final List<Long> offsets = new ArrayList<>();
    private final List<StreamEvent> events = new ArrayList<>();

    @BeforeAll
    static void startKafka(@TempDir Path folder) throws Exception {
        kafka = EmbeddedKafka.start(folder, 0);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    /** Reads from the beginning, two batches of one record each at once. */
    private static ImageFetcher fetcher(String topic) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        properties.setProperty("group.id", topic);
        properties.setProperty("client.id.prefix", topic);
        properties.setProperty("max.partition.fetch.bytes", "1");
        ImageFetcher fetcher = new ImageFetcher(
                properties,
                OffsetReset.EARLIEST,
                0,
                new KafkaSourceReaderMetrics(InternalSourceReaderMetricGroup.mock(new UnregisteredMetricsGroup())));
        fetcher.handleSplitsChanges(new SplitsAddition<>(
                List.of(new KafkaPartitionSplit(new TopicPartition(topic, 0), KafkaPartitionSplit.EARLIEST_OFFSET))));
        return fetcher;
    }

    private static void publish(String topic, int count) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "batch.size", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, new byte[] {(byte) i}))
                        .get();
            }
        }
    }

    private void fetch(ImageFetcher fetcher, BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched = fetcher.fetch();
            while (fetched.nextSplit() != null) {
                ConsumerRecord<byte[], byte[]> record;
                while ((record = fetched.nextRecordFromSplit()) != null) {
                    if (record instanceof Notice notice) {
                        notice.event().ifPresent(events::add);
                    } else {
                        offsets.add(record.offset());
                    }
                }
            }
        }
    }

    @Test
    void imagesThatAreDeletedBeforeASlowReaderGetsThereAreTold() throws Exception {
        kafka.createTopics(List.of("slow"));
        publish("slow", 20);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                ImageFetcher fetcher = fetcher("slow")) {
            fetch(fetcher, () -> offsets.size() >= 3);
            admin.deleteRecords(Map.of(new TopicPartition("slow", 0), RecordsToDelete.beforeOffset(15)))
                    .all()
                    .get();
            fetch(fetcher, () -> offsets.contains(19L));
        }
        StreamEvent event = events.get(0);
        assertThat(events).hasSize(1);
        assertThat(event.getKind()).isEqualTo(EventKind.IMAGES_SKIPPED);
        assertThat(event.getOffset() + event.getCount()).isEqualTo(15);
        assertThat(offsets)
                .containsExactlyElementsOf(
                        LongStream.concat(LongStream.range(0, event.getOffset()), LongStream.range(15, 20))
                                .boxed()
                                .toList());
    }

    @Test
    void aTopicThatIsMadeAnewWhileItIsReadIsReadFromItsFirstImage() throws Exception {
        kafka.createTopics(List.of("anew"));
        publish("anew", 3);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                ImageFetcher fetcher = fetcher("anew")) {
            fetch(fetcher, () -> offsets.size() == 3);
            offsets.clear();
            admin.deleteTopics(List.of("anew")).all().get();
            while (admin.listTopics().names().get().contains("anew")) {
                Thread.onSpinWait();
            }
            kafka.createTopics(List.of("anew"));
            publish("anew", 10);
            fetch(fetcher, () -> !events.isEmpty());
            offsets.clear(); // the consumer may have gone on at 3 before it was noticed
            fetch(fetcher, () -> offsets.contains(9L));
        }
        assertThat(offsets)
                .containsExactlyElementsOf(LongStream.range(0, 10).boxed().toList());
        assertThat(events)
                .singleElement()
                .satisfies(event -> assertThat(event.getKind()).isEqualTo(EventKind.TOPIC_REPLACED));
    }
}
