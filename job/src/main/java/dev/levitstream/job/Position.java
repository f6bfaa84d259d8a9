package dev.levitstream.job;

import org.apache.kafka.common.Uuid;

/**
 * How far a partition has been read.
 *
 * @param topicId topic that the offset belongs to; {@link Uuid#ZERO_UUID} where that is not known, as in checkpoints of
 *     earlier releases and in the offsets of a consumer group
 * @param offset the next one to read, or one of the connector's marks for where to start
 */
record Position(Uuid topicId, long offset) {}
