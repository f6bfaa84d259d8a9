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
    /**
     * What the script takes beside parameters, moments and batch: the update's number, counted from 1, as (1), or as
     * (G, 1) the components' own.
     */
    static final String STEP = "step";

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
                        + ", annotate(List[Tensor], []), " + Collections.nCopies(covered.size(), STEP)
                        + ", lr=" + rate.value() + ", beta1=" + beta1 + ", beta2=" + beta2
                        + ", weight_decay=0., eps=" + Adam.EPSILON
                        + ", amsgrad=False, maximize=False, grad_scale=None, found_inf=" + skip + ")");
                changed.add(parameters + "[0]");
            }
        }
        return changed;
    }

    /**
     * The same for all components of a fleet at once, value by value: the engine's own operation takes only arrays
     * without gaps, and one rate.
     *
     * @param losses of the components, (G)
     * @param all arrays of the layout with the component as axis 0, in their order
     */
    List<String> writeTogether(Script script, String losses, List<Learnt> all) {
        List<String> flattened = all.stream()
                .map(learnt -> script.call("torch.flatten", learnt.gradient(), 1))
                .toList();
        String gradient = script.call("torch.cat", flattened, 1); // (G, size)
        String finite = script.call("torch.unsqueeze", script.call("torch.isfinite", losses), 1);
        String flat = script.call("torch.detach", "flat");
        String first = script.call("torch.view_as", "m", flat);
        String second = script.call("torch.view_as", "v", flat);
        String one = script.call("torch.select", flat, 0, 0);
        List<String> each = rates.stream()
                .map(rate -> script.call(
                        "torch.full_like",
                        script.call("torch.narrow", one, 0, rate.from(), rate.to() - rate.from()),
                        rate.value()))
                .toList();
        String steps = script.call("torch.cat", each); // (size)

        String newFirst = mixed(script, first, gradient, beta1);
        String newSecond = mixed(script, second, script.call("torch.square", gradient), beta2);
        String spread = script.call("torch.sqrt", script.call("torch.div", newSecond, correction(script, beta2)));
        String direction = script.call(
                "torch.div",
                script.call("torch.div", newFirst, correction(script, beta1)),
                script.call("torch.add", spread, Adam.EPSILON));
        String moved = script.call("torch.sub", flat, script.call("torch.mul", direction, steps));
        return List.of(
                replaced(script, flat, finite, moved),
                replaced(script, first, finite, newFirst),
                replaced(script, second, finite, newSecond));
    }

    private static String mixed(Script script, String old, String fresh, double decay) {
        return script.call(
                "torch.add", script.call("torch.mul", old, decay), script.call("torch.mul", fresh, 1 - decay));
    }

    /** 1 - decay^step. */
    private static String correction(Script script, double decay) {
        return script.call("torch.rsub", script.call("torch.pow", decay, STEP), 1);
    }

    private static String replaced(Script script, String values, String where, String by) {
        return script.call("torch.copy_", values, script.call("torch.where", where, by, values));
    }

    /** Those of arrays that lie one after the other. */
    private static String moments(Script script, String moments, List<Learnt> learnt) {
        List<Integer> sizes = learnt.stream().map(array -> array.entry().size()).toList();
        int from = learnt.get(0).entry().offset();
        int size = sizes.stream().mapToInt(Integer::intValue).sum();
        return script.call("torch.split_with_sizes", script.call("torch.narrow", moments, 0, from, size), sizes);
    }
}
