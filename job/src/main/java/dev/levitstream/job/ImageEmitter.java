package dev.levitstream.job;

import dev.levitstream.operator.SourceRecord;
import dev.levitstream.schema.StreamEvent;
import dev.levitstream.schema.WireFormat;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes Kafka records as they are: decoding happens where failures can be answered with a dead letter. */
final class ImageEmitter
        implements RecordEmitter<ConsumerRecord<byte[], byte[]>, SourceRecord, KafkaPartitionSplitState> {
    private final WireFormat<StreamEvent> notices = new WireFormat<>(StreamEvent.getClassSchema());
    private final KafkaSourceReaderMetrics metrics;

    ImageEmitter(KafkaSourceReaderMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void emitRecord(
            ConsumerRecord<byte[], byte[]> record, SourceOutput<SourceRecord> output, KafkaPartitionSplitState state) {
        if (record instanceof Notice notice) {
            notice.event()
                    .ifPresent(event -> output.collect(new SourceRecord(
                            record.topic(),
                            record.partition(),
                            SourceRecord.NOTICE,
                            event.getEventTime().toEpochMilli(),
                            notices.frame(event))));
            ((ImageSplit.State) state).moveTo(notice.position());
        } else {
            output.collect(
                    new SourceRecord(
                            record.topic(), record.partition(), record.offset(), record.timestamp(), record.value()),
                    record.timestamp());
            state.setCurrentOffset(record.offset() + 1);
            metrics.recordCurrentOffset(state.getTopicPartition(), record.offset());
        }
    }
}
