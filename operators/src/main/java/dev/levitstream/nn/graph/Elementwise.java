package dev.levitstream.nn.graph;

import dev.levitstream.nn.graph.Rule.Derivative;
import java.util.List;

/**
 * Ops value by value; an array of fewer axes is broadcast. An entry has the engine's name of the function, its
 * arguments, and dx given y and dy.
 */
sealed interface Elementwise extends Expression permits Array {
    /** Values (count): the engine computes two registers of 16 at a time. */
    int MOST_LEFT_OVER = 31;

    /** x + other. */
    default Array add(Array other) {
        Array x = self();
        return x.pointwise("torch.add", other).differentiable((y, dy, to) -> {
            to.add(x, dy);
            to.add(other, dy);
        });
    }

    /** x - other. */
    default Array sub(Array other) {
        Array x = self();
        return x.pointwise("torch.sub", other).differentiable((y, dy, to) -> {
            to.add(x, dy);
            to.add(other, dy.pointwise("torch.neg"));
        });
    }

    /** x other. */
    default Array mul(Array other) {
        Array x = self();
        return x.pointwise("torch.mul", other).differentiable((y, dy, to) -> {
            to.add(x, dy.mul(other));
            to.add(other, dy.mul(x));
        });
    }

    /** x + constant. */
    default Array plus(double constant) {
        return map((y, dy) -> dy, "torch.add", constant);
    }

    /** x constant. */
    default Array times(double constant) {
        return constant == 1 ? self() : map((y, dy) -> dy.times(constant), "torch.mul", constant);
    }

    /** x^2. */
    default Array square() {
        return map(
                (y, dy) -> {
                    Array half = dy.mul(self());
                    return half.add(half); // faster than times 2, a number that would become an array
                },
                "torch.square");
    }

    /** e^x. */
    default Array exp() {
        return approximate((y, dy) -> dy.mul(y), "torch.exp");
    }

    /** Natural logarithm. */
    default Array log() {
        return approximate((y, dy) -> dy.pointwise("torch.div", self()), "torch.log");
    }

    /** Hyperbolic tangent. */
    default Array tanh() {
        return approximate((y, dy) -> dy.pointwise("torch.tanh_backward", y), "torch.tanh");
    }

    /** max(x, 0). */
    default Array relu() {
        return map((y, dy) -> dy.pointwise("torch.threshold_backward", y, 0), "torch.relu");
    }

    /** x, or {@code slope} x where x is negative. */
    default Array leakyRelu(float slope) {
        double exact = slope;
        return map(
                (y, dy) -> dy.pointwise("torch.leaky_relu_backward", self(), exact, false), "torch.leaky_relu", exact);
    }

    /** x Phi(x), Phi being the standard normal distribution function (Hendrycks and Gimpel, arXiv 1606.08415). */
    default Array gelu() {
        return approximate((y, dy) -> dy.pointwise("torch.gelu_backward", self()), "torch.gelu");
    }

    /** 1 / (1 + e^-x). */
    default Array sigmoid() {
        return approximate((y, dy) -> dy.pointwise("torch.sigmoid_backward", y), "torch.sigmoid");
    }

    /** log(1 + e^x). */
    default Array softplus() {
        return approximate((y, dy) -> dy.pointwise("torch.softplus_backward", self(), 1, 20), "torch.softplus");
    }

    private Array map(Derivative derivative, String function, Object... arguments) {
        Array x = self();
        return x.pointwise(function, arguments).differentiable((y, dy, to) -> to.add(x, derivative.of(y, dy)));
    }

    /**
     * A function whose last bit depends on the instructions that compute it. What the widest ones leave over at the end
     * of an array is computed by others, and where a block of images ends must change no image's bits: so the array is
     * padded.
     */
    private Array approximate(Derivative derivative, String function) {
        if (!self().graph().form().isBlocks()) {
            return map(derivative, function);
        }
        SymbolicShape flat = SymbolicShape.of(self().shape().size());
        Op.Call count = Op.Call.of("torch.numel", self());
        return self().keep(flat, "torch.flatten")
                .call(flat, Layout.UNKNOWN, "torch.constant_pad_nd", List.of(0, MOST_LEFT_OVER), 0)
                .pointwise(function)
                .call(flat, Layout.UNKNOWN, "torch.narrow", 0, 0, count)
                .keep(self().shape(), "torch.view", self().size());
    }
}
