package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;

/**
 * What each component makes of one image, by index.
 *
 * @param routed component that the router chooses; the first is 1
 * @param answer what the learner answers
 * @param losses VAE loss under each (squared pixel units); 0 for learners without a VAE
 * @param labels label that each would answer; empty while it knows none
 */
public record ComponentAnswers(int routed, Optional<String> answer, float[] losses, List<Optional<String>> labels) {}
