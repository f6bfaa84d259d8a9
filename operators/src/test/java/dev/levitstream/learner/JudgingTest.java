package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.levitstream.learner.RoutingOptions.Judges;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgingTest {
    private static final int WORLDS = 5;
    private static final LearnerOptions FEW = TinyLearners.options(LearnerKind.LEVIT_DKF_FIXED);

    /** A component for each world. */
    private static List<LabelledImage> learn(Learner learner, long seed, int worlds) {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        List<LabelledImage> test = new ArrayList<>();
        for (int world = 0; world < worlds; world++) {
            if (world > 0 && learner.describe().components() <= world) {
                learner.onEvent(LearnerEvent.MANUAL);
            }
            List<LabelledImage> images = simulator.phase(world, 60, 0.2);
            for (int i = 0; i < images.size(); i += 4) {
                LearnerContractTest.observe(learner, images, i);
            }
            test.addAll(simulator.phase(world, 9, 0));
        }
        return test;
    }

    /** Untrained components, and a router that knows a world for each. */
    private static ComponentPool pool(LearnerOptions options, long seed) {
        Blueprint blueprint = new Blueprint(
                new VisionTransformer(options.network().vit()),
                Optional.of(Vae.of(options.network().vae())),
                options.kind().fusion(options.fusion().level()),
                1);
        ComponentPool pool = new ComponentPool(options, blueprint, TinyLearners.COMPUTE);
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        DiscriminantRouter router = pool.discriminant().orElseThrow();
        for (int world = 0; world < WORLDS; world++) {
            pool.grow(seed, 2);
            for (LabelledImage image : simulator.phase(world, 30, 0)) {
                router.learnt(router.features(image.pixels()), world, world % 2, false);
            }
        }
        router.refresh();
        return pool;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void theLikeliestAndTheActiveComponentJudgeAnImageAndNoOther(long seed) {
        try (ComponentPool pool = pool(FEW, seed)) {
            DiscriminantRouter router = pool.discriminant().orElseThrow();
            StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
            List<byte[]> images = new ArrayList<>();
            for (int world = 0; world < WORLDS; world++) {
                simulator.phase(world, 10, 0).forEach(image -> images.add(image.pixels()));
            }
            List<Judgement> judgements = pool.judge(images);
            float[][] all = pool.scores(images);
            Set<Integer> seen = new TreeSet<>();
            for (int i = 0; i < images.size(); i++) {
                int likeliest = router.believe(router.features(images.get(i)))
                        .components()
                        .get(0);
                seen.add(likeliest);
                for (int c = 0; c < WORLDS; c++) {
                    float score = judgements.get(i).scores()[c];
                    if (c == likeliest || c == WORLDS - 1) {
                        assertThat(score).isCloseTo(all[i][c], withinPercentage(0.01));
                    } else {
                        assertThat(score).isNaN();
                    }
                }
            }
            assertThat(seen).as("images find the component of their world").hasSize(WORLDS);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void allComponentsJudgeAnImageWhereThatIsAskedForOrTheRouterKnowsNothingYet(long seed) {
        RoutingOptions r = FEW.routing();
        RoutingOptions everyone = new RoutingOptions(r.router(), r.score(), Judges.ALL, r.filters(), r.shrinkage());
        List<byte[]> images = new StreamSimulator(TinyLearners.SHAPE, seed)
                .phase(0, 3, 0).stream().map(LabelledImage::pixels).toList();
        try (ComponentPool pool = pool(TinyLearners.with(FEW, everyone), seed)) {
            for (Judgement judgement : pool.judge(images)) {
                assertThat(judgement.scores()).doesNotContain(Float.NaN);
            }
        }
        LearnerOptions options = TinyLearners.withMost(FEW, WORLDS);
        try (Learner fresh = TinyLearners.open(options, seed)) {
            fresh.onEvent(LearnerEvent.MANUAL);
            List<LabelledImage> asked = images.stream()
                    .map(pixels -> new LabelledImage(pixels, Optional.empty()))
                    .toList();
            float[] losses = fresh.everyAnswer(asked).get(0).losses();
            assertThat(fresh.predict(asked).get(0).novelty())
                    .isCloseTo(Math.min(losses[0], losses[1]), withinPercentage(0.01));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void aComponentFusesNoMoreThanTheOptionSays(long seed) {
        LearnerOptions options = TinyLearners.withMost(FEW, WORLDS);
        try (Learner learner = TinyLearners.open(options, seed)) {
            learn(learner, seed, WORLDS);
            List<ComponentProfile> profiles = learner.profiles(0);
            assertThat(profiles.stream().map(profile -> profile.gates().length)).containsExactly(0, 2, 2, 2, 2);
            LearnerContractTest.assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void componentsKeepWhatTheyFuseWhenTheOptionChanges(long seed) {
        LearnerOptions all = TinyLearners.withMost(
                TinyLearners.with(FEW, new FusionOptions(KnowledgeFusion.Level.FEATURES, 0)), WORLDS);
        LearnerOptions two = TinyLearners.withMost(
                TinyLearners.with(FEW, new FusionOptions(KnowledgeFusion.Level.FEATURES, 2)), WORLDS);
        try (Learner learner = TinyLearners.open(all, seed)) {
            List<LabelledImage> test = learn(learner, seed, WORLDS - 1);
            Map<String, byte[]> state = TinyLearners.state(learner);
            try (Learner restored = TinyLearners.restore(two, state)) {
                assertThat(LearnerContractTest.text(restored.predict(test)))
                        .isEqualTo(LearnerContractTest.text(learner.predict(test)));
                restored.onEvent(LearnerEvent.MANUAL);
                for (int i = 0; i + 4 <= test.size(); i += 4) {
                    LearnerContractTest.observe(restored, test, i);
                }
                assertThat(restored.profiles(0).stream().map(profile -> profile.gates().length))
                        .containsExactly(0, 2, 3, 4, 3);
                try (Learner again = TinyLearners.restore(two, TinyLearners.state(restored))) {
                    assertThat(LearnerContractTest.text(again.predict(test)))
                            .isEqualTo(LearnerContractTest.text(restored.predict(test)));
                }
                LearnerContractTest.assertInvariants(restored, two);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aComponentThatIsNotAskedWouldNotBeSeenInTheAnswer(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int unseen = 0;
        for (int trial = 0; trial < 1000; trial++) {
            int classes = 1 + random.nextInt(5);
            List<Belief.Claim> claims = new ArrayList<>();
            for (int c = 0; c < 2; c++) {
                for (int y = 0; y < classes; y++) {
                    int label = random.nextInt(4) == 0 ? LabelRegistry.UNLABELLED : y;
                    claims.add(new Belief.Claim(c, label, (float) (random.nextDouble(40) - 30 * c)));
                }
            }
            Belief belief = new Belief(claims);
            float[] first = distribution(random, classes);
            float[] other = distribution(random, classes);
            if (!Answer.matters(belief, 0, first, 1, classes)) {
                unseen++;
                Answer both = Answer.product(belief, List.of(0, 1), List.of(first, other));
                Answer alone = Answer.product(belief, List.of(0), List.of(first));
                assertThat(alone.component()).isEqualTo(both.component());
                for (int y = 0; y < classes; y++) {
                    assertThat(alone.probabilities()[y]).isCloseTo(both.probabilities()[y], within(classes * 1e-6f));
                }
            }
        }
        assertThat(unseen).isBetween(100, 900);
    }

    private static float[] distribution(SplittableRandom random, int classes) {
        double[] weights = random.doubles(classes).map(u -> Math.exp(20 * u)).toArray();
        double sum = Arrays.stream(weights).sum();
        float[] probabilities = new float[classes];
        for (int y = 0; y < classes; y++) {
            probabilities[y] = (float) (weights[y] / sum);
        }
        return probabilities;
    }
}
