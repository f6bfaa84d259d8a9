package dev.levitstream.learner;

import java.util.List;

/**
 * What a learner answers to one batch before it learns from it.
 *
 * @param step batches observed before this one (count)
 * @param predictions one per image
 */
public record Answers(long step, List<ImagePrediction> predictions) {}
