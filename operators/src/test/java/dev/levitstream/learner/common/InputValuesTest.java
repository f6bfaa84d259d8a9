package dev.levitstream.learner.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.TokenShape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputValuesTest {
    private static final TokenShape TOKENS = new TokenShape(4, 7);

    private static float[] random(SplittableRandom random, double scale, double shift) {
        float[] values = new float[TOKENS.size()];
        Randomness.normals(random, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale + shift);
        }
        return values;
    }

    @Test
    void pixelsAreSharesOfTheBrightest() {
        byte[] first = {0, (byte) 255, 51};
        byte[] second = {(byte) 128, 1, 2};
        assertThat(InputValues.of(new ImageShape(1, 3, 1), List.of(first, second)))
                .containsExactly(0, 1, 0.2f, 128 / 255f, 1 / 255f, 2 / 255f);
    }

    /** By its definition: mean 0 and variance 1 of each token, but for what is added to the variance. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void eachTokenIsStandardisedByItself(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] first = HalfFloats.encode(random(random, 3, -5));
        byte[] second = HalfFloats.encode(random(random, 0.01, 0));
        float[] values = InputValues.of(TOKENS, List.of(first, second));
        float[] stored = Arrays.copyOf(HalfFloats.decode(first), 2 * TOKENS.size());
        System.arraycopy(HalfFloats.decode(second), 0, stored, TOKENS.size(), TOKENS.size());
        int width = TOKENS.features();
        for (int token = 0; token < 8; token++) {
            double[] x = new double[width];
            for (int i = 0; i < width; i++) {
                x[i] = stored[token * width + i];
            }
            double mean = Arrays.stream(x).average().orElseThrow();
            double variance =
                    Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            for (int i = 0; i < width; i++) {
                assertThat((double) values[token * width + i])
                        .isCloseTo((x[i] - mean) / Math.sqrt(variance + 1e-5), within(1e-6));
            }
        }
    }

    @Test
    void whatAnInputBecomesDependsOnItAlone() {
        SplittableRandom random = new SplittableRandom(9);
        byte[] first = HalfFloats.encode(random(random, 1, 0));
        byte[] second = HalfFloats.encode(random(random, 1000, 7));
        float[] together = InputValues.of(TOKENS, List.of(first, second));
        assertThat(Arrays.copyOf(together, TOKENS.size())).isEqualTo(InputValues.of(TOKENS, List.of(first)));
        assertThat(Arrays.copyOfRange(together, TOKENS.size(), 2 * TOKENS.size()))
                .isEqualTo(InputValues.of(TOKENS, List.of(second)));
        assertThat(InputValues.of(TOKENS, List.of())).isEmpty();
    }

    @Test
    void aTokenOfEqualValuesBecomesZeros() {
        float[] equal = new float[TOKENS.size()];
        Arrays.fill(equal, 1234);
        assertThat(InputValues.of(TOKENS, List.of(HalfFloats.encode(equal)))).containsOnly(0);
        assertThat(InputValues.of(new TokenShape(2, 1), List.of(HalfFloats.encode(new float[] {5, -HalfFloats.MOST}))))
                .containsExactly(0, 0);
    }

    /** The largest half floats, too. */
    @Test
    void tokensOfAnySizeComeToOneScale() {
        float[] huge = new float[TOKENS.size()];
        for (int i = 0; i < huge.length; i++) {
            huge[i] = i % 2 == 0 ? HalfFloats.MOST : -HalfFloats.MOST;
        }
        for (float value : InputValues.of(TOKENS, List.of(HalfFloats.encode(huge)))) {
            assertThat(Math.abs(value)).isBetween(0.8f, 1.2f);
        }
    }
}
