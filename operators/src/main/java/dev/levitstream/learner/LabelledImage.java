package dev.levitstream.learner;

import java.util.Optional;

/**
 * One image with its label, if known.
 *
 * @param pixels H W C unsigned bytes, row by row, channels of a pixel together; borrowed, never changed
 * @param label true class
 */
public record LabelledImage(byte[] pixels, Optional<String> label) {}
