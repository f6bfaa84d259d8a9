package dev.levitstream.bench.run;

import dev.levitstream.bench.run.RunResult.Birth;
import dev.levitstream.learner.Expansion;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares expansions with the changes that a benchmark knows of. A task's home is the component that was active for
 * most of its images.
 */
final class ExpansionRecord {
    private final List<Birth> births = new ArrayList<>();
    private final List<Long> delays = new ArrayList<>();
    private final List<Integer> homes = new ArrayList<>();
    private int active = 1;
    private int missed;
    private int falseOnes;
    private int task = -1;
    private boolean noticed;
    private long taskStart;
    private long activeSince;
    private long longest;
    private int home;

    /** The next task begins with image {@code seen}. */
    void startTask(long seen) {
        task++;
        taskStart = seen;
        activeSince = seen;
        longest = 0;
        home = active;
    }

    /** The learner was told of the change that the next task begins with; no merit, no fault. */
    void told(int component) {
        active = component;
        noticed = true;
    }

    /** The learner created a component after image {@code image}. */
    void found(Expansion expansion, long image) {
        double measured = expansion.verdict().map(verdict -> verdict.distance()).orElse(Double.NaN);
        double threshold =
                expansion.verdict().map(verdict -> verdict.threshold()).orElse(Double.NaN);
        births.add(new Birth(image, task, expansion.componentId(), measured, threshold));
        settleHome(image + 1);
        active = expansion.componentId();
        activeSince = image + 1;
        boolean scheduled = expansion.verdict().isEmpty(); // the first fill or the most images: no claim of a change
        if (task > 0 && !noticed) {
            noticed = true;
            delays.add(image + 1 - taskStart);
        } else if (!scheduled) {
            falseOnes++;
        }
    }

    private void settleHome(long until) {
        if (until - activeSince > longest) {
            longest = until - activeSince;
            home = active;
        }
    }

    /** The task ends. */
    void endTask(long images) {
        settleHome(taskStart + images);
        homes.add(home);
        missed += task > 0 && !noticed ? 1 : 0;
        noticed = false;
    }

    List<Birth> births() {
        return births;
    }

    List<Long> delays() {
        return delays;
    }

    int missed() {
        return missed;
    }

    int falseOnes() {
        return falseOnes;
    }

    /** Component of each task; 1 for tasks that were not streamed one by one. */
    int homeOf(int index) {
        return index < homes.size() ? homes.get(index) : 1;
    }
}
