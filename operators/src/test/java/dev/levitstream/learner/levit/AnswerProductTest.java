package dev.levitstream.learner.levit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.linear.GroupScores;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How VAE losses and scores of groups become an answer. */
class AnswerProductTest {
    @Test
    void theRouterTakesTheSmallestScoreAndNeverPrefersNoNumber() {
        assertThat(VaeRouter.best(new float[] {3, 1, 2})).isEqualTo(1);
        assertThat(VaeRouter.best(new float[] {1, 1})).isZero();
        assertThat(VaeRouter.best(new float[] {Float.NaN, 5})).isEqualTo(1);
        assertThat(VaeRouter.best(new float[] {5, Float.NaN})).isZero();
    }

    @Test
    void elboAddsTheWeightedDivergenceAndReconstructionDoesNot() {
        assertThat(new VaeRouter(VaeRouter.Score.ELBO, 0.5).score(2, 4)).isEqualTo(4);
        assertThat(new VaeRouter(VaeRouter.Score.RECONSTRUCTION, 0.5).score(2, 4))
                .isEqualTo(2);
    }

    @Test
    void theProductWeighsPosteriorAndAnswer() {
        // component 0 knows classes 0 and 1, component 1 knows class 2 and images without a label
        GroupScores posterior = new GroupScores(List.of(
                new GroupScores.GroupScore(0, 0, (float) Math.log(0.5)),
                new GroupScores.GroupScore(0, 1, (float) Math.log(0.2)),
                new GroupScores.GroupScore(1, 2, (float) Math.log(0.1)),
                new GroupScores.GroupScore(1, LabelRegistry.UNLABELLED, (float) Math.log(0.2))));
        assertThat(posterior.components()).containsExactly(0, 1);
        assertThat(posterior.of(1, 2)).containsExactly(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
        assertThat(posterior.of(0)).isCloseTo(Math.log(0.7), within(1e-6));
        GroupScores without = new GroupScores(List.of(new GroupScores.GroupScore(1, LabelRegistry.UNLABELLED, 3)));
        assertThat(without.of(1, 2)).as("without a label it may be any").containsExactly(3, 3);
        assertThat(without.of(1)).isEqualTo(3);
        assertThat(posterior.of(0, 3)[2]).isEqualTo(Double.NEGATIVE_INFINITY);
        List<float[]> own = List.of(new float[] {0.1f, 0.9f, 0f}, new float[] {0.25f, 0f, 0.75f});
        AnswerProduct answer = AnswerProduct.product(posterior, posterior.components(), own, component -> 1);
        // component 0: 0.7 / 0.8, shared as 0.05 to 0.18; component 1: 0.1 / 0.8, all of it class 2
        assertThat(answer.component()).isZero();
        assertThat(answer.probabilities()[0]).isCloseTo(0.7f / 0.8f * 0.05f / 0.23f, within(1e-5f));
        assertThat(answer.probabilities()[1]).isCloseTo(0.7f / 0.8f * 0.18f / 0.23f, within(1e-5f));
        assertThat(answer.probabilities()[2]).isCloseTo(0.1f / 0.8f, within(1e-5f));
        // without a say the router's posterior is the answer; with more of it the component's own counts more
        AnswerProduct router = AnswerProduct.product(posterior, posterior.components(), own, component -> 0);
        assertThat(router.probabilities()).containsExactly(new float[] {0.625f, 0.25f, 0.125f}, within(1e-5f));
        AnswerProduct doubled = AnswerProduct.product(posterior, posterior.components(), own, component -> 2);
        assertThat(doubled.probabilities()[1]).isCloseTo(0.7f / 0.8f * 0.162f / 0.167f, within(1e-5f));
        assertThat(new GroupScores(List.of()).components()).isEmpty();
    }
}
