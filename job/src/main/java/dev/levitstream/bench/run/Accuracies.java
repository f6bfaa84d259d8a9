package dev.levitstream.bench.run;

/**
 * How many answers were right.
 *
 * @param test on the test images of all tasks, after the stream
 * @param prequential test-then-train accuracy over the whole stream, 0 to 1
 * @param matrix accuracy of each task after each task
 */
public record Accuracies(TestAccuracy test, double prequential, AccuracyMatrix matrix) {}
