package dev.levitstream.nn.graph;

import dev.levitstream.nn.engine.MatMul;

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
        return new EngineConvolution(stride, padding).of(x, kernel, bias, shape);
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
        EngineConvolution engine = new EngineConvolution(2, 1, true, products.outputPadding());
        Array exchanged = kernel.transpose(1, 0, 2, 3); // (in, out, 3, 3)
        SymbolicShape shape = SymbolicShape.of(x.shape().get(0), out, height, width);
        if (!graph.isTraining() || !graph.matMul().unfoldsConvolutions()) {
            return engine.of(x, exchanged, bias, shape);
        }
        MatMul by = graph.matMul();
        Array places = places(x);
        Array flat = kernel.transpose(1, 2, 3, 0).reshape(x.shape().get(1), 9L * out);
        Array rows = places.contiguous();
        Array weight = flat.contiguous();
        Array sum = products.isSmall()
                ? products.sum(MatrixProduct.timesTransposed(by, rows, weight.t()), bias)
                : engine.values(x, exchanged, bias, shape);
        return sum.differentiable((y, dy, to) -> {
            Array windows = products.windows(dy);
            to.add(places, MatrixProduct.timesTransposed(by, windows, weight));
            to.add(flat, MatrixProduct.transposedTimes(by, rows, windows));
            to.add(bias, dy.summed(0, 2, 3));
        });
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
}
