package dev.levitstream.nn;

/**
 * An array as the networks see it. They are written once, over this interface; what runs them decides what it means:
 * {@link EngineArray} computes each operation at once, {@link ScriptArray} writes it down as a line of a script that is
 * compiled and run as a whole, {@link FleetArray} as a line that serves many components at once. Axes count from 0;
 * sizes of -1 are inferred; an image's place in a batch is always axis 0, whose size no network knows.
 */
public interface Array {
    /** Rows times a weight (in, out) plus a bias (out): (B, in) -> (B, out). */
    Array linear(Array weight, Array bias);

    /**
     * Multi-head attention among the tokens z of each image, softmax(q k^T / sqrt(Q)) v for each head, with queries q,
     * keys k and values v of one product z weight + bias: (B N, Q) -> (B, h N Q), heads one after the other.
     *
     * @param weight (Q, 3 h Q): for the queries of all heads, then for their keys, then for their values
     * @param bias (3 h Q)
     * @param tokens N
     * @param heads h
     * @param width Q
     */
    Array attention(Array weight, Array bias, int tokens, int heads, int width);

    /** Sum, broadcast. */
    Array add(Array other);

    /** Difference, broadcast. */
    Array sub(Array other);

    /** Product element by element, broadcast. */
    Array mul(Array other);

    /** Sum with a constant. */
    Array plus(double constant);

    /** Product with a constant. */
    Array times(double constant);

    /** x^2. */
    Array square();

    /** e^x. */
    Array exp();

    /** Natural logarithm. */
    Array log();

    /** Hyperbolic tangent. */
    Array tanh();

    /** max(x, 0). */
    Array relu();

    /** x, or {@code slope} x where x is negative. */
    Array leakyRelu(float slope);

    /** 1 / (1 + e^-x). */
    Array sigmoid();

    /** log(1 + e^x). */
    Array softplus();

    /** Softmax along an axis. */
    Array softmax(int axis);

    /** Logarithm of the softmax along an axis. */
    Array logSoftmax(int axis);

    /** Sum along an axis, which goes. */
    Array sum(int axis);

    /** Sum of all values: a scalar. */
    Array sum();

    /** Mean of all values: a scalar. */
    Array mean();

    /** The same values in another shape. */
    Array reshape(long... shape);

    /** Axes in another order. */
    Array transpose(int... axes);

    /** Both, one after the other along an axis. */
    Array concat(Array other, int axis);

    /** Convolution: (B, in, H, W) with a kernel (out, in, h, w) and a bias (out). */
    Array convolution(Array kernel, Array bias, int stride, int padding);

    /**
     * Transposed 3x3 convolution, stride 2, padding 1: (B, in, H, W) with a kernel (out, in, 3, 3) -> (B, out, height,
     * width), where height is 2H - 1 or 2H, width likewise.
     *
     * @param rows H
     * @param columns W
     */
    Array doublingConvolution(Array kernel, Array bias, int rows, int columns, int height, int width);
}
