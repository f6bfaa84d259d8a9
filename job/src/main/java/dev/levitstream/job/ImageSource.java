package dev.levitstream.job;

import dev.levitstream.operator.ReceivedRecord;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumerator;
import org.apache.flink.connector.kafka.source.enumerator.initializer.NoStoppingOffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Images from one topic: the connector's enumerator and reader around {@link ImageFetcher}.
 *
 * <p>Why not the connector's own source: its consumer resets a position that is gone by itself, and nothing tells; seen
 * from behind, the hole looks like one that aborted transactions leave; and its state does not know which topic an
 * offset belongs to, so that of a topic made anew the first images would never be read. Its checkpoints are read.
 */
final class ImageSource
        implements Source<ReceivedRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
                ResultTypeQueryable<ReceivedRecord> {
    private static final long serialVersionUID = 1L;

    private final String topic;
    private final OffsetReset reset;
    private final Properties properties;

    /** @param properties of the consumer, and those of the connector */
    ImageSource(String topic, OffsetReset reset, Properties properties) {
        this.topic = topic;
        this.reset = reset;
        this.properties = properties;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<ReceivedRecord, KafkaPartitionSplit> createReader(SourceReaderContext context) {
        KafkaSourceReaderMetrics metrics = new KafkaSourceReaderMetrics(context.metricGroup());
        ImageFetchers fetchers =
                new ImageFetchers(() -> new ImageFetcher(properties, reset, context.getIndexOfSubtask(), metrics));
        return new Reader(fetchers, new ImageEmitter(metrics), configuration(), context, metrics);
    }

    private Configuration configuration() {
        return Configuration.fromMap(properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty)));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new KafkaSourceEnumerator(
                KafkaSubscriber.getTopicListSubscriber(List.of(topic)),
                OffsetsInitializer.committedOffsets(),
                new NoStoppingOffsetsInitializer(),
                properties,
                context,
                getBoundedness());
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) {
        return new KafkaSourceEnumerator(
                KafkaSubscriber.getTopicListSubscriber(List.of(topic)),
                OffsetsInitializer.committedOffsets(),
                new NoStoppingOffsetsInitializer(),
                properties,
                context,
                getBoundedness(),
                state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return new ImageSplit.Serializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return new KafkaSourceEnumStateSerializer();
    }

    @Override
    public TypeInformation<ReceivedRecord> getProducedType() {
        return TypeInformation.of(ReceivedRecord.class);
    }

    /** The connector's reader, which keeps the id of the topic with each position. */
    private static final class Reader extends KafkaSourceReader<ReceivedRecord> {
        private Reader(
                ImageFetchers fetchers,
                ImageEmitter emitter,
                Configuration configuration,
                SourceReaderContext context,
                KafkaSourceReaderMetrics metrics) {
            super(new FutureCompletingBlockingQueue<>(), fetchers, emitter, configuration, context, metrics);
        }

        @Override
        protected KafkaPartitionSplitState initializedState(KafkaPartitionSplit split) {
            return new ImageSplit.State(split);
        }
    }
}
