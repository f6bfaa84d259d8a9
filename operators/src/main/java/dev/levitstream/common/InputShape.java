package dev.levitstream.common;

import java.io.Serializable;

/**
 * Shape of what a learner is given of an image: the image itself, or the tokens that a backbone makes of it. Tokens are
 * an image of one column with a row for each token and a channel for each feature, so what looks at patches of one
 * pixel looks at tokens.
 */
public sealed interface InputShape extends Serializable permits ImageShape, TokenShape {
    /** Rows. */
    int height();

    /** Columns. */
    int width();

    /** Values per place. */
    int channels();

    /** Values of one input: D = H W C. */
    default int size() {
        return height() * width() * channels();
    }

    /** Length of one input as it is kept (bytes). */
    int bytes();
}
