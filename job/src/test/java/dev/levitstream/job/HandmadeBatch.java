package dev.levitstream.job;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.DefaultRecord;
import org.apache.kafka.common.record.DefaultRecordBatch;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.ByteUtils;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/** One batch of records, written by hand: no producer would take what is meant here, and none is needed to send it. */
final class HandmadeBatch {
    private static final int ZEROS = 1 << 20;

    private final Compression compression;
    private final ByteBufferOutputStream bytes = new ByteBufferOutputStream(1 << 16);
    private final DataOutputStream records;
    private final long timestamp = System.currentTimeMillis();
    private int count;

    HandmadeBatch(Compression compression) {
        this.compression = compression;
        bytes.position(DefaultRecordBatch.RECORD_BATCH_OVERHEAD);
        records = new DataOutputStream(compression.wrapForOutput(bytes, RecordBatch.MAGIC_VALUE_V2));
    }

    HandmadeBatch add(byte[] value) throws IOException {
        DefaultRecord.writeTo(records, count++, 0, null, ByteBuffer.wrap(value), new Header[0]);
        return this;
    }

    /** Adds a record of so many zeros. */
    HandmadeBatch addZeros(int size) throws IOException {
        int body = 1 + 1 + ByteUtils.sizeOfVarint(count) + 1 + ByteUtils.sizeOfVarint(size) + size + 1;
        ByteUtils.writeVarint(body, records);
        records.write(0); // attributes
        ByteUtils.writeVarlong(0, records); // timestamp, relative
        ByteUtils.writeVarint(count++, records);
        ByteUtils.writeVarint(-1, records); // no key
        ByteUtils.writeVarint(size, records);
        byte[] zeros = new byte[ZEROS];
        for (int left = size; left > 0; left -= ZEROS) {
            records.write(zeros, 0, Math.min(left, ZEROS));
        }
        ByteUtils.writeVarint(0, records); // no headers
        return this;
    }

    private MemoryRecords build() throws IOException {
        records.close();
        ByteBuffer batch = bytes.buffer();
        batch.flip();
        DefaultRecordBatch.writeHeader(
                batch,
                0,
                count - 1,
                batch.limit(),
                RecordBatch.MAGIC_VALUE_V2,
                CompressionType.forId(compression.type().id),
                TimestampType.CREATE_TIME,
                timestamp,
                timestamp,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                false,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                count);
        batch.position(0);
        return MemoryRecords.readableRecords(batch);
    }

    /** Appends it to the first partition of a topic; returns its size in bytes. */
    int send(String bootstrapServers, String topic) throws Exception {
        MemoryRecords built = build();
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(properties);
                NetworkClient client = ClientUtils.createNetworkClient(
                        new AdminClientConfig(properties),
                        "handmade",
                        new Metrics(),
                        "handmade",
                        new LogContext(),
                        new ApiVersions(),
                        Time.SYSTEM,
                        1,
                        30_000,
                        new ManualMetadataUpdater(),
                        new DefaultHostResolver())) {
            TopicDescription found = Objects.requireNonNull(
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic), topic);
            Node leader = found.partitions().get(0).leader();
            TopicProduceDataCollection topics = new TopicProduceDataCollection();
            topics.add(new TopicProduceData()
                    .setName(topic)
                    .setTopicId(found.topicId())
                    .setPartitionData(
                            List.of(new PartitionProduceData().setIndex(0).setRecords(built))));
            NetworkClientUtils.awaitReady(client, leader, Time.SYSTEM, 30_000);
            ProduceResponse answer = (ProduceResponse) NetworkClientUtils.sendAndReceive(
                            client,
                            client.newClientRequest(
                                    leader.idString(),
                                    ProduceRequest.builder(new ProduceRequestData()
                                            .setAcks((short) -1)
                                            .setTimeoutMs(30_000)
                                            .setTopicData(topics)),
                                    Time.SYSTEM.milliseconds(),
                                    true),
                            Time.SYSTEM)
                    .responseBody();
            answer.data()
                    .responses()
                    .forEach(each -> each.partitionResponses()
                            .forEach(partition ->
                                    Errors.forCode(partition.errorCode()).maybeThrow()));
        }
        return built.sizeInBytes();
    }
}
