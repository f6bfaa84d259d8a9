package dev.levitstream.nn.graph;

/** What is wanted of a function. */
public enum Form {
    /** Its values for a whole batch. */
    WHOLE,
    /** Its values for blocks of {@link #BLOCK} images: a loop over axis 0 of all inputs, the last block padded. */
    BLOCKS,
    /** The same, with the last block as short as it comes, but not a single image: those take other instructions. */
    SHORTER_BLOCKS,
    /** Its values for each image by itself: the same, with blocks of one. */
    EACH,
    /** Its values for a whole batch, and gradients. */
    TRAINING;

    /** Images of a block (count): as many as a mini-batch of the stream has by default. */
    public static final int BLOCK = 10;

    boolean isBlocks() {
        return this == BLOCKS || this == SHORTER_BLOCKS;
    }
}
