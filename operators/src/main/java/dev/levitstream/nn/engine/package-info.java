/**
 * The native engine: how it starts, compiled scripts on a device, native arrays, and the optimizer's moments.
 *
 * <p>The executor's optimiser stays off: it measures its first calls and then changes the last bits, so that a restored
 * learner would differ from one that was never interrupted.
 *
 * <p>Why images are predicted in blocks and each is still a function of itself alone: a product of one row reads every
 * weight for one image, which takes three times as long. Ten rows in one product are summed in the same order, each by
 * itself. No document promises that, so {@link dev.levitstream.nn.engine.BatchInvarianceCheck} tries a script before it
 * is used; if one bit differs, that script goes image by image.
 *
 * <p>Why no {@code Number} overloads of array operators: on the CPU engine such a scalar lives in a Java buffer that a
 * garbage collection may free before it is read. In a script a constant is part of the text. A test forbids the
 * overloads.
 */
@NullMarked
package dev.levitstream.nn.engine;

import org.jspecify.annotations.NullMarked;
