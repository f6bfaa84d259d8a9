package dev.levitstream.bench.run;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Accuracy R(i, j) on some test images of task j after task i, per-image routing. Forgetting and backward transfer
 * follow from it (Lopez-Paz and Ranzato 2017; Chaudhry et al. 2018); T is the last task.
 *
 * @param rows one per task i, with 0 to 1 for each task j up to i; empty if the tasks were not streamed one by one or
 *     the learner was not asked between them
 */
public record AccuracyMatrix(List<List<Double>> rows) {
    public AccuracyMatrix {
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** Mean over j &lt; T of max_i R(i, j) - R(T, j), 0 to 1; NaN with fewer than two tasks. */
    public double forgetting() {
        return mean(task -> IntStream.range(task, rows.size())
                        .mapToDouble(i -> rows.get(i).get(task))
                        .max()
                        .orElseThrow()
                - atEnd(task));
    }

    /** Mean over j &lt; T of R(T, j) - R(j, j), -1 to 1; NaN with fewer than two tasks. */
    public double backwardTransfer() {
        return mean(task -> atEnd(task) - rows.get(task).get(task));
    }

    private double atEnd(int task) {
        return rows.get(rows.size() - 1).get(task);
    }

    private double mean(IntToDoubleFunction ofTask) {
        return IntStream.range(0, rows.size() - 1).mapToDouble(ofTask).average().orElse(Double.NaN);
    }
}
