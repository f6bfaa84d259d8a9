package dev.levitstream.learner;

import java.util.Optional;

/**
 * Answer of an expansion criterion.
 *
 * @param distance what it measured, in its own units
 * @param threshold what the distance must exceed to be novel
 * @param evidence what else the criterion knows; empty where it measures and knows no more
 */
public record Verdict(double distance, double threshold, Optional<Evidence> evidence) {
    /** Of a criterion that knows no more. */
    public Verdict(double distance, double threshold) {
        this(distance, threshold, Optional.empty());
    }

    /** Whether the world has changed. */
    public boolean isNovel() {
        return distance > threshold;
    }

    /** The same as it is seen once another image has been observed. */
    public Verdict later() {
        return new Verdict(distance, threshold, evidence.map(Evidence::later));
    }
}
