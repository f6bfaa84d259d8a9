package dev.levitstream.learner;

import java.util.List;

/**
 * What a learner answers to images before it learns from them.
 *
 * @param step batches taken in before (count)
 * @param predictions one per image
 */
public record Answers(long step, List<ImagePrediction> predictions) {}
