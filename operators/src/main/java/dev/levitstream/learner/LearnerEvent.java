package dev.levitstream.learner;

/** What may happen around a learner. A learner does nothing on an event that it has no use for. */
public enum LearnerEvent {
    /** Somebody says that the world has changed: a learner that expands does so. */
    BOUNDARY,
    /** No image will follow: work that the budget left is due. */
    END_OF_STREAM
}
