package dev.levitstream.operator;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.picture.PictureOptions;
import java.io.Serializable;

/**
 * Settings of the learner operator.
 *
 * @param learner the learner of each key
 * @param image size of the images as they are decoded
 * @param keys how many keys there may be, how long they live, and what becomes of one that fails
 * @param flush what lets a batch go that is not full
 * @param gapMillis event time between two records of a key that closes the batch before it (milliseconds), at least 1
 * @param waitMillis processing time that a batch waits at most (milliseconds), at least 1
 * @param residentKeys most learners in the memory of one subtask (count), at least 1; the others are in state only
 * @param mostScores most scores in one prediction (count), at least 1; the others are summed
 * @param device where learners compute
 * @param eventTime which event times are believed
 * @param pictures how pictures of any format and size become the learner's images, and what they may cost
 */
public record OperatorOptions(
        LearnerOptions learner,
        ImageShape image,
        KeyOptions keys,
        Flush flush,
        long gapMillis,
        long waitMillis,
        int residentKeys,
        int mostScores,
        DeviceChoice device,
        EventTimeOptions eventTime,
        PictureOptions pictures)
        implements Serializable {
    /** What lets a batch go that is not full; the end of a bounded stream always does. */
    public enum Flush {
        /** A gap in event time between the key's own records: deterministic. */
        GAP,
        /** Time on the clock: bounds latency; outputs are exactly-once but not byte-identical after a failure. */
        WAIT,
        /** Nothing. */
        SIZE
    }

    public OperatorOptions {
        Check.that(gapMillis >= 1, "batch.gap-millis", gapMillis, "must be at least 1");
        Check.that(waitMillis >= 1, "batch.wait-millis", waitMillis, "must be at least 1");
        Check.that(residentKeys >= 1, "learner.resident-keys", residentKeys, "must be at least 1");
        Check.that(mostScores >= 1, "prediction.scores", mostScores, "must be at least 1");
    }
}
