package dev.levitstream.learner.change;

/**
 * The world has changed.
 *
 * @param probability of a difference that large if nothing had changed, 0 to 1
 * @param images that have come since, as far as can be seen (count)
 * @param recurs whether an earlier world has come back
 */
public record Change(double probability, int images, boolean recurs) {}
