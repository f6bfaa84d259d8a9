package dev.levitstream.picture;

/** How a picture of another size becomes one of the learner's. */
public enum Fit {
    /** The whole picture fills the whole image; its proportions change. */
    STRETCH,
    /** The middle of the picture fills the whole image; what is beyond is cut off, as much on both sides. */
    COVER,
    /** The whole picture lies in the middle of the image, with background on two sides, as much on both. */
    CONTAIN,
    /** Pictures of another size are refused. */
    EXACT
}
