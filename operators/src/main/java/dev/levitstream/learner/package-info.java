/**
 * The contract between a stream and a method that learns from it; plain Java types in and out, no Flink, no method.
 *
 * <p>A {@link dev.levitstream.learner.LearnerMethod} is found by name, reads its options and opens a
 * {@link dev.levitstream.learner.Learner} per stream. {@link dev.levitstream.learner.Learning} drives one through the
 * life of a batch: predict, observe, work.
 *
 * <p>Why answering and learning are separate calls, and learning any number of them: nothing may wait for a batch's
 * whole work. Between two calls the learner is complete and can be stored. A learner hands out its next
 * {@link dev.levitstream.learner.UnitOfWork} and does not run it itself, so that units of many learners can be run in
 * one step, and so that what a unit did ({@link dev.levitstream.learner.WorkReport}) is seen by whoever drives it.
 *
 * <p>Why predictions come back with the batch: what a method computed for an answer it need not compute again to learn
 * from the image, and yet to predict stays free of effects.
 */
@NullMarked
package dev.levitstream.learner;

import org.jspecify.annotations.NullMarked;
