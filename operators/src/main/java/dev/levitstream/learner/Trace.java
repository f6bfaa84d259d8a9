package dev.levitstream.learner;

/**
 * What a method computed for an answer and needs again when the image is observed. Opaque to everybody else, never
 * stored: after a restore the image is predicted anew, to the same bits.
 */
public interface Trace {}
