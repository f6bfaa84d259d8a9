package dev.levitstream.learner.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrequentialChoiceTest {
    private static PrequentialChoice choice() {
        return new PrequentialChoice(0.995, 0, 0.5, 1);
    }

    private static void add(PrequentialChoice choice, int images, double... losses) {
        for (int n = 0; n < images; n++) {
            choice.add(losses.clone());
        }
    }

    @Test
    void theFirstValueHoldsUntilAnotherIsBetterBeyondDoubt() {
        PrequentialChoice choice = choice();
        assertThat(choice.best()).isZero();
        add(choice, 100, 1, 0, 2);
        assertThat(choice.best())
                .as("no image counts before a hundred have followed")
                .isZero();
        add(choice, 3, 1, 0, 2);
        assertThat(choice.best()).as("three losses saved").isZero();
        add(choice, 1, 1, 0, 2);
        assertThat(choice.best()).isEqualTo(0.5);
    }

    @Test
    void whatWasGoodFadesWhenItIsGoodNoLonger() {
        PrequentialChoice choice = choice();
        add(choice, 2000, 1, 0, 2);
        assertThat(choice.best()).isEqualTo(0.5);
        add(choice, 400, 2, 1, 0);
        assertThat(choice.best()).isEqualTo(1);
    }

    @Test
    void imagesThatTurnOutToBeOfANewWorldDoNotCount() {
        PrequentialChoice choice = choice();
        add(choice, 200, 1, 0, 2);
        add(choice, 100, 0, 100, 100);
        choice.changed();
        assertThat(choice.best()).isEqualTo(0.5);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void aStoredOneGoesOnToTheSameBytes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PrequentialChoice whole = choice();
        PrequentialChoice stored = choice();
        for (int n = 0; n < 300; n++) {
            double[] losses = random.doubles(3).toArray();
            whole.add(losses);
            stored.add(losses.clone());
            if (n == 50 || n == 200) {
                PrequentialChoice restored = choice();
                stored = StateCodec.open("choice", StateCodec.seal(stored::write), in -> {
                    restored.read(in);
                    return restored;
                });
            }
        }
        assertThat(StateCodec.seal(stored::write)).isEqualTo(StateCodec.seal(whole::write));
        assertThat(stored.best()).isEqualTo(whole.best());
    }
}
