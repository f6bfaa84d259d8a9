package dev.levitstream.operator;

import dev.levitstream.learner.LabelledImage;

/**
 * One decoded and checked image of a stream.
 *
 * @param imageId its name within the stream
 * @param eventTime when it was taken, milliseconds since 1970
 * @param image pixels and label
 */
record Frame(String imageId, long eventTime, LabelledImage image) {}
