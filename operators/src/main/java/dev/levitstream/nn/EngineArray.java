package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import java.util.List;

/**
 * An array that the engine computes operation by operation. Slower than a script, and the oracle that scripts are
 * tested against.
 *
 * @param nd owned by its scope
 */
record EngineArray(NDArray nd) implements Array {
    private static NDArray nd(Array array) {
        return ((EngineArray) array).nd;
    }

    @Override
    public Array linear(Array weight, Array bias) {
        return new EngineArray(nd.matMul(nd(weight)).add(nd(bias)));
    }

    @Override
    public Array attention(Array weight, Array bias, int tokens, int heads, int width) {
        List<NDArray> parts = nd(linear(weight, bias)).split(3, 1).stream()
                .map(part -> part.reshape(-1, tokens, heads, width).transpose(0, 2, 1, 3))
                .toList(); // 3 x (B, h, N, Q)
        NDArray scaled = nd(new EngineArray(parts.get(0)).times(1 / Math.sqrt(width)));
        NDArray scores = scaled.matMul(parts.get(1).transpose(0, 1, 3, 2)).softmax(3); // (B, h, N, N)
        return new EngineArray(scores.matMul(parts.get(2)).reshape(-1, (long) heads * tokens * width));
    }

    @Override
    public Array add(Array other) {
        return new EngineArray(nd.add(nd(other)));
    }

    @Override
    public Array sub(Array other) {
        return new EngineArray(nd.sub(nd(other)));
    }

    @Override
    public Array mul(Array other) {
        return new EngineArray(nd.mul(nd(other)));
    }

    @Override
    public Array plus(double constant) {
        return new EngineArray(nd.add(Tensors.constant(nd.getManager(), constant)));
    }

    @Override
    public Array times(double constant) {
        return new EngineArray(nd.mul(Tensors.constant(nd.getManager(), constant)));
    }

    @Override
    public Array square() {
        return new EngineArray(nd.square());
    }

    @Override
    public Array exp() {
        return new EngineArray(nd.exp());
    }

    @Override
    public Array log() {
        return new EngineArray(nd.log());
    }

    @Override
    public Array tanh() {
        return new EngineArray(nd.tanh());
    }

    @Override
    public Array relu() {
        return new EngineArray(Activation.relu(nd));
    }

    @Override
    public Array leakyRelu(float slope) {
        return new EngineArray(Activation.leakyRelu(nd, slope));
    }

    @Override
    public Array sigmoid() {
        return new EngineArray(Activation.sigmoid(nd));
    }

    @Override
    public Array softplus() {
        return new EngineArray(Activation.softPlus(nd));
    }

    @Override
    public Array softmax(int axis) {
        return new EngineArray(nd.softmax(axis));
    }

    @Override
    public Array logSoftmax(int axis) {
        return new EngineArray(nd.logSoftmax(axis));
    }

    @Override
    public Array sum(int axis) {
        return new EngineArray(nd.sum(new int[] {axis}));
    }

    @Override
    public Array sum() {
        return new EngineArray(nd.sum());
    }

    @Override
    public Array mean() {
        return new EngineArray(nd.mean());
    }

    @Override
    public Array reshape(long... shape) {
        return new EngineArray(nd.reshape(shape));
    }

    @Override
    public Array transpose(int... axes) {
        return new EngineArray(nd.transpose(axes));
    }

    @Override
    public Array concat(Array other, int axis) {
        return new EngineArray(nd.concat(nd(other), axis));
    }

    @Override
    public Array convolution(Array kernel, Array bias, int stride, int padding) {
        return new EngineArray(convolve(nd, nd(kernel), nd(bias), stride, padding));
    }

    private static NDArray convolve(NDArray x, NDArray kernel, NDArray bias, int stride, int padding) {
        return Conv2d.conv2d(x, kernel, bias, new Shape(stride, stride), new Shape(padding, padding))
                .singletonOrThrow();
    }

    /**
     * DJL has none, so each of the four output phases is an ordinary convolution with its taps of the kernel: no
     * product with an inserted zero is ever computed.
     *
     * <p>Along one axis, output 2m takes x[m] w[1] and output 2m + 1 takes x[m] w[2] + x[m + 1] w[0].
     */
    @Override
    public Array doublingConvolution(Array kernel, Array bias, int rows, int columns, int height, int width) {
        NDArray weight = nd(kernel); // (out, in, 3, 3)
        NDArray columnTaps0 = weight.get("..., 1:2"); // (out, in, 3, 1): even output columns
        NDArray columnTaps1 = weight.get("..., 2:3").concat(weight.get("..., 0:1"), 3); // (out, in, 3, 2): odd ones
        NDArray even = rowPhases(nd, columnTaps0, nd(bias)); // (B, out, 2, H, W)
        NDArray odd = rowPhases(padEnd(nd, 3), columnTaps1, nd(bias)); // (B, out, 2, H, W)
        long out = even.getShape().get(1);
        NDArray phases = even.expandDims(5).concat(odd.expandDims(5), 5); // (B, out, 2, H, W, 2)
        NDArray full = phases.transpose(0, 1, 3, 2, 4, 5).reshape(-1, out, 2L * rows, 2L * columns);
        boolean cut = height < 2 * rows || width < 2 * columns;
        return new EngineArray(cut ? full.get("..., :" + height + ", :" + width) : full);
    }

    /** Even and odd output rows for given column taps: (B, in, H, W') -> (B, out, 2, H, W). */
    private static NDArray rowPhases(NDArray x, NDArray columnTaps, NDArray bias) {
        NDArray middle = columnTaps.get(":, :, 1:2"); // (out, in, 1, taps)
        NDArray outer = columnTaps.get(":, :, 2:3").concat(columnTaps.get(":, :, 0:1"), 2); // (out, in, 2, taps)
        NDArray even = convolve(x, middle, bias, 1, 0);
        NDArray odd = convolve(padEnd(x, 2), outer, bias, 1, 0);
        return even.expandDims(2).concat(odd.expandDims(2), 2);
    }

    /** One more index of zeros at the end of an axis. */
    private static NDArray padEnd(NDArray x, int axis) {
        NDManager scope = x.getManager();
        long[] shape = x.getShape().getShape().clone();
        shape[axis] = 1;
        return x.concat(scope.zeros(new Shape(shape)), axis);
    }
}
