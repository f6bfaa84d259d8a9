package dev.levitstream.job;

import org.apache.kafka.common.Uuid;

/**
 * What a partition holds at the moment.
 *
 * @param topicId of its topic
 * @param start offset of the oldest record that is left
 * @param end offset that the next record will have
 */
record Extent(Uuid topicId, long start, long end) {}
