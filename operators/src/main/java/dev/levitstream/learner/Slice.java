package dev.levitstream.learner;

import dev.levitstream.nn.engine.NumericException;
import java.util.List;
import java.util.Optional;

/**
 * What one slice of a learner's work came to.
 *
 * @param reports of the units that were run, in their order
 * @param isDone whether no work is left for the latest batch
 * @param failure if the learner's numbers could not be computed with: the batch is to be {@link Learner#abandon
 *     abandoned}
 */
public record Slice(List<WorkReport> reports, boolean isDone, Optional<NumericException> failure) {
    public Slice {
        reports = List.copyOf(reports);
    }

    /**
     * The reports.
     *
     * @throws NumericException if the work failed
     */
    public List<WorkReport> orElseThrow() {
        failure.ifPresent(e -> {
            throw e;
        });
        return reports;
    }
}
