package dev.levitstream.learner;

import dev.levitstream.nn.engine.NumericException;
import java.util.Optional;

/**
 * What one slice of a learner's work came to; neither of both while work is left.
 *
 * @param lesson once nothing is left to do
 * @param failure if the learner's numbers could not be computed with: the batch is to be {@link Learner#abandon
 *     abandoned}
 */
public record Slice(Optional<Lesson> lesson, Optional<NumericException> failure) {
    static Slice failed(NumericException failure) {
        return new Slice(Optional.empty(), Optional.of(failure));
    }

    /**
     * The lesson, if there is one yet.
     *
     * @throws NumericException if the work failed
     */
    public Optional<Lesson> orElseThrow() {
        failure.ifPresent(e -> {
            throw e;
        });
        return lesson;
    }
}
