package dev.levitstream.nn.graph;

import dev.levitstream.nn.engine.Adam;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * An update by {@link Adam} that follows a gradient: the engine's own operation, one pass over parameters, moments and
 * gradients in native memory. A loss that is no finite number makes it do nothing.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param rates learning rate of each range of parameters
 */
public record FusedAdam(double beta1, double beta2, List<Adam.Rate> rates) {
    /**
     * What the optimizer remembers, as inputs of the graph.
     *
     * @param first moments, (size)
     * @param second moments, (size)
     * @param step the update's number, counted from 1, (1)
     */
    public record State(Array first, Array second, Array step) {}

    /**
     * Records the update.
     *
     * @param loss a scalar
     * @param parameters all of them, in the order of their offsets
     * @return what the script must return, or the engine takes the update for lines without an effect
     */
    public List<Array> update(Array loss, List<Array> parameters, State state) {
        Gradients gradients = Gradients.of(loss);
        Array skip = loss.pointwise("torch.isfinite")
                .pointwise("torch.logical_not")
                .call(loss.shape(), Layout.UNKNOWN, "torch.to", Reduction.FLOAT32);
        List<Array> changed = new ArrayList<>();
        for (Adam.Rate rate : rates) {
            List<Array> covered = parameters.stream()
                    .filter(parameter -> rate.covers(
                            offset(parameter), (int) parameter.shape().size()))
                    .toList();
            if (!covered.isEmpty()) {
                changed.add(update(rate, covered, gradients, state, skip));
            }
        }
        return changed;
    }

    private Array update(Adam.Rate rate, List<Array> covered, Gradients gradients, State state, Array skip) {
        Op.Call update = Op.Call.of(
                "torch._fused_adam_",
                Op.Call.RESULT,
                covered.stream().map(gradients::at).toList(),
                moments(state.first(), covered),
                moments(state.second(), covered),
                "annotate(List[Tensor], [])",
                Collections.nCopies(covered.size(), state.step()),
                new Op.Keyword("lr", rate.value()),
                new Op.Keyword("beta1", beta1),
                new Op.Keyword("beta2", beta2),
                new Op.Keyword("weight_decay", 0.0),
                new Op.Keyword("eps", Adam.EPSILON),
                new Op.Keyword("amsgrad", false),
                new Op.Keyword("maximize", false),
                new Op.Keyword("grad_scale", "None"),
                new Op.Keyword("found_inf", skip));
        Op.Call list = new Op.Call("", List.of(covered), List.of(update));
        return skip.graph()
                .array(list, SymbolicShape.of(), Layout.UNKNOWN)
                .element(0, covered.get(0).shape());
    }

    /** Those of parameters that lie one after the other, as a list. */
    private static Array moments(Array moments, List<Array> covered) {
        List<Long> sizes =
                covered.stream().map(parameter -> parameter.shape().size()).toList();
        long size = sizes.stream().mapToLong(Long::longValue).sum();
        return moments.narrow(0, offset(covered.get(0)), size)
                .call(SymbolicShape.of(), Layout.UNKNOWN, "torch.split_with_sizes", sizes);
    }

    private static int offset(Array parameter) {
        return ((Op.Parameter) parameter.op()).offset();
    }
}
