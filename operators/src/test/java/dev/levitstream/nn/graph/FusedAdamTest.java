package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.engine.Adam;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.engine.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FusedAdamTest {
    private final Compute compute = new Compute("cpu", MatMul.PLAIN, true);
    private final NDManager scope = compute.newManager();

    @AfterEach
    void close() {
        scope.close();
        compute.close();
    }

    /** One update in a script whose loss is p g, so that its gradient is g. */
    private void update(Adam adam, NDArray p, float[] g, List<Adam.Rate> rates) {
        Graph graph = new Graph(Form.TRAINING, compute.matMul(), 1);
        SymbolicShape size = SymbolicShape.of(g.length);
        graph.input("flat", size);
        FusedAdam.State state = new FusedAdam.State(
                graph.input("m", size), graph.input("v", size), graph.input("step", SymbolicShape.of(1)));
        Array factors = graph.input("g", size);
        List<Array> parameters = new ArrayList<>();
        List<Array> losses = new ArrayList<>();
        for (Adam.Rate rate : rates) {
            int count = rate.to() - rate.from();
            Array parameter = graph.parameter(rate.from(), SymbolicShape.of(count));
            parameters.add(parameter);
            losses.add(parameter.mul(factors.narrow(0, rate.from(), count)).sum());
        }
        Array loss = losses.stream().reduce(Array::add).orElseThrow();
        FusedAdam fused = new FusedAdam(adam.beta1(), adam.beta2(), rates);
        String script = graph.text(fused.update(loss, parameters, state));
        NDArray step = Tensors.of(scope, new float[] {adam.updates() + 1}, new Shape(1));
        NDList arguments = new NDList(p, adam.firstMoments(), adam.secondMoments(), step, parameters(g));
        GradMode.off(() -> Compute.run(compute.compile(script), arguments));
        adam.updated();
    }

    private NDArray parameters(float... values) {
        return Tensors.of(scope, values, new Shape(values.length));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void everyUpdateFollowsTheEquationsInDoublePrecision(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        NDArray p = parameters(1, -2, 3);
        double[] expected = {1, -2, 3};
        double[] m = new double[3];
        double[] v = new double[3];
        Adam adam = new Adam(scope, 3, 0.5, 0.999);
        for (int t = 1; t <= 50; t++) {
            float[] g = new float[3];
            Randomness.normals(random, g);
            update(adam, p, g, List.of(new Adam.Rate(0, 2, 1e-2), new Adam.Rate(2, 3, 1e-3)));
            for (int i = 0; i < 3; i++) {
                m[i] = 0.5 * m[i] + 0.5 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                double rate = i < 2 ? 1e-2 : 1e-3;
                expected[i] -=
                        rate * (m[i] / (1 - Math.pow(0.5, t))) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
            }
        }
        float[] found = Tensors.read(p);
        for (int i = 0; i < 3; i++) {
            assertThat((double) found[i]).isCloseTo(expected[i], within(2e-4));
        }
    }

    @Test
    void momentsOfADeadUnitBecomeZeroAndNeverDenormal() {
        Adam adam = new Adam(scope, 1, 0.5, 0.5);
        NDArray p = parameters(0);
        update(adam, p, new float[] {1e-15f}, List.of(new Adam.Rate(0, 1, 1e-3)));
        for (int i = 0; i < 200; i++) {
            update(adam, p, new float[] {0}, List.of(new Adam.Rate(0, 1, 1e-3)));
            float first = Tensors.read(adam.firstMoments())[0];
            assertThat(first == 0 || first >= Float.MIN_NORMAL).isTrue();
        }
        assertThat(Tensors.read(adam.firstMoments())).containsExactly(0);
        assertThat(Tensors.read(adam.secondMoments())).containsExactly(0);
    }

    @Test
    void storedMomentsContinueToTheSameBits() {
        List<Adam.Rate> rates = List.of(new Adam.Rate(0, 1, 1e-2));
        NDArray whole = parameters(1);
        NDArray broken = parameters(1);
        Adam one = new Adam(scope, 1, 0.9, 0.999);
        Adam first = new Adam(scope, 1, 0.9, 0.999);
        update(one, whole, new float[] {0.3f}, rates);
        update(first, broken, new float[] {0.3f}, rates);
        Adam second = new Adam(
                scope,
                Tensors.read(first.firstMoments()),
                Tensors.read(first.secondMoments()),
                first.updates(),
                0.9,
                0.999);
        update(one, whole, new float[] {-0.1f}, rates);
        update(second, broken, new float[] {-0.1f}, rates);
        assertThat(Tensors.read(broken)).isEqualTo(Tensors.read(whole));
    }

    @Test
    void aDecayOutsideItsRangeIsNamed() {
        assertThatThrownBy(() -> new Adam(scope, 1, 1, 0.999)).hasMessage("adam.beta1=1.0 must be in [0, 1)");
    }
}
