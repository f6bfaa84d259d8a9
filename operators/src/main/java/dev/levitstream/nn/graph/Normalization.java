package dev.levitstream.nn.graph;

import java.util.List;

/** Ops that normalize. */
sealed interface Normalization extends Expression permits Array {
    /** Added to the variance. */
    double EPSILON = 1e-5;

    /**
     * Layer normalization (Ba, Kiros and Hinton, arXiv 1607.06450): (x - mean) / sqrt(variance + 1e-5) scale + shift,
     * mean and variance along the last axis: (..., width) -> (..., width).
     *
     * @param scale (width)
     * @param shift (width)
     */
    default Array layerNorm(Array scale, Array shift) {
        Array x = self();
        SymbolicShape shape = x.shape();
        List<Long> width = List.of(scale.shape().get(0));
        SymbolicShape rows = shape.with(shape.rank() - 1, 1);
        Array all = x.call(shape, Layout.UNKNOWN, "torch.native_layer_norm", width, scale, shift, EPSILON);
        Array mean = all.element(1, rows);
        Array inverseStd = all.element(2, rows);
        return all.element(0, shape).differentiable((y, dy, to) -> {
            List<Boolean> wanted = List.of(true, true, true);
            Array back = dy.call(
                    shape,
                    Layout.UNKNOWN,
                    "torch.native_layer_norm_backward",
                    x,
                    width,
                    mean,
                    inverseStd,
                    scale,
                    shift,
                    wanted);
            to.add(x, back.element(0, shape));
            to.add(scale, back.element(1, scale.shape()));
            to.add(shift, back.element(2, shift.shape()));
        });
    }
}
