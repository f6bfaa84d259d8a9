package dev.levitstream.learner;

/**
 * One image of a batch.
 *
 * @param image pixels and label
 * @param prediction the answer that was given before anything of the batch was learnt
 */
public record Observation(LabelledImage image, ImagePrediction prediction) {}
