package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
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
    private record Compiled(Script.Written written, PtSymbolBlock module) {}

    /** What a script depends on, for one network. */
    private record Key(ScriptForm form, NetworkFunction function, long images, Optional<FusedAdam> optimizer) {}

    private final ComponentNetwork network;
    private final Compute compute;
    private final Map<Key, Compiled> scripts = new HashMap<>();

    ScriptProgram(ComponentNetwork network, Compute compute) {
        this.network = network;
        this.compute = compute;
    }

    @Override
    public NDList call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> run(scope, compiled(ScriptForm.WHOLE, function, inputs), flat, inputs));
    }

    @Override
    public NDList each(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> {
            Compiled blocks = compiled(ScriptForm.BLOCKS, function, inputs);
            boolean steady = compute.steady(blocks.written().text(), () -> steady(blocks, inputs));
            return run(scope, steady ? blocks : compiled(ScriptForm.EACH, function, inputs), flat, inputs);
        });
    }

    /** With parameters of its own: a restored learner must come to the same decision. */
    private boolean steady(Compiled blocks, NDArray... inputs) {
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
        Compiled loss = compiled(ScriptForm.GRADIENT, batch.loss(), inputs);
        NDList results = Backward.without(() -> run(scope, loss, flat, inputs));
        List<ParameterLayout.Entry> used = loss.written().used();
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
        return update(ScriptForm.UPDATE, scope, flat, batch, adam, rates)[0];
    }

    @Override
    public float[] fleetUpdate(
            NDManager scope, NDArray flats, TrainingBatch batches, Adam adam, List<Adam.Rate> rates) {
        ScriptForm form = compute.products().batched() ? ScriptForm.FLEET : ScriptForm.IN_TURN;
        return update(form, scope, flats, batches, adam, rates);
    }

    private float[] update(
            ScriptForm form, NDManager scope, NDArray flat, TrainingBatch batch, Adam adam, List<Adam.Rate> rates) {
        NDArray[] inputs = batch.inputs();
        FusedAdam optimizer = new FusedAdam(adam.beta1(), adam.beta2(), rates);
        PtSymbolBlock script =
                compiled(form, batch.loss(), Optional.of(optimizer), inputs).module();
        NDList arguments = new NDList(flat, adam.firstMoments(), adam.secondMoments());
        arguments.forEach(array -> Tensors.lend(array, scope));
        arguments.add(Tensors.of(scope, new float[] {adam.updates() + 1}, new Shape(1)));
        arguments.addAll(List.of(inputs));
        NDList results = form == ScriptForm.FLEET
                ? Backward.with(() -> Compute.run(script, arguments))
                : Backward.without(() -> Compute.run(script, arguments));
        float[] losses = Tensors.read(results.get(0));
        boolean changed = false;
        for (float loss : losses) {
            changed |= Float.isFinite(loss);
        }
        if (changed) {
            adam.updated();
        }
        return losses;
    }

    private Compiled compiled(ScriptForm form, NetworkFunction function, NDArray... inputs) {
        return compiled(form, function, Optional.empty(), inputs);
    }

    private Compiled compiled(
            ScriptForm form, NetworkFunction function, Optional<FusedAdam> optimizer, NDArray... inputs) {
        boolean asTold = form == ScriptForm.GRADIENT || form == ScriptForm.UPDATE || form == ScriptForm.IN_TURN;
        long images = asTold ? inputs[0].getShape().get(leading(form)) : 0;
        return scripts.computeIfAbsent(new Key(form, function, images, optimizer), key -> {
            Script.Written written =
                    Script.write(form, function, network, images, sizes(form, inputs), compute.products(), optimizer);
            return new Compiled(written, compute.compile(written.text()));
        });
    }

    /** Axes before that of the images (count). */
    private static int leading(ScriptForm form) {
        return form == ScriptForm.FLEET || form == ScriptForm.IN_TURN ? 1 : 0;
    }

    /** Of the arrays for one component; their first axis is that of the images. */
    private static List<Sizes> sizes(ScriptForm form, NDArray... inputs) {
        return Arrays.stream(inputs)
                .map(input -> Sizes.of(input.getShape().slice(leading(form)).getShape())
                        .with(0, -1))
                .toList();
    }

    private static NDList run(NDManager scope, Compiled compiled, NDArray flat, NDArray... inputs) {
        Tensors.lend(flat, scope);
        NDList arguments = new NDList(flat);
        arguments.addAll(List.of(inputs));
        return Compute.run(compiled.module(), arguments);
    }
}
