package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Randomness;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdamTest {
    private final NDManager scope = NativeEngine.newManager("cpu");

    @AfterEach
    void close() {
        scope.close();
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
            adam.update(p, g, List.of(new Adam.Rate(0, 2, 1e-2), new Adam.Rate(2, 3, 1e-3)));
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
        adam.update(p, new float[] {1e-15f}, List.of(new Adam.Rate(0, 1, 1e-3)));
        for (int i = 0; i < 200; i++) {
            adam.update(p, new float[] {0}, List.of(new Adam.Rate(0, 1, 1e-3)));
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
        one.update(whole, new float[] {0.3f}, rates);
        first.update(broken, new float[] {0.3f}, rates);
        Adam second = new Adam(
                scope,
                Tensors.read(first.firstMoments()),
                Tensors.read(first.secondMoments()),
                first.updates(),
                0.9,
                0.999);
        one.update(whole, new float[] {-0.1f}, rates);
        second.update(broken, new float[] {-0.1f}, rates);
        assertThat(Tensors.read(broken)).isEqualTo(Tensors.read(whole));
    }

    @Test
    void aDecayOutsideItsRangeIsNamed() {
        assertThatThrownBy(() -> new Adam(scope, 1, 1, 0.999)).hasMessage("adam.beta1=1.0 must be in [0, 1)");
    }
}
