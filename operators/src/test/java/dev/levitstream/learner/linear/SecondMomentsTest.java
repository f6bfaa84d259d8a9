package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.common.StateCodec;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums over images, to the bit those of a loop that adds one image after the other. */
class SecondMomentsTest {
    private static float[] features(SplittableRandom random, int width) {
        float[] features = new float[width];
        for (int i = 0; i < width; i++) {
            features[i] = (float) (random.nextDouble() - 0.3);
        }
        return features;
    }

    private static void add(double[] sums, float[] features) {
        for (int i = 0, at = 0; i < features.length; at += ++i) {
            for (int j = 0; j <= i; j++) {
                sums[at + j] += (double) features[i] * features[j];
            }
        }
    }

    @ParameterizedTest(name = "width {0}")
    @ValueSource(ints = {1, 2, 3, 8, 17, 64})
    void sumsAreThoseOfALoopWheneverTheyAreAskedFor(int width) {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SecondMoments moments = new SecondMoments(width);
            double[] expected = new double[width * (width + 1) / 2];
            int images = random.nextInt(1, 300);
            for (int n = 0; n < images; n++) {
                float[] features = features(random, width);
                moments.add(features);
                add(expected, features);
                if (random.nextInt(50) == 0) {
                    assertThat(moments.lowerTriangle()).isEqualTo(expected);
                }
            }
            assertThat(moments.lowerTriangle()).isEqualTo(expected);
            assertThat(moments.images()).isEqualTo(images);
        }
    }

    @ParameterizedTest(name = "{0} images")
    @ValueSource(ints = {1, 64, 65, 200})
    void whatIsReadIsWhatWasWritten(int images) {
        SplittableRandom random = new SplittableRandom(images);
        SecondMoments moments = new SecondMoments(5);
        for (int n = 0; n < images; n++) {
            moments.add(features(random, 5));
        }
        SecondMoments restored = new SecondMoments(5);
        byte[] sealed = StateCodec.seal(moments::write);
        StateCodec.open("moments", sealed, in -> {
            restored.read(in, images);
            return restored;
        });
        for (int n = 0; n < 70; n++) {
            float[] next = features(random, 5);
            moments.add(next);
            restored.add(next);
        }
        assertThat(StateCodec.seal(restored::write)).isEqualTo(StateCodec.seal(moments::write));
        assertThat(restored.lowerTriangle()).isEqualTo(moments.lowerTriangle());
    }
}
