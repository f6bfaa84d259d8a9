package dev.levitstream.nn;

import static dev.levitstream.nn.ParameterLayout.Start.ONE;
import static dev.levitstream.nn.ParameterLayout.Start.ZERO;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;

/** The few layers that the networks are made of. */
final class Layers {
    private static final float SLOPE = 0.2f;
    private static final Shape STRIDE_1 = new Shape(1, 1);
    private static final Shape STRIDE_2 = new Shape(2, 2);
    private static final Shape NO_PADDING = new Shape(0, 0);
    private static final Shape PADDING_1 = new Shape(1, 1);

    private Layers() {}

    static void declareLinear(
            ParameterLayout.Builder layout, String name, ParameterLayout.Start start, int in, int out) {
        layout.add(name + ".weight", start, in, out).add(name + ".bias", ZERO, out);
    }

    /** (..., in) -> (..., out). */
    static NDArray linear(Parameters p, String name, NDArray x) {
        return x.matMul(p.get(name + ".weight")).add(p.get(name + ".bias"));
    }

    /** Scale and shift per feature: what "bn" of the authors' code computes, which never normalises. */
    static void declareAffine(ParameterLayout.Builder layout, String name, int width) {
        layout.add(name + ".scale", ONE, width).add(name + ".shift", ZERO, width);
    }

    /** (..., width) -> (..., width). */
    static NDArray affine(Parameters p, String name, NDArray x) {
        return x.mul(p.get(name + ".scale")).add(p.get(name + ".shift"));
    }

    static NDArray leakyRelu(NDArray x) {
        return Activation.leakyRelu(x, SLOPE);
    }

    static void declareConvolution(ParameterLayout.Builder layout, String name, int in, int out) {
        layout.add(name + ".weight", ParameterLayout.Start.HE, out, in, 3, 3).add(name + ".bias", ZERO, out);
    }

    /** 3x3 convolution, stride 2, padding 1: (B, in, H, W) -> (B, out, ceil(H/2), ceil(W/2)). */
    static NDArray halvingConvolution(Parameters p, String name, NDArray x) {
        return convolve(x, p.get(name + ".weight"), p.get(name + ".bias"), STRIDE_2, PADDING_1);
    }

    /** 3x3 convolution, stride 1, padding 1: (B, in, H, W) -> (B, out, H, W). */
    static NDArray convolution(Parameters p, String name, NDArray x) {
        return convolve(x, p.get(name + ".weight"), p.get(name + ".bias"), STRIDE_1, PADDING_1);
    }

    /**
     * 3x3 transposed convolution, stride 2, padding 1: (B, in, H, W) -> (B, out, height, width), where height is 2H - 1
     * or 2H, width likewise. The engine has none, so each of the four output phases is an ordinary convolution with its
     * taps of the kernel: no product with an inserted zero is ever computed.
     *
     * <p>Along one axis, output 2m takes x[m] w[1] and output 2m + 1 takes x[m] w[2] + x[m + 1] w[0].
     */
    static NDArray doublingConvolution(Parameters p, String name, NDArray x, int height, int width) {
        NDArray weight = p.get(name + ".weight"); // (out, in, 3, 3)
        NDArray bias = p.get(name + ".bias");
        long b = x.getShape().get(0);
        long rows = x.getShape().get(2);
        long columns = x.getShape().get(3);
        NDArray columnTaps0 = weight.get("..., 1:2"); // (out, in, 3, 1): even output columns
        NDArray columnTaps1 = weight.get("..., 2:3").concat(weight.get("..., 0:1"), 3); // (out, in, 3, 2): odd ones
        NDArray wide = padEnd(x, 3); // (B, in, H, W + 1)
        NDArray even = rowPhases(x, columnTaps0, bias); // (B, out, 2, H, W)
        NDArray odd = rowPhases(wide, columnTaps1, bias); // (B, out, 2, H, W)
        long out = even.getShape().get(1);
        NDArray phases = even.expandDims(5).concat(odd.expandDims(5), 5); // (B, out, 2, H, W, 2)
        NDArray full = phases.transpose(0, 1, 3, 2, 4, 5).reshape(b, out, 2 * rows, 2 * columns);
        boolean cut = height < 2 * rows || width < 2 * columns;
        return cut ? full.get("..., :" + height + ", :" + width) : full;
    }

    /** Even and odd output rows for given column taps: (B, in, H, W') -> (B, out, 2, H, W). */
    private static NDArray rowPhases(NDArray x, NDArray columnTaps, NDArray bias) {
        NDArray middle = columnTaps.get(":, :, 1:2"); // (out, in, 1, taps)
        NDArray outer = columnTaps.get(":, :, 2:3").concat(columnTaps.get(":, :, 0:1"), 2); // (out, in, 2, taps)
        NDArray even = convolve(x, middle, bias, STRIDE_1, NO_PADDING);
        NDArray odd = convolve(padEnd(x, 2), outer, bias, STRIDE_1, NO_PADDING);
        return even.expandDims(2).concat(odd.expandDims(2), 2);
    }

    /** One more index of zeros at the end of an axis. */
    private static NDArray padEnd(NDArray x, int axis) {
        long[] shape = x.getShape().getShape().clone();
        shape[axis] = 1;
        NDArray zeros = x.getManager().zeros(new Shape(shape));
        return x.concat(zeros, axis);
    }

    private static NDArray convolve(NDArray x, NDArray weight, NDArray bias, Shape stride, Shape padding) {
        return Conv2d.conv2d(x, weight, bias, stride, padding).singletonOrThrow();
    }
}
