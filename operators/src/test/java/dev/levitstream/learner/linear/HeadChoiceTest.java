package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.model.LinearHead;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads of one feature, whose solution is known: a head of strength r has weights s / r, for it is that sure. */
class HeadChoiceTest {
    private static final int WAIT = 100;
    private static final LinearHead.Sums SUMS =
            new LinearHead.Sums(new double[] {1}, List.of(new double[] {1}, new double[] {-1}), new long[] {1, 1}, 2);
    private static final int[] LABELS = {0, 1};

    /** Two groups at 1 and -1; scores are the more, the less it is regularised. */
    private record Sure(double strength) implements LinearHead {
        @Override
        public Solution solve(Sums sums) {
            List<float[]> weights = new ArrayList<>();
            for (double[] sum : sums.sums()) {
                weights.add(new float[] {(float) (sum[0] / strength)});
            }
            return new Solution(weights, new float[sums.counts().length]);
        }

        @Override
        public void probabilities(double[] scores) {
            LinearHead.softmax(scores);
        }
    }

    private static HeadChoice choice() {
        return new HeadChoice(HeadChoice.heads(0, Sure::new));
    }

    private static void judge(HeadChoice choice, int images, float feature, int label) {
        for (int n = 0; n < images; n++) {
            choice.judge(new float[] {feature}, label);
        }
    }

    private static double strength(HeadChoice choice) {
        return ((Sure) choice.head()).strength();
    }

    @Test
    void aStrengthThatIsGivenLeavesNothingToChoose() {
        assertThat(HeadChoice.heads(0.7, Sure::new)).containsExactly(new Sure(0.7));
        assertThat(HeadChoice.heads(0, Sure::new))
                .containsExactly(new Sure(0.03), new Sure(0.01), new Sure(0.1), new Sure(0.3));
    }

    @Test
    void theFirstHeadHoldsUntilImagesWereJudged() {
        HeadChoice choice = choice();
        judge(choice, 1000, 1, 1);
        choice.solve(SUMS, LABELS, true);
        assertThat(strength(choice))
                .as("nothing was solved that could be judged")
                .isEqualTo(0.03);
        judge(choice, WAIT, 1, 1);
        choice.solve(SUMS, LABELS, true);
        assertThat(strength(choice)).isEqualTo(0.03);
        assertThat(choice.temperature()).isEqualTo(1);
    }

    @Test
    void theStrongestIsTakenWhereAnswersAreWrongAndTheWeakestWhereTheyAreRight() {
        HeadChoice wrong = choice();
        wrong.solve(SUMS, LABELS, true);
        judge(wrong, 2 * WAIT, 0.1f, 1);
        wrong.solve(SUMS, LABELS, false);
        assertThat(strength(wrong)).isEqualTo(0.3);
        assertThat(wrong.temperature()).isEqualTo(0.125);

        HeadChoice right = choice();
        right.solve(SUMS, LABELS, true);
        judge(right, 2 * WAIT, 0.01f, 0);
        right.solve(SUMS, LABELS, false);
        assertThat(strength(right)).isEqualTo(0.01);
        assertThat(right.temperature()).isEqualTo(1);
    }

    @Test
    void aChoiceCountsFromTheNextSolutionOn() {
        HeadChoice choice = choice();
        choice.solve(SUMS, LABELS, true);
        judge(choice, 2 * WAIT, 0.1f, 1);
        assertThat(strength(choice)).isEqualTo(0.03);
        assertThat(choice.solve(SUMS, LABELS, false).weights().get(0)[0]).isCloseTo(1 / 0.3f, within(1e-6f));
    }

    @Test
    void whatIsSolvedIsTheChosenHeadsWhetherOthersAreComparedOrNot() {
        HeadChoice choice = choice();
        float alone = choice.solve(SUMS, LABELS, false).weights().get(0)[0];
        float among = choice.solve(SUMS, LABELS, true).weights().get(0)[0];
        assertThat(among).isEqualTo(alone).isCloseTo(1 / 0.03f, within(1e-5f));
    }

