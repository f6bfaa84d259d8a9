package dev.levitstream.job;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** What the broker says about the topics of images. Not thread-safe. */
final class ImageTopics implements AutoCloseable {
    private final Admin admin;

    ImageTopics(Properties properties, String clientId) {
        Properties own = new Properties();
        properties.stringPropertyNames().forEach(name -> own.setProperty(name, properties.getProperty(name)));
        own.setProperty("client.id", clientId);
        admin = Admin.create(own);
    }

    /** Ids of topics by name, as soon as the broker has answered. */
    CompletableFuture<Map<String, Uuid>> ids(Set<String> topics) {
        return admin.describeTopics(topics)
                .allTopicNames()
                .toCompletionStage()
                .thenApply(found -> found.values().stream()
                        .collect(Collectors.toMap(TopicDescription::name, TopicDescription::topicId)))
                .toCompletableFuture();
    }

    /**
     * What partitions hold now.
     *
     * @throws IllegalStateException if one does not exist, or the broker does not answer
     */
    Map<TopicPartition, Extent> extents(Collection<TopicPartition> partitions) {
        Set<String> topics = partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        Map<String, TopicDescription> found = get(admin.describeTopics(topics).allTopicNames(), topics);
        partitions.forEach(partition -> requirePartition(known(found, partition.topic()), partition.partition()));
        Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Extent> extents = new HashMap<>();
        for (TopicPartition partition : partitions) {
            extents.put(
                    partition,
                    new Extent(
                            known(found, partition.topic()).topicId(),
                            known(starts, partition),
                            known(ends, partition)));
        }
        return extents;
    }

    /** The broker that a partition is read from. */
    Node leader(TopicPartition partition) {
        Set<String> topic = Set.of(partition.topic());
        TopicDescription found = known(get(admin.describeTopics(topic).allTopicNames(), topic), partition.topic());
        return Objects.requireNonNull(
                found.partitions().get(partition.partition()).leader(), "leader");
    }

    /** A missing partition would be asked for in vain, for a minute. */
    private static void requirePartition(TopicDescription topic, int partition) {
        int count = topic.partitions().size();
        if (partition >= count) {
            throw new IllegalStateException("topic=" + topic.name() + " has " + count
                    + " partitions and must have at least " + (partition + 1) + ", as when the job began: add them");
        }
    }

    private static <K, V> V known(Map<K, V> answers, K asked) {
        return Objects.requireNonNull(answers.get(asked), () -> "the broker left out " + asked);
    }

    private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> asked =
                partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        get(admin.listOffsets(asked).all(), asked.keySet())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /** Offsets that a consumer group has committed; partitions without one are left out. */
    Map<TopicPartition, Long> committed(String group, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> found = get(
                admin.listConsumerGroupOffsets(Map.of(
                                group, new ListConsumerGroupOffsetsSpec().topicPartitions(List.copyOf(partitions))))
                        .partitionsToOffsetAndMetadata(group),
                partitions);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        found.forEach((partition, committed) -> {
            if (committed != null) {
                offsets.put(partition, committed.offset());
            }
        });
        return offsets;
    }

    private static <T> T get(KafkaFuture<T> answer, Collection<?> about) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking about " + about, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(about + " could not be looked up: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
