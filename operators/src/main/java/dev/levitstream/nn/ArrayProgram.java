package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.levitstream.nn.ComponentNetwork.TrainingBatch;
import java.util.Arrays;
import java.util.List;

/** Runs a network array by array through the engine's ordinary interface: the oracle of {@link ScriptProgram}. */
record ArrayProgram(ComponentNetwork network) implements Program {
    @Override
    public NDList call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> {
            Tensors.lend(flat, scope);
            return apply(function, network.layout().split(flat), inputs);
        });
    }

    @Override
    public NDList each(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> {
            Tensors.lend(flat, scope);
            Parameters p = network.layout().split(flat);
            long images = inputs[0].getShape().get(0);
            NDList[] parts = new NDList[(int) images];
            for (int i = 0; i < images; i++) {
                String row = i + ":" + (i + 1);
                NDArray[] one =
                        Arrays.stream(inputs).map(input -> input.get(row)).toArray(NDArray[]::new);
                parts[i] = apply(function, p, one);
            }
            NDList joined = new NDList();
            for (int r = 0; r < parts[0].size(); r++) {
                int result = r;
                joined.add(NDArrays.concat(new NDList(
                        Arrays.stream(parts).map(part -> part.get(result)).toList())));
            }
            return joined;
        });
    }

    private NDList apply(NetworkFunction function, Parameters p, NDArray... inputs) {
        List<Array> arrays = Arrays.stream(inputs).<Array>map(EngineArray::new).toList();
        return new NDList(function.apply(network, p, arrays).stream()
                .map(result -> ((EngineArray) result).nd())
                .toList());
    }

    @Override
    public float gradient(NDManager scope, NDArray flat, TrainingBatch batch, float[] gradient) {
        return Backward.gradient(
                scope,
                flat,
                leaf -> apply(batch.loss(), network.layout().split(leaf), batch.inputs())
                        .singletonOrThrow(),
                gradient);
    }

    @Override
    public float update(NDManager scope, NDArray flat, TrainingBatch batch, Adam adam, List<Adam.Rate> rates) {
        float[] gradient = new float[network.layout().size()];
        float loss = gradient(scope, flat, batch, gradient);
        if (Float.isFinite(loss)) {
            adam.update(flat, gradient, rates);
        }
        return loss;
    }
}
