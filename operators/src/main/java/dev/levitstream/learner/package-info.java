/**
 * Learning from a stream of images for ever; plain Java types in and out, no Flink.
 *
 * <p>Algorithm 1 of LEViT, one {@link dev.levitstream.learner.ExpandableLearner#observe observe} per batch:
 *
 * <ol>
 *   <li>judge each image by all components' VAEs, route it to one, predict
 *       ({@link dev.levitstream.learner.ComponentPool}, {@link dev.levitstream.learner.Router});
 *   <li>admit the images to the replay memory ({@link dev.levitstream.learner.ReplayMemory});
 *   <li>train the active component on mini-batches of the memory, within the budget
 *       ({@link dev.levitstream.learner.WorkQueue});
 *   <li>ask whether the world has changed ({@link dev.levitstream.learner.ExpansionCriterion}); if so freeze the active
 *       component, create the next and clear the memory, else drop the oldest images.
 * </ol>
 *
 * <p>Why predictions are a pure function of one image: an answer that depends on batch mates, on the task or on the
 * order of a test set cannot be trusted in a stream. Images are judged in chunks of one fixed shape, so that not even
 * rounding depends on company.
 *
 * <p>Why what frozen components make of an image is kept beside it in the memory: they never change, so an update costs
 * the same with twenty components as with two. The kept values are derived, rebuilt after a restore and never stored.
 *
 * <p>Why unlabelled images that a frozen component already explains are not learnt (option {@code memory.unlabelled}):
 * they teach the classifier nothing, and a VAE that learnt them would draw their kind away from the component that can
 * name it.
 *
 * <p>Why the criterion {@code novelty} exists beside the article's: its score is the novelty that every prediction
 * carries anyway, each image's divided by what is usual for the component that it is routed to, so it costs nothing,
 * needs no threshold in pixel units, and known images of older components do not look like change.
 */
@NullMarked
package dev.levitstream.learner;

import org.jspecify.annotations.NullMarked;
