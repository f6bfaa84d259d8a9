package dev.levitstream.job;

import dev.levitstream.common.Check;
import dev.levitstream.operator.InputFormat;
import dev.levitstream.operator.OperatorOptions;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All settings of the job.
 *
 * @param kafka endpoints
 * @param inputFormat what the records of the image topic are; not images of other than 1 or 3 channels for pictures
 * @param operator learner operator
 * @param checkpointMillis time between checkpoints (milliseconds), at least 100; results become visible with them
 * @param unaligned whether checkpoints overtake records that wait, which bounds their time under load
 * @param parallelism subtasks of the learner, at least 1
 * @param maxParallelism most subtasks ever, at least {@code parallelism}; fixed for the life of the state
 * @param lateMillis how far records may be out of order in event time (milliseconds), at least 0; watermarks only,
 *     nothing is dropped
 * @param idleMillis silence after which a partition no longer holds watermarks back (milliseconds), at least 1
 * @param structure text of each option that cannot change while the job goes on from its state, by key
 */
public record JobOptions(
        KafkaOptions kafka,
        InputFormat inputFormat,
        OperatorOptions operator,
        long checkpointMillis,
        boolean unaligned,
        int parallelism,
        int maxParallelism,
        long lateMillis,
        long idleMillis,
        SortedMap<String, String> structure) {
    public JobOptions {
        structure = Collections.unmodifiableSortedMap(new TreeMap<>(structure));
        int channels = operator.image().channels();
        Check.that(
                inputFormat == InputFormat.AVRO || channels == 1 || channels == 3,
                "input.format",
                "image",
                "must be avro for images of " + channels + " channels: a picture has 1 or 3");
        Check.that(checkpointMillis >= 100, "checkpoint.interval-millis", checkpointMillis, "must be at least 100");
        Check.that(parallelism >= 1, "parallelism", parallelism, "must be at least 1");
        Check.that(
                maxParallelism >= parallelism && maxParallelism <= 32768,
                "parallelism.max",
                maxParallelism,
                "must be at least parallelism=" + parallelism + " and at most 32768");
        Check.that(lateMillis >= 0, "watermark.late-millis", lateMillis, "must be at least 0");
        Check.that(idleMillis >= 1, "watermark.idle-millis", idleMillis, "must be at least 1");
        Check.that(
                kafka.transactionTimeoutMillis() > checkpointMillis,
                "kafka.transaction-timeout-millis",
                kafka.transactionTimeoutMillis(),
                "must be more than checkpoint.interval-millis=" + checkpointMillis);
    }
}
