package dev.levitstream.job;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Flink's context, except that the connector tells the tally of every record the broker took. */
record TalliedContext(WriterInitContext flink, ResultTally tally) implements WriterInitContext {
    @Override
    public <M> Optional<Consumer<M>> metadataConsumer() {
        return Optional.of(metadata -> {
            if (metadata instanceof RecordMetadata record) {
                tally.add(record);
            }
        });
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return flink.getUserCodeClassLoader();
    }

    @Override
    public MailboxExecutor getMailboxExecutor() {
        return flink.getMailboxExecutor();
    }

    @Override
    public ProcessingTimeService getProcessingTimeService() {
        return flink.getProcessingTimeService();
    }

    @Override
    public SinkWriterMetricGroup metricGroup() {
        return flink.metricGroup();
    }

    @Override
    public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
        return flink.asSerializationSchemaInitializationContext();
    }

    @Override
    public boolean isObjectReuseEnabled() {
        return flink.isObjectReuseEnabled();
    }

    @Override
    public <I> TypeSerializer<I> createInputSerializer() {
        return flink.createInputSerializer();
    }

    @Override
    public OptionalLong getRestoredCheckpointId() {
        return flink.getRestoredCheckpointId();
    }

    @Override
    public JobInfo getJobInfo() {
        return flink.getJobInfo();
    }

    @Override
    public TaskInfo getTaskInfo() {
        return flink.getTaskInfo();
    }
}
