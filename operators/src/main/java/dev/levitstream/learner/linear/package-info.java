/**
 * Linear classifiers over fixed features, made of sums alone: what was learnt is never forgotten, the order of images
 * does not matter, and an image costs the same however many came before.
 *
 * <ol>
 *   <li>{@link dev.levitstream.learner.linear.FixedFeatures} looks at an image, or takes what a backbone made of it;
 *   <li>{@link dev.levitstream.learner.linear.GroupStatistics} counts it to its group, a pair of world and label, and
 *       solves for a {@link dev.levitstream.nn.model.LinearHead} when that is due;
 *   <li>{@link dev.levitstream.learner.linear.GroupScores} is what the head says of an image.
 * </ol>
 */
@NullMarked
package dev.levitstream.learner.linear;

import org.jspecify.annotations.NullMarked;
