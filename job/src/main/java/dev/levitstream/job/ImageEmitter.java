package dev.levitstream.job;

import dev.levitstream.operator.ReceivedRecord;
import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import java.util.Arrays;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Takes Kafka records as they are: decoding happens where failures can be answered with a dead letter. */
final class ImageEmitter
        implements RecordEmitter<ConsumerRecord<byte[], byte[]>, ReceivedRecord, KafkaPartitionSplitState> {
    private final WireFormat<StreamEvent> notices = new WireFormat<>(StreamEvent.getClassSchema());
    private final KafkaSourceReaderMetrics metrics;

    ImageEmitter(KafkaSourceReaderMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void emitRecord(
            ConsumerRecord<byte[], byte[]> record,
            SourceOutput<ReceivedRecord> output,
            KafkaPartitionSplitState state) {
        if (record instanceof Notice notice) {
            notice.event()
                    .ifPresent(event -> output.collect(ReceivedRecord.of(new SourceRecord(
                            record.topic(),
                            record.partition(),
                            SourceRecord.NOTICE,
                            event.getEventTime().toEpochMilli(),
                            notices.frame(event)))));
            ((ImageSplit.State) state).moveTo(notice.position());
        } else {
            output.collect(received(record), record.timestamp());
            state.setCurrentOffset(record.offset() + 1);
            metrics.recordCurrentOffset(state.getTopicPartition(), record.offset());
        }
    }

    private static ReceivedRecord received(ConsumerRecord<byte[], byte[]> record) {
        return new ReceivedRecord(
                new SourceRecord(
                        record.topic(), record.partition(), record.offset(), record.timestamp(), record.value()),
                record.key(),
                header(record, ReceivedRecord.IMAGE_ID),
                header(record, ReceivedRecord.LABEL),
                header(record, ReceivedRecord.EVENT_TIME));
    }

    /** Of several headers of a name the last counts, as everywhere in Kafka. */
    private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        byte[] value = header == null ? null : header.value();
        return value == null || value.length <= ReceivedRecord.KEPT_BYTES
                ? value
                : Arrays.copyOf(value, ReceivedRecord.KEPT_BYTES);
    }
}