    /** Against the formula: the pair with the least mean loss over all settled images, where losses hardly fade. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void theLeastLogLossWins(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] labels = {0, LabelRegistry.UNLABELLED, 1, 0};
        LinearHead.Sums sums = new LinearHead.Sums(
                new double[] {1},
                List.of(new double[] {1}, new double[] {3}, new double[] {-1}, new double[] {0.5}),
                new long[] {1, 1, 1, 1},
                4);
        double scale = 0.01 * Math.pow(30, random.nextDouble());
        HeadChoice choice = choice();
        choice.solve(sums, labels, true);
        double[] strengths = {0.03, 0.01, 0.1, 0.3};
        double[] temperatures = {1, 0.5, 0.25, 0.125};
        double[][] losses = new double[4][4];
        List<double[][]> waiting = new ArrayList<>();
        for (int n = 0; n < 600; n++) {
            float f = (float) (scale * (random.nextDouble() - 0.3));
            int label = random.nextDouble() < 0.8 == f > 0 ? 0 : 1;
            choice.judge(new float[] {f}, label);
            double[][] each = new double[4][4];
            for (int h = 0; h < 4; h++) {
                for (int t = 0; t < 4; t++) {
                    double k = f / strengths[h] * temperatures[t];
                    double zero = Math.exp(k) + Math.exp(0.5 * k);
                    double one = Math.exp(-k);
                    each[h][t] = -Math.log(Math.max(1e-6, (label == 0 ? zero : one) / (zero + one)));
                }
            }
            waiting.add(each);
            if (n >= WAIT) {
                for (int h = 0; h < 4; h++) {
                    for (int t = 0; t < 4; t++) {
                        losses[h][t] = 0.999 * losses[h][t] + waiting.get(n - WAIT)[h][t];
                    }
                }
            }
        }
        choice.solve(sums, labels, false);
        int head = 0;
        int temperature = 0;
        double least = losses[0][0] - 3;
        for (int h = 0; h < 4; h++) {
            for (int t = 0; t < 4; t++) {
                if (losses[h][t] < least) {
                    least = losses[h][t];
                    head = h;
                    temperature = t;
                }
            }
        }
        assertThat(losses[strength(choice) == 0.03 ? 0 : index(strengths, strength(choice))][
                        index(temperatures, choice.temperature())])
                .isCloseTo(losses[head][temperature], within(1e-6));
    }

    private static int index(double[] values, double value) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == value) {
                return i;
            }
        }
        throw new IllegalArgumentException("value=" + value + " must be one of the values");
    }

    @Test
    void imagesOfANewWorldDoNotJudgeAndAClassThatIsNotSolvedIsNotJudged() {
        HeadChoice choice = choice();
        choice.solve(SUMS, LABELS, true);
        judge(choice, WAIT, 0.1f, 1);
        choice.changed();
        judge(choice, WAIT, 0.1f, 1);
        judge(choice, 5 * WAIT, 0.1f, 2);
        choice.solve(SUMS, LABELS, false);
        assertThat(strength(choice)).isEqualTo(0.03);
    }

    @Test
    void afterARestartNothingIsJudgedBeforeTheNextSolution() {
        HeadChoice choice = choice();
        choice.solve(SUMS, LABELS, true);
        choice.restart();
        judge(choice, 5 * WAIT, 0.1f, 1);
        choice.solve(SUMS, LABELS, true);
        assertThat(strength(choice)).isEqualTo(0.03);
    }

    private static byte[] bytes(HeadChoice choice) {
        return StateCodec.seal(choice::write);
    }

    private static HeadChoice restored(HeadChoice stored, HeadChoice fresh) {
        return StateCodec.open("choice", bytes(stored), in -> {
            fresh.read(in);
            return fresh;
        });
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void aStoredOneGoesOnToTheSameBytes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HeadChoice whole = choice();
        HeadChoice stored = choice();
        for (int n = 0; n < 400; n++) {
            if (random.nextInt(50) == 0) {
                boolean compared = random.nextBoolean();
                whole.solve(SUMS, LABELS, compared);
                stored.solve(SUMS, LABELS, compared);
            }
            float feature = (float) (0.1 * (random.nextDouble() - 0.5));
            int label = random.nextInt(2);
            judge(whole, 1, feature, label);
            judge(stored, 1, feature, label);
            if (random.nextInt(20) == 0) {
                stored = restored(stored, choice());
            }
        }
        assertThat(bytes(stored)).isEqualTo(bytes(whole));
        assertThat(strength(stored)).isEqualTo(strength(whole));
        assertThat(stored.temperature()).isEqualTo(whole.temperature());
    }

    @Test
    void aChoiceAmongOthersBeginsWithoutAPast() {
        HeadChoice choice = choice();
        choice.solve(SUMS, LABELS, true);
        judge(choice, 2 * WAIT, 0.1f, 1);
        choice.solve(SUMS, LABELS, true);
        HeadChoice only = restored(choice, new HeadChoice(HeadChoice.heads(0.7, Sure::new)));
        assertThat(strength(only)).isEqualTo(0.7);
        assertThat(only.temperature()).isEqualTo(1);
    }
}
