/**
 * Whether the images of a stream still come from the same world: change detection on fixed features, without labels,
 * with bounded memory, for any learner.
 *
 * <p>{@link dev.levitstream.learner.change.ChangeDetector} compares the newest images with those before by a kernel
 * two-sample test (Gretton et al. 2012). How it does that, in the order of the data:
 *
 * <ol>
 *   <li>{@link dev.levitstream.learner.change.RandomProjection} makes features few;
 *   <li>{@link dev.levitstream.learner.change.Whitening} measures them in units of what is usual in this world;
 *   <li>{@link dev.levitstream.learner.change.TwoSampleTest} keeps a window of the newest and a reference of those
 *       before, and the sums of their kernel;
 *   <li>{@link dev.levitstream.learner.change.SlowChangeTest} compares the newest with the whole life of this world;
 *   <li>{@link dev.levitstream.learner.change.NullLaw} says how likely such a difference is if nothing has changed;
 *   <li>{@link dev.levitstream.learner.change.World} is what is kept of a world that ended, and
 *       {@link dev.levitstream.learner.change.KnownWorlds} knows it again;
 *   <li>{@link dev.levitstream.learner.change.Numbered} says which images there are to see of a change: those nearest
 *       the mean of their side.
 * </ol>
 *
 * <p>In a video images follow each other in scenes, and a thousand of them may be no more than four observations.
 * There, {@link dev.levitstream.learner.change.SceneSplitter} makes one of each scene,
 * {@link dev.levitstream.learner.change.SceneTest} compares the newest with those before, and
 * {@link dev.levitstream.learner.change.SceneChanges} decides. The stream itself says which it is: by the
 * {@link dev.levitstream.learner.change.Covariance} of steps between neighbours, which is that of all images where they
 * are shuffled, and much smaller where they are not.
 */
@NullMarked
package dev.levitstream.learner.change;

import org.jspecify.annotations.NullMarked;
