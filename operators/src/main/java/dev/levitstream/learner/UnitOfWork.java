package dev.levitstream.learner;

import dev.levitstream.nn.NumericException;
import java.util.List;
import java.util.stream.Stream;

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

    /** Whether {@link #runTogether} is faster for this unit and another learner's than one after the other. */
    default boolean joins(UnitOfWork other) {
        return false;
    }

    /**
     * Runs this unit and units of other learners that it {@link #joins}, in one step.
     *
     * @return a report for each, this one's first
     * @throws NumericException if one of them fails: then all have
     */
    default List<WorkReport> runTogether(List<UnitOfWork> others) {
        return Stream.concat(Stream.of(this), others.stream())
                .map(UnitOfWork::run)
                .toList();
    }
}
