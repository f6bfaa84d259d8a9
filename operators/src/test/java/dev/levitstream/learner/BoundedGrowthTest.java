package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.levit.ExpansionOptions;
import dev.levitstream.learner.levit.FusionOptions;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.learner.statistics.StatisticsOptions;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many worlds through a cap of five: what is kept does not grow, and what is answered stays right. */
class BoundedGrowthTest {
    private static final int MOST = 5;
    private static final int WORLDS = 12;
    private static final int IMAGES = 120;
    private static final int BATCH = 4;

    /**
     * Two labels that all worlds share, and four kinds of worlds, two of them to begin with and two later. A bar means
     * one label in the first of the two and the other in the second, so that none can learn both as one.
     */
    private static List<LabelledImage> world(int number, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed * 1000 + number);
        boolean turned = number % 2 == 1;
        boolean rows = number < WORLDS / 2;
        int ground = (turned ? 100 : 20) + 10 * (number / 2 % 3);
        List<LabelledImage> images = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int bar = random.nextInt(2);
            byte[] pixels = new byte[TinyLearners.SHAPE.size()];
            for (int i = 0; i < pixels.length; i++) {
                boolean bright = (rows ? i / 8 : i % 8) / 2 == 1 + bar;
                pixels[i] = (byte) ((bright ? 200 : ground) + random.nextInt(40));
            }
            images.add(new LabelledImage(pixels, Optional.of("label-" + (turned ? 1 - bar : bar))));
        }
        return images;
    }

    private static LearnerOptions options(String method, int most) {
        LearnerOptions base = TinyLearners.options(method);
        if (!TinyLearners.isLevit(method)) {
            return TinyLearners.with(
                    base, new StatisticsOptions(new FeatureOptions(Kind.RANDOM, 4, 0), 1e-2, most, 3e-7));
        }
        ExpansionOptions e = TinyLearners.levit(base).expansion();
        ExpansionOptions told = new ExpansionOptions(
                ExpansionOptions.Criterion.NOVELTY,
                e.scale(),
                1e6,
                e.codes(),
                e.samples(),
                e.evidence(),
                e.warmUp(),
                false,
                0,
                most,
                e.falseAlarm());
        return TinyLearners.with(TinyLearners.with(base, told), new FusionOptions(KnowledgeFusion.Level.FEATURES, 1));
    }

    private static void learn(Learner learner, List<LabelledImage> images) {
        for (int i = 0; i < images.size(); i += BATCH) {
            Learning.observe(learner, images.subList(i, i + BATCH));
        }
    }

    private static double right(Learner learner, List<LabelledImage> images) {
        List<ImagePrediction> answers = Learning.predict(learner, images);
        long right = IntStream.range(0, images.size())
                .filter(i -> answers.get(i).label().equals(images.get(i).label()))
                .count();
        return (double) right / images.size();
    }

    /** Share of right answers to other images of all worlds; told of {@code told} changes. */
    private static double rightAfter(LearnerOptions options, int told) {
        try (Learner learner = TinyLearners.open(options, 1)) {
            List<LabelledImage> test = new ArrayList<>();
            for (int world = 0; world < WORLDS; world++) {
                if (world > 0 && world <= told) {
                    assertThat(learner.onEvent(LearnerEvent.BOUNDARY)).isPresent();
                }
                learn(learner, world(world, IMAGES, 1));
                test.addAll(world(world, 30, 2));
            }
            return right(learner, test);
        }
    }

    /** Until now the last component went on with whatever came after the cap. */
    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "levit-dkf", "levit-no-dkf"})
    void mergingIsRightMoreOftenThanLearningOnAndAlmostAsOftenAsWithoutACap(String method) {
        double merging = rightAfter(options(method, MOST), WORLDS);
        double refusing = rightAfter(options(method, MOST), MOST - 1);
        double unbounded = rightAfter(options(method, WORLDS), WORLDS);
        System.out.printf("%s: merging %.3f refusing %.3f unbounded %.3f%n", method, merging, refusing, unbounded);
        assertThat(merging).isGreaterThan(refusing + 0.02).isGreaterThan(unbounded - 0.02);
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac", "none", "levit-dkf", "levit-no-dkf"})
    void whatIsKeptDoesNotGrowAndNoIdComesTwice(String method) {
        LearnerOptions options = options(method, MOST);
        List<Long> sizes = new ArrayList<>();
        TreeSet<Integer> ids = new TreeSet<>(List.of(1));
        try (Learner learner = TinyLearners.open(options, 1)) {
            for (int world = 0; world < WORLDS; world++) {
                if (world > 0) {
                    Expansion expansion = learner.onEvent(LearnerEvent.BOUNDARY).orElseThrow();
                    assertThat(expansion.componentId()).isEqualTo(world + 1);
                    assertThat(ids.add(expansion.componentId())).isTrue();
                    assertThat(expansion.componentCount()).isEqualTo(Math.min(world + 1, MOST));
                    assertThat(expansion.merged())
                            .hasSize(world < MOST || method.equals("none") ? 0 : 1)
                            .allSatisfy(notice -> {
                                assertThat(notice.kind()).isEqualTo(LearnerNotice.Kind.WORLDS_MERGED);
                                assertThat(notice.component()).isPresent();
                            });
                }
                learn(learner, world(world, IMAGES, 1));
                assertThat(learner.describe().components()).hasValue(Math.min(world + 1, MOST));
                LearnerContractTest.assertInvariants(learner, options);
                sizes.add(TinyLearners.state(learner).values().stream()
                        .mapToLong(bytes -> bytes.length)
                        .sum());
            }
        }
        // a change's detector keeps what it needs to know worlds again, which it forgets by itself
        assertThat(sizes.get(WORLDS - 1)).isLessThanOrEqualTo(Math.round(1.02 * sizes.get(MOST)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "none", "levit-dkf", "levit-no-dkf"})
    void aRestoredLearnerGoesOnToTheSameBytesHoweverManyHaveMerged(String method) {
        LearnerOptions options = options(method, 3);
        Learner restored = TinyLearners.open(options, 1);
        try (Learner whole = TinyLearners.open(options, 1)) {
            for (int world = 0; world < 8; world++) {
                if (world > 0) {
                    assertThat(restored.onEvent(LearnerEvent.BOUNDARY)).isEqualTo(whole.onEvent(LearnerEvent.BOUNDARY));
                }
                List<LabelledImage> images = world(world, 60, 1);
                learn(whole, images);
                learn(restored, images);
                Map<String, byte[]> state = TinyLearners.state(restored);
                LearnerContractTest.assertSameBytes(state, TinyLearners.state(whole));
                restored.close();
                restored = TinyLearners.restore(options, state);
                List<LabelledImage> test = world(world, 8, 2);
                assertThat(LearnerContractTest.text(Learning.predict(restored, test)))
                        .isEqualTo(LearnerContractTest.text(Learning.predict(whole, test)));
            }
        } finally {
            restored.close();
        }
    }

    /** Images without a label change no sums. */
    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac"})
    void answersGoByTheMergedSumsAtOnce(String method) {
        try (Learner learner = TinyLearners.open(options(method, 2), 1)) {
            for (int world : new int[] {0, 6}) {
                learner.onEvent(LearnerEvent.BOUNDARY);
                learn(learner, world(world, IMAGES, 1));
            }
            assertThat(learner.onEvent(LearnerEvent.BOUNDARY).orElseThrow().merged())
                    .hasSize(1);
            List<LabelledImage> test = world(0, 20, 2);
            List<float[]> answers = scores(learner, test);
            learn(
                    learner,
                    test.stream()
                            .map(image -> new LabelledImage(image.pixels(), Optional.empty()))
                            .toList());
            assertThat(scores(learner, test)).usingRecursiveComparison().isEqualTo(answers);
        }
    }

    private static List<float[]> scores(Learner learner, List<LabelledImage> images) {
        return Learning.predict(learner, images).stream()
                .map(ImagePrediction::scores)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "levit-dkf"})
    void aLowerCapThanBeforeHoldsFromTheNextWorldOn(String method) {
        try (Learner learner = TinyLearners.open(options(method, WORLDS), 1)) {
            for (int world = 0; world < 8; world++) {
                if (world > 0) {
                    learner.onEvent(LearnerEvent.BOUNDARY);
                }
                learn(learner, world(world, 60, 1));
            }
            try (Learner restored = TinyLearners.restore(options(method, MOST), TinyLearners.state(learner))) {
                assertThat(restored.describe().components()).hasValue(8);
                Expansion expansion = restored.onEvent(LearnerEvent.BOUNDARY).orElseThrow();
                assertThat(expansion.componentId()).isEqualTo(9);
                assertThat(expansion.componentCount()).isEqualTo(MOST);
                assertThat(expansion.merged()).hasSize(4);
                learn(restored, world(8, 60, 1));
                assertThat(right(restored, world(0, 60, 2))).isGreaterThan(0.9);
            }
        }
    }

    /** A detector tells changes; worlds return long after they became parts of others. */
    @ParameterizedTest
    @ValueSource(strings = {"slda", "none", "levit-dkf"})
    void worldsThatReturnAfterTheyMergedAreAnsweredRight(String method) {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 5);
        try (Learner learner = TinyLearners.open(detecting(method), 1)) {
            List<LearnerNotice.Kind> told = new ArrayList<>();
            Set<Integer> components = new TreeSet<>(Set.of(1));
            for (int phase : new int[] {0, 1, 2, 3, 0, 2, 1, 3}) {
                List<LabelledImage> images = simulator.phase(phase, 800, 0);
                for (int i = 0; i < images.size(); i += BATCH) {
                    Outcome outcome = Learning.observe(learner, images.subList(i, i + BATCH));
                    for (WorkReport report : outcome.reports()) {
                        report.expansion().ifPresent(made -> components.add(made.componentId()));
                        report.notices().forEach(notice -> {
                            told.add(notice.kind());
                            switch (notice.kind()) {
                                case WORLDS_MERGED ->
                                    components.remove(
                                            Integer.valueOf(notice.reason().split(" ", -1)[1]));
                                case WORLD_RETURNED ->
                                    assertThat(components)
                                            .contains(notice.component().orElseThrow());
                                default -> throw new AssertionError(notice);
                            }
                        });
                    }
                }
                assertThat(right(learner, simulator.phase(phase, 60, 0)))
                        .as("phase %d after %s", phase, told)
                        .satisfies(right ->
                                assertThat(method.equals("none") || right > 0.9).isTrue());
            }
            assertThat(told).contains(LearnerNotice.Kind.WORLD_RETURNED);
            assertThat(told.contains(LearnerNotice.Kind.WORLDS_MERGED)).isEqualTo(!method.equals("none"));
            assertThat(learner.describe().components()).hasValue(3);
        }
    }

    private static LearnerOptions detecting(String method) {
        LearnerOptions base = options(method, 3);
        if (!TinyLearners.isLevit(method)) {
            return base;
        }
        ExpansionOptions e = TinyLearners.levit(base).expansion();
        return TinyLearners.with(
                base,
                new ExpansionOptions(
                        ExpansionOptions.Criterion.TWO_SAMPLE,
                        e.scale(),
                        e.threshold(),
                        e.codes(),
                        e.samples(),
                        e.evidence(),
                        e.warmUp(),
                        false,
                        0,
                        3,
                        e.falseAlarm()));
    }
}
