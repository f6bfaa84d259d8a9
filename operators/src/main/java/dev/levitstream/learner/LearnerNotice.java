package dev.levitstream.learner;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that a learner noticed about its stream besides a new world.
 *
 * @param kind what
 * @param evidence what speaks for it; empty where it is no matter of evidence
 * @param component id of the component that it is about; empty where it is about none, or it is not known
 * @param reason in one line, for people
 */
public record LearnerNotice(Kind kind, Optional<Evidence> evidence, OptionalInt component, String reason) {
    /** What may be noticed. */
    public enum Kind {
        /** Labels have come to mean other images, though images are as before. */
        LABELS_CHANGED,
        /** Images are again as they were in an earlier world. */
        WORLD_RETURNED,
        /** Images hardly differ from one to the next, as of a camera that froze. */
        STREAM_FROZEN,
        /** Two earlier worlds became one, to make room for a new one. */
        WORLDS_MERGED
    }

    /** The same as it is seen once another image has been observed. */
    public LearnerNotice later() {
        return new LearnerNotice(kind, evidence.map(Evidence::later), component, reason);
    }
}
