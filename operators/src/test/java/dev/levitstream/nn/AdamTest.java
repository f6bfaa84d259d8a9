package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AdamTest {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void everyUpdateFollowsTheEquationsInDoublePrecision(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] p = {1, -2, 3};
        double[] expected = {1, -2, 3};
        double[] m = new double[3];
        double[] v = new double[3];
        Adam adam = new Adam(3, 0.5f, 0.999f);
        for (int t = 1; t <= 50; t++) {
            float[] g = new float[3];
            Randomness.normals(random, g);
            adam.update(p, g, new Adam.Rate(0, 2, 1e-2), new Adam.Rate(2, 3, 1e-3));
            for (int i = 0; i < 3; i++) {
                m[i] = 0.5 * m[i] + 0.5 * g[i];
                v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                double rate = i < 2 ? 1e-2 : 1e-3;
                expected[i] -=
                        rate * (m[i] / (1 - Math.pow(0.5, t))) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-8);
            }
        }
        for (int i = 0; i < 3; i++) {
            assertThat((double) p[i]).isCloseTo(expected[i], within(2e-4));
        }
    }

    @Test
    void momentsOfADeadUnitBecomeZeroInsteadOfDenormal() {
        Adam adam = new Adam(1, 0.5f, 0.999f);
        float[] p = {0};
        adam.update(p, new float[] {1e-20f}, new Adam.Rate(0, 1, 1e-3));
        for (int i = 0; i < 100; i++) {
            adam.update(p, new float[] {0}, new Adam.Rate(0, 1, 1e-3));
        }
        assertThat(adam.firstMoments()[0]).isZero();
    }

    @Test
    void storedMomentsContinueToTheSameBits() {
        float[] whole = {1};
        float[] broken = {1};
        Adam one = new Adam(1, 0.9f, 0.999f);
        Adam first = new Adam(1, 0.9f, 0.999f);
        one.update(whole, new float[] {0.3f}, new Adam.Rate(0, 1, 1e-2));
        first.update(broken, new float[] {0.3f}, new Adam.Rate(0, 1, 1e-2));
        Adam second =
                new Adam(first.firstMoments().clone(), first.secondMoments().clone(), first.updates(), 0.9f, 0.999f);
        one.update(whole, new float[] {-0.1f}, new Adam.Rate(0, 1, 1e-2));
        second.update(broken, new float[] {-0.1f}, new Adam.Rate(0, 1, 1e-2));
        assertThat(broken).isEqualTo(whole);
    }

    @Test
    void aDecayOutsideItsRangeIsNamed() {
        assertThatThrownBy(() -> new Adam(1, 1f, 0.999f)).hasMessage("adam.beta1=1.0 must be in [0, 1)");
    }
}
