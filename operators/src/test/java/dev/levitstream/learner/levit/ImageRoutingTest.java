package dev.levitstream.learner.levit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.levit.RoutingOptions.Scorers;
import dev.levitstream.learner.linear.GroupScores;
import dev.levitstream.learner.linear.GroupStatistics;
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
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRoutingTest {
    private static final int WORLDS = 5;
    private static final LearnerOptions FEW = TinyLearners.options("levit-dkf-fixed");

    /** A component for each world. */
    private static List<LabelledImage> learn(Learner learner, long seed, int worlds) {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        List<LabelledImage> test = new ArrayList<>();
        for (int world = 0; world < worlds; world++) {
            if (world > 0 && learner.describe().components().orElseThrow() <= world) {
                learner.onEvent(LearnerEvent.BOUNDARY);
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
        LevitOptions own = TinyLearners.levit(options);
        ComponentFactory factory = new ComponentFactory(
                options,
                new VisionTransformer(own.network().vit()),
                Optional.of(Vae.of(own.network().vae())),
                new KnowledgeFusion(own.fusion().level(), KnowledgeFusion.Gates.FIXED),
                own.training(),
                false);
        ComponentPool pool = new ComponentPool(TinyLearners.context(options, seed), own, factory);
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        GroupStatistics router = pool.discriminant().orElseThrow();
        for (int world = 0; world < WORLDS; world++) {
            pool.grow(seed, 2);
            for (LabelledImage image : simulator.phase(world, 30, 0)) {
                router.learnt(image.pixels(), router.features(image.pixels()), world, world % 2, false);
            }
        }
        router.refresh();
        return pool;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void theLikeliestAndTheActiveComponentScoreAnImageAndNoOther(long seed) {
        try (ComponentPool pool = pool(FEW, seed)) {
            GroupStatistics router = pool.discriminant().orElseThrow();
            StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
            List<byte[]> images = new ArrayList<>();
            for (int world = 0; world < WORLDS; world++) {
                simulator.phase(world, 10, 0).forEach(image -> images.add(image.pixels()));
            }
            List<RoutingResult> results = pool.route(images);
            float[][] all = pool.losses(images);
            Set<Integer> seen = new TreeSet<>();
            for (int i = 0; i < images.size(); i++) {
                int likeliest = router.scores(router.features(images.get(i)))
                        .components()
                        .get(0);
                seen.add(likeliest);
                for (int c = 0; c < WORLDS; c++) {
                    float loss = results.get(i).losses()[c];
                    if (c == likeliest || c == WORLDS - 1) {
                        assertThat(loss).isCloseTo(all[i][c], withinPercentage(0.01));
                    } else {
                        assertThat(loss).isNaN();
                    }
                }
            }
            assertThat(seen).as("images find the component of their world").hasSize(WORLDS);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void allComponentsScoreAnImageWhereThatIsAskedForOrTheRouterKnowsNothingYet(long seed) {
        RoutingOptions r = TinyLearners.levit(FEW).routing();
        RoutingOptions everyone = new RoutingOptions(r.router(), r.score(), Scorers.ALL, r.features(), r.shrinkage());
        List<byte[]> images = new StreamSimulator(TinyLearners.SHAPE, seed)
                .phase(0, 3, 0).stream().map(LabelledImage::pixels).toList();
        try (ComponentPool pool = pool(TinyLearners.with(FEW, everyone), seed)) {
            for (RoutingResult result : pool.route(images)) {
                assertThat(result.losses()).doesNotContain(Float.NaN);
            }
        }
        LearnerOptions options = TinyLearners.withMost(FEW, WORLDS);
        try (Learner fresh = TinyLearners.open(options, seed)) {
            fresh.onEvent(LearnerEvent.BOUNDARY);
            float[] losses = ((Inspectable) fresh).everyAnswer(images).get(0).losses();
            assertThat(fresh.predict(images).get(0).routed().orElseThrow().novelty())
                    .isCloseTo(Math.min(losses[0], losses[1]), withinPercentage(0.01));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void aComponentFusesNoMoreThanTheOptionSays(long seed) {
        LearnerOptions options = TinyLearners.withMost(FEW, WORLDS);
        try (Learner learner = TinyLearners.open(options, seed)) {
            learn(learner, seed, WORLDS);
            List<ComponentProfile> profiles = ((Inspectable) learner).profiles(0);
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
                assertThat(LearnerContractTest.text(Learning.predict(restored, test)))
                        .isEqualTo(LearnerContractTest.text(Learning.predict(learner, test)));
                restored.onEvent(LearnerEvent.BOUNDARY);
                for (int i = 0; i + 4 <= test.size(); i += 4) {
                    LearnerContractTest.observe(restored, test, i);
                }
                assertThat(((Inspectable) restored).profiles(0).stream().map(profile -> profile.gates().length))
                        .containsExactly(0, 2, 3, 4, 3);
                try (Learner again = TinyLearners.restore(two, TinyLearners.state(restored))) {
                    assertThat(LearnerContractTest.text(Learning.predict(again, test)))
                            .isEqualTo(LearnerContractTest.text(Learning.predict(restored, test)));
                }
                LearnerContractTest.assertInvariants(restored, two);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void aComponentThatIsNotAskedWouldNotChangeTheAnswer(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int unseen = 0;
        for (int trial = 0; trial < 1000; trial++) {
            int classes = 1 + random.nextInt(5);
            List<GroupScores.GroupScore> scores = new ArrayList<>();
            for (int c = 0; c < 2; c++) {
                for (int y = 0; y < classes; y++) {
                    int label = random.nextInt(4) == 0 ? LabelRegistry.UNLABELLED : y;
                    scores.add(new GroupScores.GroupScore(c, label, (float) (random.nextDouble(40) - 15 * c)));
                }
            }
            GroupScores posterior = new GroupScores(scores);
            float[] first = distribution(random, classes);
            float[] other = distribution(random, classes);
            IntToDoubleFunction exponents = component -> (component + 1) / 2.0;
            if (!AnswerProduct.matters(posterior, 0, 1)) {
                unseen++;
                AnswerProduct both = AnswerProduct.product(posterior, List.of(0, 1), List.of(first, other), exponents);
                AnswerProduct alone = AnswerProduct.product(posterior, List.of(0), List.of(first), exponents);
                assertThat(alone.component()).isEqualTo(both.component());
                for (int y = 0; y < classes; y++) {
                    assertThat(alone.probabilities()[y]).isCloseTo(both.probabilities()[y], within(1.1e-4f));
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
