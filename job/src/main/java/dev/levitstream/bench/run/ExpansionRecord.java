package dev.levitstream.bench.run;

import dev.levitstream.bench.run.ChangeDetection.CreatedComponent;
import dev.levitstream.learner.Expansion;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares expansions with the changes that a benchmark knows of. A task's home is the component that was active for
 * most of its images.
 */
final class ExpansionRecord {
    private final List<CreatedComponent> created = new ArrayList<>();
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
        double distance = expansion.verdict().map(verdict -> verdict.distance()).orElse(Double.NaN);
        double threshold =
                expansion.verdict().map(verdict -> verdict.threshold()).orElse(Double.NaN);
        created.add(new CreatedComponent(image, task, expansion.componentId(), distance, threshold));
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

    ChangeDetection detection() {
        return new ChangeDetection(created, missed, falseOnes, delays);
    }

    /** Component of each task; 1 for tasks that were not streamed one by one. */
    int homeOf(int index) {
        return index < homes.size() ? homes.get(index) : 1;
    }
}
