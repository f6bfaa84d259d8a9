package dev.levitstream.learner;

import java.util.OptionalDouble;

/**
 * Something that a learner noticed about its stream besides a new world.
 *
 * @param kind what
 * @param probability of such evidence if nothing of the kind had happened, 0 to 1; empty where nothing was tested
 * @param images that have come since the evidence began (count)
 * @param reason in one line, for people
 */
public record LearnerNotice(Kind kind, OptionalDouble probability, long images, String reason) {
    /** What may be noticed. */
    public enum Kind {
        /** Labels have come to mean other images, though images are as before. */
        LABELS_CHANGED,
        /** Images are again as they were in an earlier world. */
        WORLD_RETURNED,
        /** Images hardly differ from one to the next, as of a camera that froze. */
        STREAM_FROZEN
    }
}
