package dev.levitstream.bench.run;

import java.util.List;
import java.util.Map;

/**
 * What one run came to. Shares are 0 to 1; what a learner does not have, as routing without components, is NaN. Written
 * as JSON, one file a run.
 *
 * @param setup what was run, on what, and of which build
 * @param accuracies how many answers were right
 * @param changes how the true changes of the stream were noticed
 * @param cost what the run took
 * @param components as there is to see of them after the stream, in order; empty if the learner shows none
 * @param trace how the stream went
 */
public record RunResult(
        RunSetup setup,
        Accuracies accuracies,
        ChangeDetection changes,
        Cost cost,
        List<ComponentSummary> components,
        StreamTrace trace) {
    public RunResult {
        components = List.copyOf(components);
    }

    /** Figures by name, in the order of tables. */
    public Map<String, Double> figures() {
        return Figures.of(this);
    }
}
