/**
 * LEViT, the Lifelong Expansible Vision Transformer (Ye and Bors): a growing pool of components, each a small ViT with
 * a classifier and a VAE. Algorithm 1 and where its lines are:
 *
 * <ol>
 *   <li>route each image to a component, score it by VAEs, predict ({@link dev.levitstream.learner.levit.ImageRouting},
 *       {@link dev.levitstream.learner.levit.VaeRouter}, {@link dev.levitstream.learner.linear.GroupStatistics});
 *   <li>admit the images to the replay memory ({@link dev.levitstream.learner.common.ReplayMemory});
 *   <li>update the active component on mini-batches of the memory, within the budget
 *       ({@link dev.levitstream.learner.common.ComponentUpdate});
 *   <li>ask whether the world has changed ({@link dev.levitstream.learner.levit.ExpansionCriterion}); if so freeze the
 *       active component, create the next and clear the memory, else drop the oldest images.
 * </ol>
 *
 * <p>Why predictions are a pure function of one image: an answer that depends on batch mates, on the task or on the
 * order of a test set cannot be trusted in a stream. Each image is computed by itself, so that not even rounding
 * depends on company.
 *
 * <p>Why what frozen components make of an image is kept beside it in the memory: they never change, so an update costs
 * the same with twenty components as with two. The kept values are derived and never stored.
 *
 * <p>What was decided where the article is silent, and what was measured about it, stands in
 * {@code operators/README.md}.
 */
@NullMarked
package dev.levitstream.learner.levit;

import org.jspecify.annotations.NullMarked;
