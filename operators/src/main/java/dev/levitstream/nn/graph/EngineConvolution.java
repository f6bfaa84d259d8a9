package dev.levitstream.nn.graph;

import java.util.List;
import java.util.stream.Stream;

/**
 * The engine's own convolution.
 *
 * @param stride along both axes, as the padding
 * @param transposed whether it is transposed; the kernel is (out, in, h, w), or (in, out, h, w) if so
 * @param outputPadding rows and columns by which a transposed one's result is larger than it needs to be
 */
record EngineConvolution(int stride, int padding, boolean transposed, List<Long> outputPadding) {
    /** A plain one. */
    EngineConvolution(int stride, int padding) {
        this(stride, padding, false, List.of(0L, 0L));
    }

    /** The values of the result, without a gradient. */
    Array values(Array x, Array kernel, Array bias, SymbolicShape shape) {
        return transposed
                ? x.call(
                        shape,
                        Layout.UNKNOWN,
                        "torch.conv_transpose2d",
                        kernel,
                        bias,
                        both(stride),
                        both(padding),
                        outputPadding)
                : x.call(shape, Layout.UNKNOWN, "torch.conv2d", kernel, bias, both(stride), both(padding));
    }

    /** The result. */
    Array of(Array x, Array kernel, Array bias, SymbolicShape shape) {
        return values(x, kernel, bias, shape).differentiable((y, dy, to) -> {
            List<Boolean> wanted = Stream.of(x, kernel, bias).map(Array::varies).toList();
            Array all = dy.call(
                    SymbolicShape.of(),
                    Layout.UNKNOWN,
                    "torch.convolution_backward",
                    x,
                    kernel,
                    bias.size(),
                    both(stride),
                    both(padding),
                    both(1),
                    transposed,
                    outputPadding,
                    1,
                    wanted);
            to.add(x, all.element(0, x.shape()));
            to.add(kernel, all.element(1, kernel.shape()));
            to.add(bias, all.element(2, bias.shape()));
        });
    }

    private static List<Integer> both(int size) {
        return List.of(size, size);
    }
}
