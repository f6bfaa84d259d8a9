package dev.levitstream.job;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What was read of one batch of records.
 *
 * @param records in order; none where it holds no committed records
 * @param next offset to go on at
 */
record OneBatch(List<ConsumerRecord<byte[], byte[]>> records, long next) {}
