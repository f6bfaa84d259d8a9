package dev.levitstream.nn.backbone;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What a file computes. Any number of threads may call it at once; results belong to the scope of the images. */
interface FrozenNetwork {
    /** Features (B, D) or tokens (B, T, D) of images (B, C, H, W). */
    NDArray forward(NDArray images);

    /** Whether tokens can be asked for by themselves. */
    boolean hasTokens();

    /** Tokens (B, T, D) of images (B, C, H, W). */
    NDArray tokens(NDArray images);

    /** Channels that it may take, the likelier first. */
    default List<Integer> channels() {
        return List.of(3, 1);
    }

    /** Side of the images that it takes (pixels); 0 if that has to be tried. */
    default int side() {
        return 0;
    }

    /** What the file says is to be taken from each channel's values; none if it says nothing. */
    default List<Float> mean() {
        return List.of();
    }

    /** What the file says they are to be divided by then; none if it says nothing. */
    default List<Float> std() {
        return List.of();
    }
}
