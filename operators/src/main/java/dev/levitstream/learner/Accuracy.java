package dev.levitstream.learner;

/**
 * Test-then-train accuracy over labelled images.
 *
 * @param images labelled images so far (count)
 * @param total share of them predicted right, 0 to 1; NaN before the first
 * @param windowed the same over the last 1,000
 * @param faded the same with weight 0.999^age
 */
public record Accuracy(long images, double total, double windowed, double faded) {}
