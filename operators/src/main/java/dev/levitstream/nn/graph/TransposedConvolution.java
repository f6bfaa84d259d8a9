package dev.levitstream.nn.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A transposed 3x3 convolution of stride 2 as a matrix product: each place of the input gives the 3x3 window around
 * twice its place a share, (in) times (in, 9 out), and shares add up where windows overlap. Its gradient reads the
 * windows, side by side (im2col: Chellapilla, Puri and Simard, "High performance convolutional neural networks for
 * document processing", IWFHR 2006). Channels lie last, so that a row of a window is one piece.
 *
 * @param rows h of the input
 * @param columns w of the input
 * @param height H of the result, 2h - 1 or 2h
 * @param width W of the result, likewise
 * @param channels of the result
 */
record TransposedConvolution(int rows, int columns, int height, int width, int channels) {
    /** Places up to which it takes no longer to multiply and add than the engine's own convolution does. */
    private static final int FEW = 64;

    /** Whether {@link #sum} is not slower than the engine's own. */
    boolean isSmall() {
        return rows * columns <= FEW;
    }

    /** Rows and columns by which the result is larger than 2h - 1, 2w - 1. */
    List<Long> outputPadding() {
        return List.of(height - 2L * rows + 1, width - 2L * columns + 1);
    }

    /**
     * Adds up all shares.
     *
     * @param shares (B h w, 9 out)
     * @param bias (out)
     * @return (B, out, H, W)
     */
    Array sum(Array shares, Array bias) {
        Array windows = shares.view(-1, rows, columns, 3, 3, channels);
        Op.Call images = Op.Call.of("torch.size", windows, 0);
        int tall = 2 * rows + 1; // with a rim that belongs to no place
        int wide = 2 * columns + 1;
        Op.Call start = Op.Call.of("torch.expand", bias, List.of(images, tall, wide, -1));
        List<Op.Call> additions = new ArrayList<>();
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                Op.Call places = everySecond(everySecond(Op.Call.RESULT, 1, y, rows), 2, x, columns);
                Array share = windows.select(3, y).select(3, x);
                additions.add(Op.Call.of("torch.add_", places, share));
            }
        }
        SymbolicShape shape = SymbolicShape.of(windows.shape().get(0), tall, wide, channels);
        return shares.graph()
                .array(new Op.Call("torch.contiguous", List.of(start), additions), shape, Layout.ROW_MAJOR)
                .narrow(1, 1, height)
                .narrow(2, 1, width)
                .permuted(0, 3, 1, 2);
    }

    /**
     * The windows of a gradient.
     *
     * @param gradient at the result, (B, out, H, W)
     * @return at the shares, (B h w, 9 out)
     */
    Array windows(Array gradient) {
        Array padded = gradient.permuted(0, 2, 3, 1).padded(0, 0, 1, 2L * columns - width, 1, 2L * rows - height);
        long images = gradient.shape().get(0);
        SymbolicShape half = SymbolicShape.of(images, rows, 2L * columns + 1, channels, 3);
        SymbolicShape all = SymbolicShape.of(images, rows, columns, channels, 3, 3);
        return padded.call(half, Layout.UNKNOWN, "torch.unfold", 1, 3, 2)
                .call(all, Layout.UNKNOWN, "torch.unfold", 2, 3, 2)
                .permuted(0, 1, 2, 4, 5, 3)
                .reshape(-1, 9L * channels);
    }

    private static Op.Call everySecond(Object array, int axis, int from, int count) {
        return Op.Call.of("torch.slice", array, axis, from, from + 2 * count - 1, 2);
    }
}
