package dev.levitstream.job;

/** Where to go on when the images at the position are gone: deleted by retention, or the topic is another one. */
public enum OffsetReset {
    /** At the oldest image that is left; of a topic made anew, at its first. */
    EARLIEST,
    /** Behind the newest image. */
    LATEST,
    /** Nowhere: the job ends. */
    FAIL
}
