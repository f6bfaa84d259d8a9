package dev.levitstream.nn.graph;

import dev.levitstream.nn.engine.MatMul;
import java.util.List;
import java.util.stream.Stream;

/**
 * Convolutions. On a CPU the engine's own are slow for some shapes, forwards or backwards; to train, those are done by
 * products.
 */
sealed interface Convolution extends Expression permits Array {
    /**
     * Convolution: (B, in, H, W) -> (B, out, (H + 2 padding - h) / stride + 1, likewise).
     *
     * @param kernel (out, in, h, w)
     * @param bias (out)
     */
    default Array conv2d(Array kernel, Array bias, int stride, int padding) {
        Array x = self();
        Graph graph = x.graph();
        SymbolicShape k = kernel.shape();
        if (graph.isTraining() && graph.matMul().unfoldsConvolutions() && NarrowConvolution.suits(k, stride, padding)) {
            return narrow(x, kernel, bias);
        }
        SymbolicShape shape = SymbolicShape.of(
                x.shape().get(0),
                k.get(0),
                (x.shape().get(2) + 2L * padding - k.get(2)) / stride + 1,
                (x.shape().get(3) + 2L * padding - k.get(3)) / stride + 1);
        EngineConvolution engine =
                new EngineConvolution(List.of(stride, stride), List.of(padding, padding), false, List.of(0L, 0L));
        return x.call(shape, Layout.UNKNOWN, "torch.conv2d", kernel, bias, engine.strides(), engine.paddings())
                .differentiable((y, dy, to) -> engine.back(x, kernel, bias, dy, to));
    }

    /**
     * Transposed 3x3 convolution, stride 2, padding 1: (B, in, H, W) -> (B, out, height, width).
     *
     * @param kernel (out, in, 3, 3)
     * @param bias (out)
     * @param height 2H - 1 or 2H
     * @param width 2W - 1 or 2W
     */
    default Array convTranspose2d(Array kernel, Array bias, int height, int width) {
        Array x = self();
        Graph graph = x.graph();
        int out = (int) kernel.shape().get(0);
        TransposedConvolution products = new TransposedConvolution(
                (int) x.shape().get(2), (int) x.shape().get(3), height, width, out);
        if (!graph.isTraining() || !graph.matMul().unfoldsConvolutions()) {
            return transposedByEngine(x, kernel, bias, products);
        }
        MatMul by = graph.matMul();
        Array places = places(x);
        Array flat = kernel.transpose(1, 2, 3, 0).reshape(x.shape().get(1), 9L * out);
        Array rows = places.contiguous();
        Array weight = flat.contiguous();
        Array sum = products.isSmall()
                ? products.sum(MatrixProduct.timesTransposed(by, rows, weight.t()), bias)
                : engineForward(x, kernel, bias, products);
        return sum.differentiable((y, dy, to) -> {
            Array windows = products.windows(dy);
            to.add(places, MatrixProduct.timesTransposed(by, windows, weight));
            to.add(flat, MatrixProduct.transposedTimes(by, rows, windows));
            to.add(bias, dy.summed(0, 2, 3));
        });
    }

    private static Array transposedByEngine(Array x, Array kernel, Array bias, TransposedConvolution shapes) {
        EngineConvolution engine = new EngineConvolution(List.of(2, 2), List.of(1, 1), true, shapes.outputPadding());
        Array exchanged = kernel.transpose(1, 0, 2, 3);
        return engineForward(x, kernel, bias, shapes)
                .differentiable((y, dy, to) -> engine.back(x, exchanged, bias, dy, to));
    }

    private static Array engineForward(Array x, Array kernel, Array bias, TransposedConvolution shapes) {
        Array exchanged = kernel.transpose(1, 0, 2, 3); // (in, out, 3, 3)
        return x.call(
                shapes.shape(x.shape().get(0)),
                Layout.UNKNOWN,
                "torch.conv_transpose2d",
                exchanged,
                bias,
                List.of(2, 2),
                List.of(1, 1),
                shapes.outputPadding());
    }

    /** To few channels, by products. */
    private static Array narrow(Array x, Array kernel, Array bias) {
        MatMul by = x.graph().matMul();
        NarrowConvolution products = new NarrowConvolution(x, kernel.shape().get(0));
        Array places = places(x);
        Array flat = kernel.transpose(0, 2, 3, 1)
                .reshape(9 * kernel.shape().get(0), x.shape().get(1));
        Array rows = places.contiguous();
        Array weight = flat.contiguous();
        return products.sum(MatrixProduct.timesTransposed(by, weight, rows), bias)
                .differentiable((y, dy, to) -> {
                    Array windows = products.windows(dy);
                    to.add(places, MatrixProduct.transposedTimes(by, windows, weight));
                    to.add(flat, MatrixProduct.timesTransposed(by, windows, rows.t()));
                    to.add(bias, dy.summed(0, 2, 3));
                });
    }

    /** Images (B, in, H, W) as rows (B H W, in). */
    private static Array places(Array x) {
        return x.transpose(0, 2, 3, 1).reshape(-1, x.shape().get(1));
    }

    /** The engine's own backward pass. */
    record EngineConvolution(
            List<Integer> strides, List<Integer> paddings, boolean transposed, List<Long> outputPadding) {
        void back(Array x, Array kernel, Array bias, Array dy, Gradients to) {
            List<Boolean> wanted = Stream.of(x, kernel, bias).map(Array::varies).toList();
            Array all = dy.call(
                    SymbolicShape.of(),
                    Layout.UNKNOWN,
                    "torch.convolution_backward",
                    x,
                    kernel,
                    bias.size(),
                    strides,
                    paddings,
                    List.of(1, 1),
                    transposed,
                    outputPadding,
                    1,
                    wanted);
            to.add(x, all.element(0, x.shape()));
            to.add(kernel, all.element(1, kernel.shape()));
            to.add(bias, all.element(2, bias.shape()));
        }
    }
}
