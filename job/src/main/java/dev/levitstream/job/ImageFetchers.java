package dev.levitstream.job;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcher;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcherTask;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;

/** The connector's single fetcher thread, with our fetcher in it: it alone may touch the consumer. */
final class ImageFetchers extends KafkaSourceFetcherManager {
    ImageFetchers(Supplier<SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>> fetcher) {
        super(new FutureCompletingBlockingQueue<>(), fetcher, finished -> {}); // its base makes the queue that is used
    }

    @Override
    public void commitOffsets(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        SplitFetcher<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> running = getRunningFetcher();
        if (running == null || offsets.isEmpty()) {
            return; // nothing was read
        }
        ImageFetcher fetcher = (ImageFetcher) running.getSplitReader();
        running.enqueueTask(new SplitFetcherTask() {
            @Override
            public boolean run() {
                fetcher.commit(offsets, callback);
                return true;
            }

            @Override
            public void wakeUp() {
                // does not wait
            }
        });
    }
}
