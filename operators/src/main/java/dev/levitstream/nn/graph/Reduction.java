package dev.levitstream.nn.graph;

/** Ops along axes: sums, means, softmax. */
sealed interface Reduction extends Expression permits Array {
    /** The engine's number for single precision. */
    int FLOAT32 = 6;

    /** Sum along an axis, which goes. */
    default Array sum(int axis) {
        Array x = self();
        return x.summed(axis).differentiable((y, dy, to) -> {
            SymbolicShape one = x.shape().with(axis, 1);
            Object wide = x.shape().get(axis) < 0 ? x.size() : x.shape().sizes();
            to.add(x, expand(dy.call(one, Layout.UNKNOWN, "torch.unsqueeze", axis), wide));
        });
    }

    /** Sum of all values: a scalar. */
    default Array sum() {
        Array x = self();
        return x.keep(SymbolicShape.of(), "torch.sum").differentiable((y, dy, to) -> to.add(x, expand(dy, x.size())));
    }

    /** Mean of all values: a scalar. */
    default Array mean() {
        Array x = self();
        return x.call(SymbolicShape.of(), Layout.UNKNOWN, "torch.mean").differentiable((y, dy, to) -> {
            Array share = dy.pointwise("torch.div", Op.Call.of("torch.numel", x));
            to.add(x, expand(share, x.size()));
        });
    }

    /** Softmax along an axis. */
    default Array softmax(int axis) {
        return normalized("softmax", axis);
    }

    /** Logarithm of the softmax along an axis. */
    default Array logSoftmax(int axis) {
        return normalized("log_softmax", axis);
    }

    private Array normalized(String name, int axis) {
        Array x = self();
        return x.call(x.shape(), Layout.UNKNOWN, "torch." + name, axis)
                .differentiable((y, dy, to) -> to.add(x, normalizedBackward(name, dy, y, axis)));
    }

    /** The gradient before a softmax along the last axis. */
    static Array softmaxBackward(Array dy, Array y) {
        return normalizedBackward("softmax", dy, y, -1);
    }

    private static Array normalizedBackward(String name, Array dy, Array y, int axis) {
        return dy.keep(y.shape(), "torch._" + name + "_backward_data", y, axis, FLOAT32);
    }

    private Array expand(Array values, Object shape) {
        return values.call(self().shape(), Layout.UNKNOWN, "torch.expand", shape);
    }
}
