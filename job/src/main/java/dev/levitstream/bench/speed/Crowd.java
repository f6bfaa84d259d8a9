package dev.levitstream.bench.speed;

import java.util.List;

/**
 * How many learners, and of how many components, are looked at.
 *
 * @param keys learners whose memory is measured, 1 or more
 * @param most components of each of them, 2 or more
 * @param components of a learner that is timed, growing, the first 1
 */
public record Crowd(int keys, int most, List<Integer> components) {
    /** As published. */
    public static final Crowd FULL = new Crowd(16, 11, List.of(1, 2, 5, 10, 20, 50));

    /** Enough to see that all works. */
    public static final Crowd SMALL = new Crowd(2, 3, List.of(1, 2, 3));

    public Crowd {
        components = List.copyOf(components);
    }
}
