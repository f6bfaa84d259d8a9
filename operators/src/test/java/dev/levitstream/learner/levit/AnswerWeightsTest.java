package dev.levitstream.learner.levit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.common.FrozenView;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.GroupScores;
import dev.levitstream.learner.linear.GroupScores.GroupScore;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A component gets the say that it has earned, and the router the temperature that its answers deserve. */
class AnswerWeightsTest {
    /**
     * An image of class 0 or 1 that the router gives to a component.
     *
     * @param router probability that the router gives to the true class
     * @param own probability that the component gives to it
     */
    private static RoutingResult image(int component, int label, double router, double own) {
        GroupScores scores = new GroupScores(List.of(
                new GroupScore(component, label, (float) Math.log(router)),
                new GroupScore(component, 1 - label, (float) Math.log(1 - router))));
        float[] answer = new float[2];
        answer[label] = (float) own;
        answer[1 - label] = (float) (1 - own);
        return new RoutingResult(
                new float[] {0}, component, new float[0], scores, component, answer, answer, FrozenView.NONE);
    }

    private static void show(AnswerWeights weights, int images, int component, double router, double own) {
        for (int n = 0; n < images; n++) {
            weights.observed(image(component, n % 2, router, own), n % 2);
        }
    }

    @Test
    void aComponentThatKnowsBetterIsHeardAndOneThatDoesNotIsNot() {
        AnswerWeights good = new AnswerWeights();
        show(good, 50, 0, 0.6, 0.9);
        assertThat(good.exponent(0)).as("not yet").isZero();
        show(good, 250, 0, 0.6, 0.9);
        assertThat(good.exponent(0)).isEqualTo(2);

        AnswerWeights bad = new AnswerWeights();
        show(bad, 300, 0, 0.9, 0.4);
        assertThat(bad.exponent(0)).isZero();
    }

    @Test
    void whatAComponentHasEarnedStaysWhenItIsFrozenAndTheNextBeginsWithNone() {
        AnswerWeights weights = new AnswerWeights();
        show(weights, 300, 0, 0.6, 0.9);
        show(weights, 100, 0, 0.6, 0.01); // of the new world, before it is noticed
        weights.expanded();
        assertThat(weights.exponent(0)).isEqualTo(2);
        assertThat(weights.exponent(1)).isZero();
        show(weights, 300, 0, 0.9, 0.1); // images of a frozen component judge nobody
        assertThat(weights.exponent(0)).isEqualTo(2);
        assertThat(weights.exponent(1)).isZero();
    }

    @Test
    void oneThatAnswersForAnothersWorldLosesItsSayAndTheOthersKeepTheirs() {
        AnswerWeights weights = new AnswerWeights();
        for (int component = 0; component < 4; component++) {
            show(weights, 300, component, 0.6, component == 2 ? 0.4 : 0.9);
            weights.expanded();
        }
        weights.merged(0, 1);
        assertThat(weights.exponent(0)).isZero();
        assertThat(weights.exponent(1)).as("once the third").isZero();
        assertThat(weights.exponent(2)).as("once the fourth").isEqualTo(2);
        show(weights, 300, 3, 0.6, 0.9);
        assertThat(weights.exponent(3)).as("the active one").isEqualTo(2);
        weights.merged(2, 1);
        assertThat(weights.exponent(1)).isZero();
        assertThat(weights.exponent(2)).as("the active one").isEqualTo(2);
    }

    @Test
    void aRouterThatIsTooSureIsTempered() {
        AnswerWeights weights = new AnswerWeights();
        for (int n = 0; n < 600; n++) {
            // 999 to 1, and wrong one time in four
            weights.observed(image(0, n % 2, n % 4 == 0 ? 0.001 : 0.999, 0.5), n % 2);
        }
        assertThat(weights.temperature()).isEqualTo(0.125);
        AnswerWeights sure = new AnswerWeights();
        show(sure, 600, 0, 0.99, 0.5);
        assertThat(sure.temperature()).isEqualTo(1);
    }

    @Test
    void imagesWithoutALabelOrOfAnUnknownClassSayNothing() {
        AnswerWeights weights = new AnswerWeights();
        byte[] before = StateCodec.seal(weights::write);
        for (int n = 0; n < 300; n++) {
            weights.observed(image(0, 0, 0.6, 0.9), LabelRegistry.UNLABELLED);
            weights.observed(image(0, 0, 0.6, 0.9), 7);
        }
        assertThat(StateCodec.seal(weights::write)).isEqualTo(before);
    }

    @Test
    void componentsOfEarlierReleasesKeepTheirFullSay() {
        AnswerWeights weights = new AnswerWeights();
        weights.assume(3);
        assertThat(weights.exponent(0)).isEqualTo(1);
        assertThat(weights.exponent(1)).isEqualTo(1);
        assertThat(weights.exponent(2)).as("the active one").isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void storedOnesGoOnToTheSameBytes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        AnswerWeights whole = new AnswerWeights();
        AnswerWeights stored = new AnswerWeights();
        for (int n = 0; n < 500; n++) {
            int component = n < 250 ? 0 : 1;
            RoutingResult image =
                    image(component, n % 2, 0.05 + 0.9 * random.nextDouble(), 0.05 + 0.9 * random.nextDouble());
            whole.observed(image, n % 2);
            stored.observed(image, n % 2);
            if (n == 249) {
                whole.expanded();
                stored.expanded();
            }
            if (n % 97 == 0) {
                AnswerWeights restored = new AnswerWeights();
                restored.assume(component + 1);
                stored = StateCodec.open("weights", StateCodec.seal(stored::write), in -> {
                    restored.read(in);
                    return restored;
                });
            }
        }
        assertThat(StateCodec.seal(stored::write)).isEqualTo(StateCodec.seal(whole::write));
    }
}
