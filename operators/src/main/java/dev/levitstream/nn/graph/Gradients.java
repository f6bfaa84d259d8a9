package dev.levitstream.nn.graph;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reverse-mode differentiation (Baydin et al., "Automatic differentiation in machine learning: a survey", JMLR 18,
 * 2018, section 3.2) as a pass over a graph: the {@link Rule}s of its arrays are applied from the last to the first,
 * and what they make joins the graph. The engine's own backward pass would do too, but it cannot go through oneDNN's
 * matrix products, and its books cost a quarter of an update of ten images.
 */
public final class Gradients {
    private final Map<Array, Array> known = new HashMap<>();

    private Gradients() {}

    /** Gradients of a scalar at all that it depends on. */
    public static Gradients of(Array scalar) {
        Gradients gradients = new Gradients();
        Map<Array, Rule> rules = scalar.graph().rules();
        List<Array> order = scalar.graph().arrays(); // what comes of an array stands behind it
        gradients.add(scalar, scalar.call(scalar.shape(), Layout.UNKNOWN, "torch.ones_like"));
        for (int i = order.size() - 1; i >= 0; i--) {
            Array y = order.get(i);
            if (gradients.known.containsKey(y) && rules.containsKey(y)) {
                rules.get(y).back(y, gradients.known.get(y), gradients);
            }
        }
        return gradients;
    }

    /**
     * Adds a part of the gradient at an array, summed over the axes along which that was broadcast.
     *
     * @throws IllegalStateException if the array was computed by an op without a derivative
     */
    void add(Array to, Array part) {
        if (!to.varies()) {
            return;
        }
        if (!to.isParameter() && !to.graph().rules().containsKey(to)) {
            known.putIfAbsent(tuple(to), part); // the rule of all results takes each one's part
        }
        known.merge(to, part.summedTo(to), Array::add);
    }

    private static Array tuple(Array result) {
        if (result.op() instanceof Op.Element element && result.graph().rules().containsKey(element.of())) {
            return element.of();
        }
        throw new IllegalStateException("op=" + result.op() + " has no derivative");
    }

    /** The gradient at an array, row by row; zeros where the scalar does not depend on it. */
    public Array at(Array array) {
        Array gradient = known.get(array);
        return gradient == null ? array.call(array.shape(), array.layout(), "torch.zeros_like") : gradient.contiguous();
    }
}
