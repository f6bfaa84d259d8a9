package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Writes an update by {@link Adam} down after the backward pass of a script: the engine's own operation, one pass over
 * parameters, moments and gradients in native memory. A loss that is no finite number makes it do nothing.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param rates learning rate of each range of parameters
 */
record FusedAdam(double beta1, double beta2, List<Adam.Rate> rates) {
    /** What the script takes beside parameters and batch: both moments and the update's number, counted from 1. */
    static final List<String> ARGUMENTS = List.of("m", "v", "step");

    /** One array: its place, the variable that it is, and that of its gradient. */
    record Learnt(ParameterLayout.Entry entry, String parameter, String gradient) {}

    /**
     * Appends the lines; what the script must return, or the engine takes the update for lines without an effect.
     *
     * @param all arrays of the layout, in their order
     */
    List<String> write(Script script, String loss, List<Learnt> all) {
        String skip = script.call(
                "torch.to", script.call("torch.logical_not", script.call("torch.isfinite", loss)), Script.FLOAT);
        List<String> changed = new ArrayList<>();
        for (Adam.Rate rate : rates) {
            List<Learnt> covered =
                    all.stream().filter(learnt -> rate.covers(learnt.entry())).toList();
            if (!covered.isEmpty()) {
                String parameters = script.assign(
                        covered.stream().map(Learnt::parameter).toList().toString());
                script.append("torch._fused_adam_(" + parameters + ", "
                        + covered.stream().map(Learnt::gradient).toList() + ", "
                        + moments(script, "m", covered) + ", " + moments(script, "v", covered)
                        + ", annotate(List[Tensor], []), " + Collections.nCopies(covered.size(), "step")
                        + ", lr=" + rate.value() + ", beta1=" + beta1 + ", beta2=" + beta2
                        + ", weight_decay=0., eps=" + Adam.EPSILON
                        + ", amsgrad=False, maximize=False, grad_scale=None, found_inf=" + skip + ")");
                changed.add(parameters + "[0]");
            }
        }
        return changed;
    }

    /** Those of arrays that lie one after the other. */
    private static String moments(Script script, String moments, List<Learnt> learnt) {
        List<Integer> sizes = learnt.stream().map(array -> array.entry().size()).toList();
        int from = learnt.get(0).entry().offset();
        int size = sizes.stream().mapToInt(Integer::intValue).sum();
        return script.call("torch.split_with_sizes", script.call("torch.narrow", moments, 0, from, size), sizes);
    }
}
