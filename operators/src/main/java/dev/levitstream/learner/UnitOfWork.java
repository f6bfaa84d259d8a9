package dev.levitstream.learner;

import dev.levitstream.nn.engine.NumericException;

/**
 * A piece of a learner's work that is done in one go: an optimizer update, a solve, a check; the method decides what it
 * is. Until it is run, nothing has changed. It is run at most once.
 */
public interface UnitOfWork {
    /**
     * Does it.
     *
     * @throws NumericException if the engine cannot compute with the learner's numbers
     */
    WorkReport run();

    /** Whether it learns from samples; a slice of work is bounded by the units that do. */
    default boolean learns() {
        return true;
    }
}
