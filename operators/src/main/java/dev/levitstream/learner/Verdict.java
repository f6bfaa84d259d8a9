package dev.levitstream.learner;

/**
 * Answer of an expansion criterion.
 *
 * @param distance what it measured, in its own units
 * @param threshold what the distance must exceed to be novel
 */
public record Verdict(double distance, double threshold) {
    /** Whether the world has changed. */
    public boolean isNovel() {
        return distance > threshold;
    }
}
