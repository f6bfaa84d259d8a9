package dev.levitstream.nn;

/**
 * A transposed 3x3 convolution of stride 2 as a matrix product, as lines of a script: each place of the input gives the
 * 3x3 window around twice its place a share, (in) times (in, 9 out), and shares add up where windows overlap. Its
 * gradient reads the windows, side by side (im2col: Chellapilla, Puri and Simard, "High performance convolutional
 * neural networks for document processing", IWFHR 2006). Channels lie last, so that a row of a window is one piece.
 *
 * @param rows h of the input
 * @param columns w of the input
 * @param height H of the result, 2h - 1 or 2h
 * @param width W of the result, likewise
 * @param channels of the result
 */
record DoublingConvolution(Script script, int rows, int columns, int height, int width, long channels) {
    /** Places up to which it takes no longer to multiply and add than the engine's own convolution does. */
    private static final int FEW = 64;

    /** Whether {@link #added} is not slower than {@link #direct}. */
    boolean small() {
        return rows * columns <= FEW;
    }

    /**
     * The engine's own.
     *
     * @param images (B, in, h, w)
     * @param kernel (in, out, 3, 3)
     * @param bias (out)
     * @return (B, out, H, W)
     */
    String direct(String images, String kernel, String bias) {
        return line("torch.conv_transpose2d", images, kernel, bias, Script.list(2, 2), Script.list(1, 1), wider());
    }

    /** Rows and columns by which the result is larger than 2h - 1, 2w - 1. */
    String wider() {
        return Script.list(height - 2L * rows + 1, width - 2L * columns + 1);
    }

    /**
     * Adds up all shares.
     *
     * @param shares (B h w, 9 out)
     * @param bias (out)
     * @return (B, out, H, W)
     */
    String added(String shares, String bias) {
        String windows = line("torch.view", shares, Script.list(-1, rows, columns, 3, 3, channels));
        String size = "[torch.size(" + windows + ", 0), " + (2 * rows + 1) + ", " + (2 * columns + 1) + ", -1]";
        // with a rim that belongs to no place; not the same variable as another's, for it is written to
        String all = script.assign("torch.contiguous(torch.expand(" + bias + ", " + size + "))");
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                String places = every(every(all, 1, y, rows), 2, x, columns);
                script.append("torch.add_(" + places + ", " + select(select(windows, 3, y), 3, x) + ")");
            }
        }
        String inside = line("torch.narrow", line("torch.narrow", all, 1, 1, height), 2, 1, width);
        return line("torch.permute", inside, Script.list(0, 3, 1, 2));
    }

    /**
     * The windows of a gradient.
     *
     * @param gradient at the result, (B, out, H, W)
     * @return at the shares, (B h w, 9 out)
     */
    String windows(String gradient) {
        String last = line("torch.permute", gradient, Script.list(0, 2, 3, 1));
        long[] rim = {0, 0, 1, 2L * columns - width, 1, 2L * rows - height};
        String padded = line("torch.constant_pad_nd", last, Script.list(rim), 0);
        String views = line("torch.unfold", line("torch.unfold", padded, 1, 3, 2), 2, 3, 2); // (B, h, w, out, 3, 3)
        String turned = line("torch.permute", views, Script.list(0, 1, 2, 4, 5, 3));
        return line("torch.reshape", turned, Script.list(-1, 9 * channels));
    }

    private static String every(String array, int axis, int from, int count) {
        return "torch.slice(" + array + ", " + axis + ", " + from + ", " + (from + 2 * count - 1) + ", 2)";
    }

    private String select(String array, int axis, int index) {
        return line("torch.select", array, axis, index);
    }

    private String line(String operation, Object... operands) {
        return script.call(operation, operands);
    }
}
