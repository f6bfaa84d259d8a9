package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.Initializer.HE;
import static dev.levitstream.nn.model.Initializer.ONE;
import static dev.levitstream.nn.model.Initializer.ZERO;

import dev.levitstream.nn.graph.Array;
import java.util.List;

/** The few layers that the networks are made of. */
final class Layers {
    private static final float SLOPE = 0.2f;
    private static final List<Integer> BY_COLUMN = List.of(1, 0);
    private static final List<Integer> OUT_3_3_IN = List.of(0, 2, 3, 1);
    private static final List<Integer> IN_3_3_OUT = List.of(1, 2, 3, 0);

    private Layers() {}

    /**
     * A weight (in, out) and a bias (out). The weight lies so that of the two factors of its gradient, (in, B) and (B,
     * out), the narrower one has to be transposed.
     */
    static void declareLinear(ParameterLayout.Builder layout, String name, Initializer initializer, int in, int out) {
        if (in > out) {
            layout.add(name + ".weight", initializer, BY_COLUMN, in, out);
        } else {
            layout.add(name + ".weight", initializer, in, out);
        }
        layout.add(name + ".bias", ZERO, out);
    }

    /** (B, in) -> (B, out). */
    static Array linear(Parameters p, String name, Array x) {
        return x.linear(p.get(name + ".weight"), p.get(name + ".bias"));
    }

    /** Scale and shift per feature: what "bn" of the authors' code computes, which never normalises. */
    static void declareAffine(ParameterLayout.Builder layout, String name, int width) {
        layout.add(name + ".scale", ONE, width).add(name + ".shift", ZERO, width);
    }

    /** (..., width) -> (..., width). */
    static Array affine(Parameters p, String name, Array x) {
        return x.mul(p.get(name + ".scale")).add(p.get(name + ".shift"));
    }

    static Array leakyRelu(Array x) {
        return x.leakyRelu(SLOPE);
    }

    /** A weight (out, in, 3, 3) and a bias (out). In memory channels come last, as the fast convolutions take them. */
    static void declareConvolution(ParameterLayout.Builder layout, String name, int in, int out) {
        declareConvolution(layout, name, OUT_3_3_IN, in, out);
    }

    /** The same for a transposed convolution, which takes the exchanged weight, (in, out, 3, 3). */
    static void declareConvTranspose(ParameterLayout.Builder layout, String name, int in, int out) {
        declareConvolution(layout, name, IN_3_3_OUT, in, out);
    }

    private static void declareConvolution(
            ParameterLayout.Builder layout, String name, List<Integer> order, int in, int out) {
        layout.add(name + ".weight", HE, order, out, in, 3, 3).add(name + ".bias", ZERO, out);
    }

    /** 3x3 convolution, stride 2, padding 1: (B, in, H, W) -> (B, out, ceil(H/2), ceil(W/2)). */
    static Array halvingConvolution(Parameters p, String name, Array x) {
        return x.conv2d(p.get(name + ".weight"), p.get(name + ".bias"), 2, 1);
    }

    /** 3x3 convolution, stride 1, padding 1: (B, in, H, W) -> (B, out, H, W). */
    static Array convolution(Parameters p, String name, Array x) {
        return x.conv2d(p.get(name + ".weight"), p.get(name + ".bias"), 1, 1);
    }
}
