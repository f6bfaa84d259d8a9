package dev.levitstream.bench.run;

import java.util.List;

/**
 * How the true changes of the stream were noticed, by the components that were created.
 *
 * @param expansions where components were created, in order
 * @param missed changes within whose task no component was created (count)
 * @param falseExpansions expansions before the first change, or after the first in a task (count)
 * @param delays images from each noticed change to its component (count)
 */
public record ChangeDetection(List<CreatedComponent> expansions, int missed, int falseExpansions, List<Long> delays) {
    /** Of a learner that creates no components: it cannot miss a change either. */
    static final ChangeDetection NONE = new ChangeDetection(List.of(), 0, 0, List.of());

    public ChangeDetection {
        expansions = List.copyOf(expansions);
        delays = List.copyOf(delays);
    }

    /**
     * One expansion.
     *
     * @param image number of the image after whose batch it came, from 0
     * @param task index of the task of that image, from 0
     * @param component created, from 2
     * @param distance measured by the criterion; NaN where it was not asked
     * @param threshold that the distance exceeded; NaN where it was not asked
     */
    public record CreatedComponent(long image, int task, int component, double distance, double threshold) {}
}
