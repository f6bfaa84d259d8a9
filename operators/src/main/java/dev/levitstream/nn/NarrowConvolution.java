package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * A 3x3 convolution of stride 1 to few channels as a matrix product, as lines of a script: the engine computes as many
 * channels as a register holds, whatever is asked for. Each place of the input has 9 shares, (9 out, in) times (in),
 * which add up as planes, one for each channel ({@link DoublingConvolution} is the like).
 *
 * @param images of the input, (B, in, H, W)
 * @param height H
 * @param width W
 * @param channels of the result
 */
record NarrowConvolution(Script script, String images, long height, long width, long channels) {
    /** Channels that a register of the widest kind holds. */
    private static final int REGISTER = 16;

    /** Whether a kernel (out, in, h, w) is one for it. */
    static boolean suits(Sizes kernel, int stride, int padding) {
        return kernel.get(0) < REGISTER && kernel.get(2) == 3 && kernel.get(3) == 3 && stride == 1 && padding == 1;
    }

    /**
     * Adds up all shares.
     *
     * @param shares (9 out, B H W)
     * @param bias (out)
     * @return (B, out, H, W)
     */
    String added(String shares, String bias) {
        String planes = line("torch.view", shares, Script.list(channels, 3, 3, -1, height, width));
        String start = line("torch.view", bias, Script.list(channels, 1, 1, 1));
        String size = "[-1, torch.size(" + images + ", 0), " + (height + 2) + ", " + (width + 2) + "]";
        // with a rim that belongs to no place; not the same variable as another's, for it is written to
        String all = script.assign("torch.contiguous(torch.expand(" + start + ", " + size + "))");
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                script.append("torch.add_(" + shifted(all, y, x) + ", " + select(select(planes, 1, y), 1, x) + ")");
            }
        }
        return exchanged(shifted(all, 1, 1));
    }

    /**
     * What a gradient is at the shares.
     *
     * @param gradient at the result, (B, out, H, W)
     * @return (9 out, B H W)
     */
    String windows(String gradient) {
        String padded = line("torch.constant_pad_nd", exchanged(gradient), Script.list(1, 1, 1, 1), 0);
        List<String> shares = new ArrayList<>();
        for (int y = 0; y < 3; y++) {
            for (int x = 0; x < 3; x++) {
                shares.add(shifted(padded, y, x));
            }
        }
        return line("torch.view", line("torch.stack", shares, 1), Script.list(9 * channels, -1));
    }

    /** The places that the inputs under the kernel's value (y, x) add to, of planes with a rim. */
    private String shifted(String planes, int y, int x) {
        return line("torch.narrow", line("torch.narrow", planes, 2, 2 - y, height), 3, 2 - x, width);
    }

    private String exchanged(String array) {
        return line("torch.permute", array, Script.list(1, 0, 2, 3));
    }

    private String select(String array, int axis, int index) {
        return line("torch.select", array, axis, index);
    }

    private String line(String operation, Object... operands) {
        return script.call(operation, operands);
    }
}
