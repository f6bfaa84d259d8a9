package dev.levitstream.learner;

import java.util.Optional;

/**
 * One image as a learner is given it, with its label, if known.
 *
 * @param pixels bytes of the {@link dev.levitstream.common.InputShape}: of an image H W C unsigned bytes, row by row,
 *     channels of a pixel together; of tokens half floats, token by token; borrowed, never changed
 * @param label true class
 */
public record LabelledImage(byte[] pixels, Optional<String> label) {}
