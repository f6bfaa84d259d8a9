package dev.levitstream.learner.levit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.linear.GroupScores;
import dev.levitstream.learner.linear.GroupStatistics;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which components merge, which of the two goes, and what answers then. */
class ComponentMergingTest {
    /** Untrained components, each with so many images of a world of its own in the router. */
    private static ComponentPool pool(LearnerOptions options, int... images) {
        LevitOptions own = TinyLearners.levit(options);
        ComponentFactory factory = new ComponentFactory(
                options,
                new VisionTransformer(own.network().vit()),
                Optional.of(Vae.of(own.network().vae())),
                new KnowledgeFusion(own.fusion().level(), KnowledgeFusion.Gates.FIXED),
                own.training(),
                false);
        ComponentPool pool = new ComponentPool(TinyLearners.context(options, 1), own, factory);
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 1);
        for (int world = 0; world < images.length; world++) {
            pool.grow(1, 2);
            int index = world;
            pool.discriminant().ifPresent(router -> {
                for (LabelledImage image : simulator.phase(index, images[index], 0)) {
                    int label = image.label().orElseThrow().endsWith("0") ? 0 : 1;
                    router.learnt(image.pixels(), router.features(image.pixels()), index, label, false);
                }
                router.refresh();
            });
        }
        return pool;
    }

    private static LearnerOptions fusing(int components) {
        return TinyLearners.with(
                TinyLearners.options("levit-dkf-fixed"), new FusionOptions(Level.FEATURES, components));
    }

    private static List<LearnerNotice> merge(ComponentPool pool, int most) {
        return new ComponentMerging(pool, most)
                .merge(new ReconstructionError(
                        TinyLearners.levit(TinyLearners.options("levit-dkf")).expansion()));
    }

    private static List<Integer> ids(ComponentPool pool) {
        return IntStream.range(0, pool.size())
                .mapToObj(index -> pool.get(index).id())
                .toList();
    }

    @Test
    void theOneOfFewerImagesGoesAndItsImagesStay() {
        LearnerOptions none = TinyLearners.with(TinyLearners.options("levit-no-dkf"), new FusionOptions(Level.NONE, 0));
        try (ComponentPool pool = pool(none, 20, 30, 10, 40)) {
            long all = images(pool);
            List<LearnerNotice> told = merge(pool, 3);
            assertThat(told).hasSize(1);
            assertThat(images(pool)).isEqualTo(all);
            assertThat(pool.active().id()).isEqualTo(4);
            assertThat(ids(pool)).hasSize(3).endsWith(4).isSorted().doesNotHaveDuplicates();
            int gone = 10 - ids(pool).stream().mapToInt(id -> id).sum();
            assertThat(gone)
                    .as("the component of 30 images is the larger of any two")
                    .isNotEqualTo(2);
            GroupStatistics sums = pool.discriminant().orElseThrow();
            float[] features = new float[sums.width()];
            Arrays.fill(features, 0.5f);
            GroupScores scores = sums.scores(features);
            sums.refresh();
            assertThat(sums.scores(features)).as("solved anew at once").isEqualTo(scores);
            assertThat(told.get(0).reason())
                    .startsWith("component " + gone + " with " + (gone == 1 ? 20 : 10)
                            + " images has become part of component "
                            + told.get(0).component().orElseThrow());
        }
    }

    private static long images(ComponentPool pool) {
        GroupStatistics sums = pool.discriminant().orElseThrow();
        return IntStream.range(0, pool.size()).mapToLong(sums::images).sum();
    }

    /** The components that others fuse are the oldest, and stay though they have the fewest images. */
    @Test
    void onesThatOthersFuseStayAndOfThemNoTwoMerge() {
        try (ComponentPool pool = pool(fusing(2), 10, 12, 50, 60, 70)) {
            assertThat(pool.fused()).isEqualTo(2);
            merge(pool, 2);
            assertThat(ids(pool)).containsExactly(1, 2, 5);
            assertThat(images(pool)).isEqualTo(202);
        }
    }

    @Test
    void nothingMergesWhileThereAreNoMoreThanMayBe() {
        try (ComponentPool pool = pool(fusing(1), 10, 20, 30)) {
            assertThat(merge(pool, 3)).isEmpty();
            assertThat(ids(pool)).containsExactly(1, 2, 3);
        }
    }

    @ParameterizedTest(name = "{0} fused, {1} components: {2}")
    @CsvSource({"1, 1, false", "1, 2, true", "2, 2, false", "2, 3, true", "0, 3, false", "3, 3, false", "3, 4, true"})
    void thereIsRoomWhereOneThatNoOtherFusesCanGo(int fused, int components, boolean room) {
        try (ComponentPool pool = pool(
                fusing(fused), IntStream.generate(() -> 10).limit(components).toArray())) {
            assertThat(new ComponentMerging(pool, components).hasRoom()).isEqualTo(room);
            assertThat(new ComponentMerging(pool, components + 1).hasRoom()).isTrue();
            pool.grow(1, 2);
            merge(pool, components);
            assertThat(pool.size()).isEqualTo(room ? components : components + 1);
        }
    }

    @Test
    void whereVaesRouteThereIsRoomUpToTheCapAlone() {
        try (ComponentPool pool = pool(TinyLearners.options("levit-dnn"), 0, 0, 0)) {
            assertThat(new ComponentMerging(pool, 3).hasRoom()).isFalse();
            assertThat(new ComponentMerging(pool, 4).hasRoom()).isTrue();
            assertThat(merge(pool, 2)).isEmpty();
            assertThat(pool.size()).isEqualTo(3);
        }
    }

    /** Of two that merge the older one stays here, which never knew the labels of the other. */
    @ParameterizedTest
    @ValueSource(strings = {"levit-no-dkf", "levit-dkf-fixed"})
    void labelsOfTheOneThatIsGoneAreAnsweredByTheSums(String method) {
        LearnerOptions options = TinyLearners.withMost(TinyLearners.eager(TinyLearners.options(method)), 3);
        ExpansionOptions e = TinyLearners.levit(options).expansion();
        LearnerOptions told = TinyLearners.with(
                options,
                new ExpansionOptions(e.criterion(), e.scale(), 1e6, e.codes(), 16, 5, 64, false, 0, 3, e.falseAlarm()));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 2);
        try (Learner learner = TinyLearners.open(told, 2)) {
            List<LabelledImage> test = new ArrayList<>();
            for (int world = 0; world < 4; world++) {
                if (world > 0) {
                    Expansion expansion = learner.onEvent(LearnerEvent.BOUNDARY).orElseThrow();
                    assertThat(expansion.merged()).hasSize(world < 3 ? 0 : 1);
                }
                List<LabelledImage> images = simulator.phase(world, 240 - 40 * world, 0);
                for (int i = 0; i < images.size(); i += 4) {
                    LearnerContractTest.observe(learner, images, i);
                }
                test.addAll(simulator.phase(world, 40, 0));
            }
            try (Learner restored = TinyLearners.restore(told, TinyLearners.state(learner))) {
                List<ImagePrediction> answers = Learning.predict(restored, test);
                for (int world = 0; world < 4; world++) {
                    long right = IntStream.range(40 * world, 40 * (world + 1))
                            .filter(i ->
                                    answers.get(i).label().equals(test.get(i).label()))
                            .count();
                    assertThat(right).as("of 40 in world %d", world).isGreaterThan(35);
                }
            }
        }
    }

    /** Answers name components that are there, whatever went, and the latest world's is the latest. */
    @ParameterizedTest
    @ValueSource(strings = {"levit-no-dkf", "levit-dkf-fixed"})
    void answersNameComponentsByTheirIdsAndAllCanBeLookedInto(String method) {
        LearnerOptions options = TinyLearners.withMost(TinyLearners.options(method), 3);
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 2);
        try (Learner learner = TinyLearners.open(options, 2)) {
            int latest = 1;
            for (int world = 0; world < 7; world++) {
                if (world > 0) {
                    Optional<Expansion> told = learner.onEvent(LearnerEvent.BOUNDARY);
                    assertThat(told).isPresent();
                    assertThat(told.get().componentId()).isEqualTo(latest + 1);
                }
                List<LabelledImage> images = simulator.phase(world, 48, 0);
                for (int i = 0; i < images.size(); i += 4) {
                    LearnerContractTest.observe(learner, images, i);
                }
                Inspectable inside = (Inspectable) learner;
                List<Integer> ids =
                        inside.profiles(1).stream().map(ComponentProfile::id).toList();
                latest = ids.get(ids.size() - 1);
                List<LabelledImage> test = simulator.phase(world, 20, 0);
                List<Integer> routed = new ArrayList<>();
                for (ImagePrediction answer : Learning.predict(learner, test)) {
                    routed.add(answer.routed().orElseThrow().componentId());
                }
                assertThat(ids).containsAll(routed);
                assertThat(routed).as("images of the latest world").contains(latest);
                assertThat(inside.everyAnswer(
                                test.stream().map(LabelledImage::pixels).toList()))
                        .allSatisfy(answer -> {
                            assertThat(answer.losses()).hasSize(ids.size());
                            assertThat(ids).contains(answer.routed());
                        });
                LearnerContractTest.assertInvariants(learner, options);
            }
        }
    }
}
