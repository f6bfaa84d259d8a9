package dev.levitstream.job;

import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.schema.WireFormat;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads partitions and never moves over images in silence: the consumer is not allowed to choose an offset by itself,
 * so where a position cannot be read any more, {@link Resumption} decides, and a {@link Notice} tells. Runs in the
 * fetcher thread of one source subtask.
 */
final class ImageFetcher implements SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFetcher.class);
    private static final int MOST_AT_ONCE = 500;
    private static final Duration POLL = Duration.ofSeconds(10);
    /** Between two looks at whether the topics are still the same. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final OffsetReset reset;
    private final String group;
    private final KafkaSourceReaderMetrics metrics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ImageTopics topics;
    private final Map<TopicPartition, Position> positions = new HashMap<>();
    private final BatchReader batches;
    private final List<Notice> notices = new ArrayList<>();
    private Optional<CompletableFuture<Map<String, Uuid>>> look = Optional.empty();
    private long lastLook = System.nanoTime();

    ImageFetcher(Properties properties, OffsetReset reset, int subtask, KafkaSourceReaderMetrics metrics) {
        this.reset = reset;
        this.group = properties.getProperty("group.id");
        this.metrics = metrics;
        String clientId = properties.getProperty("client.id.prefix") + "-" + subtask;
        Properties own = new Properties();
        own.putAll(properties);
        own.setProperty("client.id", clientId);
        own.setProperty("enable.auto.commit", "false");
        own.setProperty("auto.offset.reset", "none");
        own.putIfAbsent("max.poll.records", Long.toString(recordsAtOnce()));
        consumer = new KafkaConsumer<>(
                own, new BoundedBytes(ReceivedRecord.KEPT_BYTES), new BoundedBytes(WireFormat.MAX_MESSAGE_BYTES + 1));
        batches = new BatchReader(own, clientId + "-batches");
        topics = new ImageTopics(properties, clientId + "-admin");
        metrics.registerKafkaConsumerMetrics(consumer);
        metrics.registerNumBytesIn(consumer);
    }

    /** So many that all the records that wait at once, four times these, take a quarter of memory at most. */
    private static long recordsAtOnce() {
        long fit = Runtime.getRuntime().maxMemory() / 16 / WireFormat.MAX_MESSAGE_BYTES;
        return Math.max(1, Math.min(fit, MOST_AT_ONCE));
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
        if (!(change instanceof SplitsAddition)) {
            throw new UnsupportedOperationException(change + " must be an addition: partitions do not leave");
        }
        Map<TopicPartition, Position> added = change.splits().stream()
                .collect(Collectors.toMap(KafkaPartitionSplit::getTopicPartition, ImageSplit::position));
        Set<TopicPartition> unread = added.entrySet().stream()
                .filter(entry -> entry.getValue().offset() == KafkaPartitionSplit.COMMITTED_OFFSET)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        if (!unread.isEmpty()) {
            topics.committed(group, unread)
                    .forEach((partition, offset) -> added.put(partition, new Position(Uuid.ZERO_UUID, offset)));
        }
        positions.putAll(added);
        consumer.assign(positions.keySet());
        added.keySet().forEach(metrics::registerTopicPartition);
        resume(added.keySet());
    }

    /** Compares positions with what the broker holds, and goes where the outcome says. */
    private void resume(Collection<TopicPartition> partitions) {
        Map<TopicPartition, Extent> extents = topics.extents(partitions);
        for (TopicPartition partition : partitions) {
            Resumption resumption = Resumption.of(
                    reset, partition, known(positions, partition), known(extents, partition), Instant.now());
            resumption.event().ifPresent(event -> LOG.warn("{}: {}", partition, event.getReason()));
            consumer.seek(partition, resumption.position().offset());
            positions.put(partition, resumption.position());
            notices.add(new Notice(partition, resumption));
        }
    }

    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() {
        lookAtTopics();
        RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>> fetched = new RecordsBySplits.Builder<>();
        if (notices.isEmpty()) {
            read(fetched);
        }
        notices.forEach(notice -> fetched.add(splitId(notice), notice));
        notices.clear();
        return fetched.build();
    }

    private void read(RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>> fetched) {
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(POLL);
        } catch (WakeupException e) {
            LOG.debug("woken for new partitions or for the end", e);
            return;
        } catch (OffsetOutOfRangeException e) {
            resume(e.offsetOutOfRangePartitions().keySet());
            return;
        } catch (OutOfMemoryError e) {
            LOG.warn("a record is larger than memory, reading the next batches as streams: {}", positions, e);
            readBatches(fetched);
            return;
        }
        take(records, fetched);
    }

    private static <V> V known(Map<TopicPartition, V> values, TopicPartition partition) {
        return Objects.requireNonNull(values.get(partition), partition::toString);
    }

    private void take(
            ConsumerRecords<byte[], byte[]> records, RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>> fetched) {
        for (TopicPartition partition : records.partitions()) {
            fetched.addAll(KafkaPartitionSplit.toSplitId(partition), new ArrayList<>(records.records(partition)));
            metrics.maybeAddRecordsLagMetric(consumer, partition);
        }
        // ahead of the last record by what is no image: markers and aborted records, which may be deleted unread
        records.nextOffsets().forEach((partition, next) -> {
            List<ConsumerRecord<byte[], byte[]>> taken = records.records(partition);
            Position position = new Position(known(positions, partition).topicId(), next.offset());
            positions.put(partition, position);
            if (taken.isEmpty() || taken.get(taken.size() - 1).offset() + 1 < next.offset()) {
                notices.add(new Notice(partition, new Resumption(position, Optional.empty())));
            }
        });
        metrics.updateNumBytesInCounter();
    }

    /**
     * Gets past what the consumer cannot hold: it makes room for a record of whatever size its header declares, and
     * what it took from other partitions before it failed is lost with the call.
     */
    private void readBatches(RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>> fetched) {
        consumer.assign(Set.of()); // lets go of what it has fetched
        consumer.assign(positions.keySet());
        for (Map.Entry<TopicPartition, Position> entry : positions.entrySet()) {
            TopicPartition partition = entry.getKey();
            OneBatch batch = batches.read(partition, topics.leader(partition), entry.getValue());
            fetched.addAll(KafkaPartitionSplit.toSplitId(partition), new ArrayList<>(batch.records()));
            entry.setValue(new Position(entry.getValue().topicId(), batch.next()));
            notices.add(new Notice(partition, new Resumption(entry.getValue(), Optional.empty())));
            consumer.seek(partition, batch.next());
        }
    }

    /** The consumer follows a topic that was made anew under the same name as if nothing had happened. */
    private void lookAtTopics() {
        if (look.isPresent() && look.get().isDone()) {
            CompletableFuture<Map<String, Uuid>> answer = look.get();
            look = Optional.empty();
            if (!answer.isCompletedExceptionally()) { // a broker that is away is noticed elsewhere
                Map<String, Uuid> ids = answer.getNow(Map.of());
                List<TopicPartition> replaced = positions.entrySet().stream()
                        .filter(entry -> !entry.getValue()
                                .topicId()
                                .equals(ids.get(entry.getKey().topic())))
                        .map(Map.Entry::getKey)
                        .toList();
                if (!replaced.isEmpty()) {
                    resume(replaced);
                }
            }
        } else if (look.isEmpty() && System.nanoTime() - lastLook > LOOK.toNanos()) {
            lastLook = System.nanoTime();
            look = Optional.of(topics.ids(
                    positions.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet())));
        }
    }

    private static String splitId(Notice notice) {
        return KafkaPartitionSplit.toSplitId(new TopicPartition(notice.topic(), notice.partition()));
    }

    /** Tells the group how far it is, for lag monitoring. */
    void commit(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        consumer.commitAsync(offsets, callback);
    }

    @Override
    public void pauseOrResumeSplits(Collection<KafkaPartitionSplit> pause, Collection<KafkaPartitionSplit> resume) {
        consumer.resume(
                resume.stream().map(KafkaPartitionSplit::getTopicPartition).toList());
        consumer.pause(
                pause.stream().map(KafkaPartitionSplit::getTopicPartition).toList());
    }

    @Override
    public void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close();
        topics.close();
        batches.close();
    }
}
