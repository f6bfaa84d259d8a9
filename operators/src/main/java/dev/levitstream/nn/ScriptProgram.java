package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.ComponentNetwork.TrainingBatch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Runs a network as compiled scripts: one call into the engine does what takes {@link ArrayProgram} some hundred, and
 * the gradient is taken inside it, so that nothing of the graph ever reaches Java.
 */
final class ScriptProgram implements Program {
    /** What a script depends on, for one network. */
    private record Key(ScriptForm form, NetworkFunction function, long images, Optional<FusedAdam> optimizer) {}

    private final ComponentNetwork network;
    private final Compute compute;
    private final Map<Key, Script.Written> scripts = new HashMap<>();

    ScriptProgram(ComponentNetwork network, Compute compute) {
        this.network = network;
        this.compute = compute;
    }

    @Override
    public NDList call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> run(scope, written(ScriptForm.WHOLE, function, inputs), flat, inputs));
    }

    @Override
    public NDList each(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> {
            for (ScriptForm form : List.of(ScriptForm.SHORTER_BLOCKS, ScriptForm.BLOCKS)) {
                Script.Written blocks = written(form, function, inputs);
                if (compute.steady(blocks.text(), () -> steady(blocks, inputs))) {
                    return run(scope, blocks, flat, inputs);
                }
            }
            return run(scope, written(ScriptForm.EACH, function, inputs), flat, inputs);
        });
    }

    /** With parameters of its own: a restored learner must come to the same decision. */
    private boolean steady(Script.Written blocks, NDArray... inputs) {
        try (NDManager scope = compute.newManager()) {
            float[] values = network.layout().initialise(new SplittableRandom(1));
            NDArray flat = Tensors.of(scope, values, new Shape(values.length));
            List<Shape> shapes = Arrays.stream(inputs).map(NDArray::getShape).toList();
            return Steadiness.holds(scope, ScriptForm.BLOCK, rows -> run(scope, blocks, flat, rows), shapes);
        }
    }

    @Override
    public float gradient(NDManager scope, NDArray flat, TrainingBatch batch, float[] gradient) {
        NDArray[] inputs = batch.inputs();
        Script.Written loss = written(ScriptForm.GRADIENT, batch.loss(), inputs);
        NDList results = Backward.without(() -> run(scope, loss, flat, inputs));
        List<ParameterLayout.Entry> used = loss.used();
        if (used.size() < network.layout().entries().size()) {
            Arrays.fill(gradient, 0);
        }
        for (int i = 0; i < used.size(); i++) {
            Tensors.read(
                    results.get(1 + i),
                    gradient,
                    used.get(i).offset(),
                    used.get(i).size());
        }
        return Tensors.read(results.get(0))[0];
    }

    @Override
    public float update(NDManager scope, NDArray flat, TrainingBatch batch, Adam adam, List<Adam.Rate> rates) {
        Member only = new Member(flat, batch, adam);
        Script.Written script = written(ScriptForm.UPDATE, only, rates, batch.inputs());
        NDArray step = Tensors.of(scope, new float[] {only.step()}, new Shape(1));
        NDList arguments = arguments(only.state(scope), step, only.inputs());
        float loss = Backward.without(() -> losses(script, arguments))[0];
        if (Float.isFinite(loss)) {
            adam.updated();
        }
        return loss;
    }

    @Override
    public boolean updatesTogether() {
        return compute.products().batched();
    }

    @Override
    public float[] updateTogether(NDManager scope, List<Member> fleet, List<Adam.Rate> rates) {
        if (!updatesTogether() || fleet.size() == 1) {
            return Program.super.updateTogether(scope, fleet, rates);
        }
        float[] steps = new float[fleet.size()];
        for (int g = 0; g < steps.length; g++) {
            steps[g] = fleet.get(g).step();
        }
        NDArray step = Tensors.of(scope, steps, new Shape(steps.length, 1));
        List<NDList> states = fleet.stream().map(member -> member.state(scope)).toList();
        NDList stacked = Tensors.stack(states);
        NDList inputs = Tensors.stack(fleet.stream().map(Member::inputs).toList());
        Script.Written script = written(ScriptForm.FLEET, fleet.get(0), rates, inputs.toArray(NDArray[]::new));
        stacked.get(0).setRequiresGradient(true);
        float[] losses = Backward.with(() -> losses(script, arguments(stacked, step, inputs)));
        for (int g = 0; g < losses.length; g++) {
            if (Float.isFinite(losses[g])) {
                for (int k = 0; k < stacked.size(); k++) {
                    Tensors.copy(stacked.get(k), g, states.get(g).get(k));
                }
                fleet.get(g).adam().updated();
            }
        }
        return losses;
    }

    private static NDList arguments(NDList state, NDArray step, NDList inputs) {
        NDList arguments = new NDList(state);
        arguments.add(step);
        arguments.addAll(inputs);
        return arguments;
    }

    private float[] losses(Script.Written script, NDList arguments) {
        return Tensors.read(
                Compute.run(compute.compile(script.text()), arguments).get(0));
    }

    private Script.Written written(ScriptForm form, Member like, List<Adam.Rate> rates, NDArray... inputs) {
        FusedAdam optimizer = new FusedAdam(like.adam().beta1(), like.adam().beta2(), rates);
        return written(form, like.batch().loss(), Optional.of(optimizer), inputs);
    }

    private Script.Written written(ScriptForm form, NetworkFunction function, NDArray... inputs) {
        return written(form, function, Optional.empty(), inputs);
    }

    private Script.Written written(
            ScriptForm form, NetworkFunction function, Optional<FusedAdam> optimizer, NDArray... inputs) {
        boolean asTold = form == ScriptForm.GRADIENT || form == ScriptForm.UPDATE;
        long images = asTold ? inputs[0].getShape().get(0) : 0;
        return scripts.computeIfAbsent(
                new Key(form, function, images, optimizer),
                key -> Script.write(
                        form, function, network, images, sizes(form, inputs), compute.products(), optimizer));
    }

    /** Of the arrays for one component; their first axis is that of the images. */
    private static List<Sizes> sizes(ScriptForm form, NDArray... inputs) {
        int leading = form == ScriptForm.FLEET ? 1 : 0;
        return Arrays.stream(inputs)
                .map(input ->
                        Sizes.of(input.getShape().slice(leading).getShape()).with(0, -1))
                .toList();
    }

    private NDList run(NDManager scope, Script.Written script, NDArray flat, NDArray... inputs) {
        Tensors.lend(flat, scope);
        NDList arguments = new NDList(flat);
        arguments.addAll(List.of(inputs));
        return Compute.run(compute.compile(script.text()), arguments);
    }
}
