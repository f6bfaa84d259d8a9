package dev.levitstream.learner;

/** What may happen around a learner. A learner does nothing on an event that it has no use for. */
public enum LearnerEvent {
    /** A label was seen for the first time. */
    NEW_CLASS,
    /** A drift detector fired. */
    SHIFT,
    /** Another learner of the stream expanded. */
    COMPONENT_CREATED,
    /** A fixed number of images has passed. */
    COUNT,
    /** Somebody says that the world has changed: an expandable learner expands. */
    MANUAL,
    /** No image will follow: queued work is finished. */
    END_OF_STREAM
}
