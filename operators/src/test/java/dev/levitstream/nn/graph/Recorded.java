package dev.levitstream.nn.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.engine.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A function of parameters, to be recorded in any form.
 *
 * @param name that tests show
 * @param shapes of the parameters
 * @param function from the parameters to a result
 */
record Recorded(String name, List<SymbolicShape> shapes, Function<List<Array>, Array> function) {
    /** Values of all parameters, away from 0, where some functions bend. */
    double[] values(SplittableRandom random) {
        long size = shapes.stream().mapToLong(SymbolicShape::size).sum();
        double[] values = new double[(int) size];
        for (int i = 0; i < values.length; i++) {
            float value = (float) (0.2 + 0.8 * random.nextDouble());
            values[i] = random.nextBoolean() ? value : -value;
        }
        return values;
    }

    private Array recorded(Graph graph) {
        long size = shapes.stream().mapToLong(SymbolicShape::size).sum();
        graph.input("flat", SymbolicShape.of(size));
        return function.apply(parameters(graph));
    }

    private List<Array> parameters(Graph graph) {
        List<Array> parameters = new ArrayList<>();
        int offset = 0;
        for (SymbolicShape shape : shapes) {
            parameters.add(graph.parameter(offset, shape));
            offset += (int) shape.size();
        }
        return parameters;
    }

    /** Shape of the result, as the graph knows it. */
    SymbolicShape shape() {
        return recorded(new Graph(Form.WHOLE, MatMul.PLAIN, 0)).shape();
    }

    /** Runs the values in double precision, for each vector of parameters. */
    List<double[]> results(Compute compute, List<double[]> vectors) {
        Graph graph = new Graph(Form.WHOLE, MatMul.PLAIN, 0);
        String script = graph.text(List.of(recorded(graph)));
        List<double[]> results = new ArrayList<>();
        for (double[] values : vectors) {
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.ofDoubles(scope, values, new Shape(values.length));
                results.add(run(compute, script, flat).get(0).toDoubleArray());
            }
        }
        return results;
    }

    /** Gradient of the sum of all results times {@code weights}, in single precision; the result's shape is checked. */
    float[] gradient(Compute compute, double[] values, double[] weights) {
        Graph graph = new Graph(Form.TRAINING, compute.matMul(), 0);
        Array result = recorded(graph);
        Array loss = result.mul(graph.input("weights", result.shape())).sum();
        Gradients gradients = Gradients.of(loss);
        List<Array> returned = new ArrayList<>();
        parameters(graph).forEach(parameter -> returned.add(gradients.at(parameter)));
        returned.add(result);
        try (NDManager scope = compute.newManager()) {
            NDArray flat = Tensors.ofDoubles(scope, values, new Shape(values.length));
            Shape shape = new Shape(result.shape().axes());
            NDArray factors = Tensors.ofDoubles(scope, weights, shape);
            NDList found = run(
                    compute,
                    graph.text(returned),
                    flat.toType(DataType.FLOAT32, true),
                    factors.toType(DataType.FLOAT32, true));
            if (!found.get(shapes.size()).getShape().equals(shape)) {
                throw new AssertionError(found.get(shapes.size()).getShape() + " is not " + shape);
            }
            float[] gradient = new float[values.length];
            int offset = 0;
            for (int i = 0; i < shapes.size(); i++) {
                int size = (int) shapes.get(i).size();
                Tensors.read(found.get(i), gradient, offset, size);
                offset += size;
            }
            return gradient;
        }
    }

    private static NDList run(Compute compute, String script, NDArray... arguments) {
        return GradMode.off(() -> Compute.run(compute.compile(script), new NDList(arguments)));
    }

    @Override
    public String toString() {
        return name;
    }
}
