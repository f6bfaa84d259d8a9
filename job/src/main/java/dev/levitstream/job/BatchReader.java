package dev.levitstream.job;

import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.schema.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteUtils;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * Reads one batch of a partition as a stream, so that the size of a record costs time but no memory: of a record that
 * is larger than any image message, the first bytes are kept and the rest is skipped. For where a consumer runs out of
 * memory; not thread-safe.
 */
final class BatchReader implements AutoCloseable {
    /** Most bytes of records that are read at once. */
    private static final long BUDGET = 4L * WireFormat.MAX_MESSAGE_BYTES;

    private static final int VALUE_BYTES = WireFormat.MAX_MESSAGE_BYTES + 1;

    private final ConsumerConfig config;
    private final String clientId;
    private Optional<NetworkClient> client = Optional.empty();

    BatchReader(Properties properties, String clientId) {
        Properties own = new Properties();
        own.putAll(properties);
        own.put("key.deserializer", ByteArrayDeserializer.class);
        own.put("value.deserializer", ByteArrayDeserializer.class);
        config = new ConsumerConfig(own);
        this.clientId = clientId;
    }

    private NetworkClient connect() {
        return ClientUtils.createNetworkClient(
                config,
                clientId,
                new Metrics(),
                "batch-reader",
                new LogContext(),
                new ApiVersions(),
                Time.SYSTEM,
                1,
                config.getInt("request.timeout.ms"),
                new ManualMetadataUpdater(),
                new DefaultHostResolver());
    }

    /**
     * Reads the batch that a position lies in, from there on.
     *
     * @param leader broker that the partition is read from
     * @throws UncheckedIOException if the broker does not answer, or refuses
     */
    OneBatch read(TopicPartition partition, Node leader, Position position) {
        try {
            FetchResponseData.PartitionData fetched = fetch(partition, leader, position);
            for (RecordBatch batch : FetchResponse.recordsOrFail(fetched).batches()) {
                if (batch.lastOffset() >= position.offset()) {
                    batch.ensureValid();
                    return isRead(batch, fetched)
                            ? read(partition, (DefaultRecordBatch) batch, position.offset())
                            : new OneBatch(List.of(), batch.nextOffset());
                }
            }
            return new OneBatch(List.of(), position.offset());
        } catch (IOException e) {
            throw new UncheckedIOException(partition + " cannot be read at " + position.offset(), e);
        }
    }

    private FetchResponseData.PartitionData fetch(TopicPartition partition, Node leader, Position position)
            throws IOException {
        NetworkClient connected = client.orElseGet(this::connect);
        client = Optional.of(connected);
        NetworkClientUtils.awaitReady(connected, leader, Time.SYSTEM, config.getInt("request.timeout.ms"));
        FetchRequest.PartitionData asked = new FetchRequest.PartitionData(
                position.topicId(),
                position.offset(),
                FetchRequest.INVALID_LOG_START_OFFSET,
                1, // a batch comes whole, however large
                Optional.empty());
        FetchRequest.Builder request = FetchRequest.Builder.forConsumer(
                        ApiKeys.FETCH.latestVersion(), 0, 1, Map.of(partition, asked))
                .isolationLevel(IsolationLevel.READ_COMMITTED);
        ClientRequest sent = connected.newClientRequest(leader.idString(), request, Time.SYSTEM.milliseconds(), true);
        FetchResponse response = (FetchResponse) Objects.requireNonNull(
                NetworkClientUtils.sendAndReceive(connected, sent, Time.SYSTEM).responseBody(), "answer");
        if (response.data().responses().isEmpty()) {
            throw new IOException("the broker answered " + response.error());
        }
        FetchResponseData.PartitionData fetched =
                response.data().responses().get(0).partitions().get(0);
        Errors.forCode(fetched.errorCode()).maybeThrow();
        return fetched;
    }

    /** Whether a batch holds records for a reader of committed ones. */
    private static boolean isRead(RecordBatch batch, FetchResponseData.PartitionData fetched) {
        if (batch.isControlBatch()) {
            return false;
        }
        List<FetchResponseData.AbortedTransaction> aborted = fetched.abortedTransactions();
        return !batch.isTransactional()
                || aborted == null
                || aborted.stream()
                        .noneMatch(transaction -> transaction.producerId() == batch.producerId()
                                && transaction.firstOffset() <= batch.lastOffset());
    }

    private static OneBatch read(TopicPartition partition, DefaultRecordBatch batch, long from) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        int left = Objects.requireNonNull(batch.countOrNull(), "count");
        long bytes = 0;
        try (InputStream in = batch.recordInputStream(BufferSupplier.NO_CACHING)) {
            while (left > 0 && bytes < BUDGET) {
                ConsumerRecord<byte[], byte[]> record = record(partition, batch, in);
                left--;
                if (record.offset() >= from) {
                    records.add(record);
                    bytes += record.value() == null ? 0 : record.value().length;
                }
            }
        }
        long next =
                left == 0 ? batch.nextOffset() : records.get(records.size() - 1).offset() + 1;
        return new OneBatch(records, next);
    }

    /** Record format 2: length, attributes, timestamp and offset relative to the batch, key, value, headers. */
    private static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, DefaultRecordBatch batch, InputStream in) throws IOException {
        ByteUtils.readVarint(in); // of the whole, of which each part has its own
        in.skipNBytes(1); // attributes, unused
        long timestamp = batch.baseTimestamp() + ByteUtils.readVarlong(in);
        boolean isAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        long offset = batch.baseOffset() + ByteUtils.readVarint(in);
        byte[] key = part(in, ReceivedRecord.KEPT_BYTES);
        byte[] value = part(in, VALUE_BYTES);
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                isAppendTime ? batch.maxTimestamp() : timestamp,
                batch.timestampType(),
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key,
                value,
                headers(in),
                Optional.empty());
    }

    /** The last of each name that is read, so that their number takes no memory. */
    private static RecordHeaders headers(InputStream in) throws IOException {
        Map<String, RecordHeader> last = new HashMap<>();
        for (int left = ByteUtils.readVarint(in); left > 0; left--) {
            byte[] utf8 = Objects.requireNonNull(part(in, ReceivedRecord.KEPT_BYTES), "name of a header");
            byte[] value = part(in, ReceivedRecord.KEPT_BYTES);
            String name = new String(utf8, StandardCharsets.UTF_8);
            if (ReceivedRecord.HEADERS.contains(name)) {
                last.put(name, new RecordHeader(name, value));
            }
        }
        return new RecordHeaders(last.values().toArray(Header[]::new));
    }

    /** Bytes behind their length, of which the first are kept. */
    private static byte @Nullable [] part(InputStream in, int most) throws IOException {
        int length = ByteUtils.readVarint(in);
        if (length < 0) {
            return null;
        }
        byte[] kept = in.readNBytes(Math.min(length, most));
        in.skipNBytes(length - kept.length);
        return kept;
    }

    @Override
    public void close() {
        client.ifPresent(NetworkClient::close);
    }
}
