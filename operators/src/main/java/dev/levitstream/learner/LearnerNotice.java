package dev.levitstream.learner;

/**
 * Something that a learner noticed about its stream besides a new world.
 *
 * @param kind what
 * @param probability of such evidence if nothing of the kind had happened, 0 to 1
 * @param images that have come since the evidence began (count)
 * @param reason in one line, for people
 */
public record LearnerNotice(Kind kind, double probability, long images, String reason) {
    /** What may be noticed. */
    public enum Kind {
        /** Labels have come to mean other images, though images are as before. */
        LABELS_CHANGED
    }
}
