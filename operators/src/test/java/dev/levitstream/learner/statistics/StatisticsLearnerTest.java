package dev.levitstream.learner.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.WorkReport;
import dev.levitstream.learner.levit.ExpansionOptions;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Learners of sums: order does not matter, late labels are as early ones, worlds are told apart. */
class StatisticsLearnerTest {
    private static LearnerOptions options(String method, Kind kind, int worlds) {
        StatisticsOptions own = new StatisticsOptions(new FeatureOptions(kind, 4, 0), 1e-2, worlds, 3e-7);
        return TinyLearners.with(TinyLearners.options(method), own);
    }

    private static void learn(Learner learner, List<LabelledImage> images) {
        for (int i = 0; i + 4 <= images.size(); i += 4) {
            Learning.observe(learner, images.subList(i, i + 4));
        }
    }

    private static List<LabelledImage> world(int phase, int count) {
        return new StreamSimulator(TinyLearners.SHAPE, 7).phase(phase, count, 0);
    }

    private static List<LabelledImage> unseen(int count) {
        return new StreamSimulator(TinyLearners.SHAPE, 8).phase(0, count, 0);
    }

    private static double right(Learner learner, List<LabelledImage> images) {
        List<ImagePrediction> answers = Learning.predict(learner, images);
        double right = 0;
        for (int i = 0; i < images.size(); i++) {
            right += answers.get(i).label().equals(images.get(i).label()) ? 1 : 0;
        }
        return right / images.size();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac"})
    void theOrderOfImagesDoesNotMatter(String method) {
        List<LabelledImage> images = world(0, 640);
        List<LabelledImage> shuffled = new ArrayList<>(images);
        Collections.shuffle(shuffled, new Random(1));
        LearnerOptions options = options(method, Kind.RANDOM, 1);
        try (Learner one = TinyLearners.open(options, 1);
                Learner other = TinyLearners.open(options, 2)) {
            learn(one, images);
            learn(other, shuffled);
            List<LabelledImage> test = unseen(200);
            assertThat(right(one, test)).isGreaterThan(0.9);
            List<ImagePrediction> expected = Learning.predict(one, test);
            List<ImagePrediction> found = Learning.predict(other, test);
            for (int i = 0; i < test.size(); i++) {
                assertThat(found.get(i).label()).isEqualTo(expected.get(i).label());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac"})
    void labelsThatComeLateAreLearntAsIfTheyHadComeInTime(String method) {
        List<LabelledImage> images = world(0, 320);
        LearnerOptions options = options(method, Kind.RANDOM, 1);
        try (Learner early = TinyLearners.open(options, 1);
                Learner late = TinyLearners.open(options, 1)) {
            learn(early, images);
            learn(
                    late,
                    images.stream()
                            .map(image -> new LabelledImage(image.pixels(), Optional.empty()))
                            .toList());
            assertThat(Learning.predict(late, images.subList(0, 1)).get(0).scores())
                    .isEmpty();
            images.forEach(image -> assertThat(late.onLabel(image)).isTrue());
            learn(early, images.subList(0, 4));
            learn(late, images.subList(0, 4));
            List<LabelledImage> test = unseen(200);
            assertThat(right(late, test)).isGreaterThan(0.9);
        }
    }

    @Test
    void eachChangeOpensAWorldAndSharedLabelsAreKeptApart() {
        try (Learner apart = TinyLearners.open(options("slda", Kind.RANDOM, 5), 1);
                Learner none = TinyLearners.open(options("none", Kind.RANDOM, 5), 1)) {
            int told = 0;
            for (int phase = 0; phase < 3; phase++) {
                List<LabelledImage> images = world(phase, 900);
                for (int i = 0; i < images.size(); i += 4) {
                    Outcome outcome = Learning.observe(apart, images.subList(i, i + 4));
                    Outcome alone = Learning.observe(none, images.subList(i, i + 4));
                    assertThat(alone.expansion())
                            .isEqualTo(outcome.expansion().map(made -> made.near(OptionalInt.empty())));
                    assertThat(alone.predictions().get(0).scores()).isEmpty();
                    if (outcome.expansion().isPresent()) {
                        told++;
                        assertThat(phase).isEqualTo(told);
                        assertThat(i).as("images since the change").isLessThan(200);
                    }
                }
            }
            assertThat(told).isEqualTo(2);
            assertThat(apart.describe().components()).hasValue(3);
        }
    }

    /** The images of the first world with a bright corner. */
    private static List<LabelledImage> withCorner(List<LabelledImage> images) {
        return images.stream()
                .map(image -> {
                    byte[] pixels = image.pixels().clone();
                    for (int at : new int[] {54, 55, 62, 63}) {
                        pixels[at] = (byte) 200;
                    }
                    return new LabelledImage(pixels, image.label());
                })
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac"})
    void aNewWorldIsToldWithTheOlderOneThatItIsLike(String method) {
        try (Learner learner = TinyLearners.open(options(method, Kind.RANDOM, 5), 1)) {
            List<OptionalInt> nearest = new ArrayList<>();
            for (List<LabelledImage> images : List.of(world(0, 900), world(1, 900), withCorner(world(0, 900)))) {
                for (int i = 0; i < images.size(); i += 4) {
                    Learning.observe(learner, images.subList(i, i + 4))
                            .expansion()
                            .ifPresent(made -> nearest.add(made.nearest()));
                }
            }
            assertThat(nearest).containsExactly(OptionalInt.of(1), OptionalInt.of(1));
            assertThat(learner.onEvent(LearnerEvent.BOUNDARY).orElseThrow().nearest())
                    .as("of a world of which nothing was seen")
                    .isEmpty();
        }
    }

    @Test
    void atTheMostWorldsAChangeIsToldAsRefused() {
        try (Learner learner = TinyLearners.open(options("slda", Kind.RANDOM, 1), 1)) {
            learn(learner, world(0, 900));
            long refused = 0;
            List<LabelledImage> images = world(1, 400);
            for (int i = 0; i < images.size(); i += 4) {
                Outcome outcome = Learning.observe(learner, images.subList(i, i + 4));
                assertThat(outcome.expansion()).isEmpty();
                refused += outcome.reports().stream()
                        .filter(report -> report.expansionRefused())
                        .count();
            }
            assertThat(refused).isEqualTo(1);
            assertThat(learner.onEvent(LearnerEvent.BOUNDARY)).isEmpty();
        }
    }

    @Test
    void beforeTheFirstSolutionLabelsAreAsLikelyAsTheyWereFrequent() {
        List<LabelledImage> images = List.of(
                new LabelledImage(new byte[64], Optional.of("a")),
                new LabelledImage(new byte[64], Optional.of("a")),
                new LabelledImage(new byte[64], Optional.of("b")),
                new LabelledImage(new byte[64], Optional.of("a")));
        try (Learner learner = TinyLearners.open(options("slda", Kind.RANDOM, 1), 1)) {
            Learning.observe(learner, images);
            assertThat(Learning.predict(learner, images.subList(0, 1)).get(0).scores())
                    .containsExactly(0.75f, 0.25f);
        }
    }

    /** LEViT with one component, whose criterion watches features. */
    private static LearnerOptions twoSample(String method) {
        LearnerOptions options = TinyLearners.withMost(TinyLearners.options(method), 1);
        ExpansionOptions e = TinyLearners.levit(options).expansion();
        return TinyLearners.with(
                options,
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
                        1,
                        3e-7));
    }

    /** The same images with the names of their classes exchanged. */
    private static List<LabelledImage> exchanged(List<LabelledImage> images) {
        return images.stream()
                .map(image -> new LabelledImage(
                        image.pixels(), image.label().map(label -> label.equals("p0-0") ? "p0-1" : "p0-0")))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"slda", "ncm", "ranpac", "levit-dkf"})
    void labelsThatMeanOtherImagesNowAreToldAndLearntAnew(String method) {
        LearnerOptions options = method.equals("levit-dkf") ? twoSample(method) : options(method, Kind.RANDOM, 5);
        try (Learner learner = TinyLearners.open(options, 1)) {
            learn(learner, world(0, 1200));
            List<LabelledImage> after = exchanged(new StreamSimulator(TinyLearners.SHAPE, 9).phase(0, 1200, 0));
            int told = -1;
            for (int i = 0; i < after.size(); i += 4) {
                Outcome outcome = Learning.observe(learner, after.subList(i, i + 4));
                assertThat(outcome.expansion()).isEmpty();
                for (WorkReport report : outcome.reports()) {
                    for (LearnerNotice notice : report.notices()) {
                        assertThat(told).as("told once").isEqualTo(-1);
                        assertThat(notice.kind()).isEqualTo(LearnerNotice.Kind.LABELS_CHANGED);
                        assertThat(notice.reason()).contains("p0-0").contains("p0-1");
                        told = i + 4;
                    }
                }
            }
            assertThat(told).isBetween(150, 300);
            assertThat(right(learner, exchanged(unseen(200)))).isGreaterThan(0.95);
        }
    }
}
