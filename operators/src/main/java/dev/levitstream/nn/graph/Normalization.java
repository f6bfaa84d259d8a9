package dev.levitstream.nn.graph;

import java.util.List;
import java.util.stream.Stream;

/** Ops that normalize. */
sealed interface Normalization extends Expression permits Array {
    /** Added to the variance, unless a network was trained with another number. */
    double EPSILON = 1e-5;

    /** Layer normalization that adds 1e-5 to the variance. */
    default Array layerNorm(Array scale, Array shift) {
        return layerNorm(scale, shift, EPSILON);
    }

    /**
     * Layer normalization (Ba, Kiros and Hinton, arXiv 1607.06450): (x - mean) / sqrt(variance + epsilon) scale +
     * shift, mean and variance along the last axis: (..., width) -> (..., width).
     *
     * @param scale (width)
     * @param shift (width)
     */
    default Array layerNorm(Array scale, Array shift, double epsilon) {
        Array x = self();
        SymbolicShape shape = x.shape();
        List<Long> width = List.of(scale.shape().get(0));
        SymbolicShape rows = shape.with(shape.rank() - 1, 1);
        Array all = x.call(shape, Layout.UNKNOWN, "torch.native_layer_norm", width, scale, shift, epsilon);
        Array mean = all.element(1, rows);
        Array inverseStd = all.element(2, rows);
        return all.element(0, shape).differentiable((y, dy, to) -> {
            List<Boolean> wanted = Stream.of(x, scale, shift).map(Array::varies).toList();
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
