package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;

/**
 * What one batch came to.
 *
 * @param predictions one per image, made before any of them was learnt
 * @param reports of all work that followed, in its order
 */
public record Outcome(List<ImagePrediction> predictions, List<WorkReport> reports) {
    /** The expansion that it led to, if any. */
    public Optional<Expansion> expansion() {
        return reports.stream().flatMap(report -> report.expansion().stream()).findFirst();
    }

    /** Updates of parameters (count). */
    public int updates() {
        return (int) reports.stream().filter(WorkReport::isUpdate).count();
    }
}
