package dev.levitstream.bench.speed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Form;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.SymbolicShape;
import java.util.List;

/** A large matrix product in single precision on one thread: what the machine can do at most. */
final class MatrixProduct {
    /** Rows and columns of each matrix (count). */
    static final int SIDE = 1024;

    private MatrixProduct() {}

    /** Operations per second, median over rounds. */
    static double operationsPerSecond(int rounds) throws Exception {
        try (Compute compute = new Compute("cpu");
                NDManager scope = compute.newManager()) {
            NDArray a = scope.ones(new Shape(SIDE, SIDE));
            NDArray b = scope.ones(new Shape(SIDE, SIDE));
            NDArray zeros = scope.zeros(new Shape(SIDE));
            Graph graph = new Graph(Form.WHOLE, compute.matMul(), 0);
            SymbolicShape square = SymbolicShape.of(SIDE, SIDE);
            Array rows = graph.input("rows", square);
            Array weight = graph.input("weight", square);
            String script = graph.text(List.of(rows.linear(weight, graph.input("bias", SymbolicShape.of(SIDE)))));
            Timed product =
                    Timed.of(() -> GradMode.off(() -> Compute.run(compute.compile(script), new NDList(a, b, zeros)))
                            .close());
            product.seconds(Timed.WARM_UP);
            double[] seconds = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                seconds[round] = product.seconds(Timed.WARM_UP) / Timed.WARM_UP;
            }
            return 2.0 * SIDE * SIDE * SIDE / Timed.median(seconds);
        }
    }
}
