package dev.levitstream.nn.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * A 3x3 convolution of stride 1 to few channels as a matrix product: the engine computes as many channels as a register
 * holds, whatever is asked for. Each place of the input has 9 shares, (9 out, in) times (in), which add up as planes,
 * one for each channel ({@link TransposedConvolution} is the like).
 *
 * @param images of the input, (B, in, H, W)
 * @param channels of the result
 */
record NarrowConvolution(Array images, long channels) {
    /** Channels that a register of the widest kind holds. */
    private static final int REGISTER = 16;

    /** Whether a kernel (out, in, h, w) is one for it. */
    static boolean suits(SymbolicShape kernel, int stride, int padding) {
        return kernel.get(0) < REGISTER && kernel.get(2) == 3 && kernel.get(3) == 3 && stride == 1 && padding == 1;
    }

    private long height() {
        return images.shape().get(2);
    }

    private long width() {
        return images.shape().get(3);
    }

    /**
     * Adds up all shares.
     *
     * @param shares (9 out, B H W)
     * @param bias (out)
     * @return (B, out, H, W)
     */
    Array sum(Array shares, Array bias) {
        Array planes = shares.view(channels, 3, 3, -1, height(), width());
        Op.Call count = Op.Call.of("torch.size", images, 0);
        List<Object> sizes = List.of(-1, count, height() + 2, width() + 2); // with a rim that belongs to no place
        Op.Call start = Op.Call.of("torch.expand", bias.view(channels, 1, 1, 1), sizes);
        List<Op.Call> additions = new ArrayList<>();
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                Op.Call rows = Op.Call.of("torch.narrow", Op.Call.RESULT, 2, 2 - y, height());
                Op.Call places = Op.Call.of("torch.narrow", rows, 3, 2 - x, width());
                Array share = planes.select(1, y).select(1, x);
                additions.add(Op.Call.of("torch.add_", places, share));
            }
        }
        SymbolicShape shape = SymbolicShape.of(channels, images.shape().get(0), height() + 2, width() + 2);
        Array sum = shares.graph()
                .array(new Op.Call("torch.contiguous", List.of(start), additions), shape, Layout.ROW_MAJOR);
        return shifted(sum, 1, 1).permuted(1, 0, 2, 3);
    }

    /**
     * What a gradient is at the shares.
     *
     * @param gradient at the result, (B, out, H, W)
     * @return (9 out, B H W)
     */
    Array windows(Array gradient) {
        Array padded = gradient.permuted(1, 0, 2, 3).padded(1, 1, 1, 1);
        List<Array> shares = new ArrayList<>();
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                shares.add(shifted(padded, y, x));
            }
        }
        return Array.stack(shares, 1).view(9 * channels, -1);
    }

    /** The places that the inputs under the kernel's value (y, x) add to, of planes with a rim. */
    private Array shifted(Array planes, int y, int x) {
        return planes.narrow(2, 2 - y, height()).narrow(3, 2 - x, width());
    }
}
