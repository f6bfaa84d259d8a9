package dev.levitstream.nn.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Form;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.GraphInterpreter;
import dev.levitstream.nn.graph.SymbolicShape;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a network array by array through the engine's ordinary interface, with the engine's own backward pass. */
record NetworkOracle(ComponentNetwork network) {
    private record Recorded(List<Array> results, Map<String, NDArray> inputs) {}

    private Recorded recorded(NetworkFunction function, NDArray... inputs) {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        List<Array> declared = new ArrayList<>();
        Map<String, NDArray> values = new HashMap<>();
        for (NDArray input : inputs) {
            String name = "x" + declared.size();
            SymbolicShape shape = SymbolicShape.of(input.getShape().getShape());
            declared.add(graph.input(name, shape.with(0, -1)));
            values.put(name, input);
        }
        return new Recorded(function.apply(network, new Parameters(network.layout(), graph), declared), values);
    }

    /** Values of a function. */
    List<NDArray> call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        Recorded recorded = recorded(function, inputs);
        GraphInterpreter interpreter = new GraphInterpreter(scope, flat, recorded.inputs());
        return recorded.results().stream().map(interpreter::value).toList();
    }

    /** The loss of a batch and its gradient. */
    float gradient(NDManager scope, NDArray flat, TrainingBatch batch, float[] gradient) {
        Recorded recorded = recorded(batch.loss(), batch.inputs());
        return new GraphInterpreter(scope, flat, recorded.inputs())
                .differentiated(recorded.results().get(0), gradient);
    }
}
