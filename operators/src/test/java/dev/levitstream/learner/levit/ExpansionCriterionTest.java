package dev.levitstream.learner.levit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.ComponentAnswers;
import dev.levitstream.learner.Evidence;
import dev.levitstream.learner.Expansion;
import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Inspectable;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerEvent;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.Routed;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.change.ChangeDetector;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.levit.ExpansionOptions.Codes;
import dev.levitstream.learner.levit.ExpansionOptions.Criterion;
import dev.levitstream.learner.levit.ExpansionOptions.Scale;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExpansionCriterionTest {
    private static final int PHASE = 800;

    static Stream<Arguments> criteria() {
        return Stream.of(
                Arguments.of(Criterion.NOVELTY, Scale.RATIO, 1.6, false),
                Arguments.of(Criterion.NOVELTY, Scale.ABSOLUTE, 4.0, false),
                Arguments.of(Criterion.TWO_SAMPLE, Scale.RATIO, 1.6, false),
                Arguments.of(Criterion.RECONSTRUCTION, Scale.RATIO, 3.0, true),
                Arguments.of(Criterion.RECONSTRUCTION, Scale.ABSOLUTE, 3.0, true),
                Arguments.of(Criterion.LATENT, Scale.RATIO, 1.3, true));
    }

    private static ExpansionOptions expansion(
            Criterion criterion, Scale scale, double threshold, double evidence, boolean firstFill) {
        return new ExpansionOptions(
                criterion,
                scale,
                threshold,
                Codes.MEAN,
                64,
                evidence,
                200,
                firstFill,
                0,
                9,
                ChangeDetector.FALSE_ALARM);
    }

    /** A world, then another one. */
    private static List<LabelledImage> twoWorlds(StreamSimulator simulator, int second) {
        List<LabelledImage> images = new ArrayList<>(simulator.phase(0, PHASE, 0));
        images.addAll(simulator.phase(1, second, 0));
        return images;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("criteria")
    void aChangedWorldExpandsAndAnUnchangedOneDoesNot(
            Criterion criterion, Scale scale, double threshold, boolean firstFill) {
        LearnerOptions options = TinyLearners.with(
                TinyLearners.eager(TinyLearners.options("levit-no-dkf")),
                expansion(criterion, scale, threshold, 10, firstFill));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 4);
        List<LabelledImage> images = twoWorlds(simulator, PHASE);
        List<Integer> expansions = new ArrayList<>();
        try (Learner learner = TinyLearners.open(options, 4)) {
            for (int i = 0; i < images.size(); i += 4) {
                if (LearnerContractTest.observe(learner, images, i).expansion().isPresent()) {
                    expansions.add(i);
                }
            }
            LearnerContractTest.assertInvariants(learner, options);
        }
        if (firstFill) {
            assertThat(expansions.remove(0)).isBetween(60, 70);
        }
        assertThat(expansions).as("before the change").noneMatch(at -> at < PHASE);
        assertThat(expansions).as("after the change").anyMatch(at -> at >= PHASE && at < PHASE + 300);
    }

    @ParameterizedTest
    @EnumSource(names = {"NOVELTY", "TWO_SAMPLE"})
    void knownImagesOfAnOlderComponentAreNoChange(Criterion criterion) {
        LearnerOptions base = TinyLearners.with(
                TinyLearners.eager(TinyLearners.options("levit-dkf")),
                expansion(criterion, Scale.RATIO, 1.6, 10, false));
        // large enough that the images of a change, before it is noticed, do not push the old world out of the memory
        MemoryOptions memory = new MemoryOptions(512, MemoryOptions.Admission.FIFO, MemoryOptions.Unlabelled.ROUTED);
        LearnerOptions options = TinyLearners.with(base, memory);
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 4);
        List<LabelledImage> images = twoWorlds(simulator, PHASE);
        try (Learner learner = TinyLearners.open(options, 4)) {
            for (int i = 0; i < images.size(); i += 4) {
                LearnerContractTest.observe(learner, images, i);
            }
            int before = learner.describe().components().orElseThrow();
            List<LabelledImage> again = simulator.phase(0, PHASE, 1); // the first world again, without labels
            for (int i = 0; i < again.size(); i += 4) {
                LearnerContractTest.observe(learner, again, i);
            }
            assertThat(before).isGreaterThan(1);
            assertThat(learner.describe().components().orElseThrow()).isEqualTo(before);
        }
    }

    @Test
    void aComponentIsFrozenAsItWasBeforeTheChangeThatWasNoticed() {
        LearnerOptions options = TinyLearners.with(
                TinyLearners.eager(TinyLearners.options("levit-dkf")),
                expansion(Criterion.NOVELTY, Scale.RATIO, 1.6, 30, false));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 4);
        List<LabelledImage> images = twoWorlds(simulator, PHASE);
        List<LabelledImage> test = simulator.phase(0, 200, 0);
        try (Learner learner = TinyLearners.open(options, 4)) {
            long before = 0;
            int at = 0;
            boolean expanded = false;
            while (!expanded) {
                if (at == PHASE) {
                    before = rightOfFirst(learner, test);
                }
                expanded = LearnerContractTest.observe(learner, images, at)
                        .expansion()
                        .isPresent();
                at += 4;
            }
            assertThat(at).as("images until the change is noticed").isBetween(PHASE + 12, PHASE + 300);
            assertThat(before).isGreaterThan(180);
            assertThat(rightOfFirst(learner, test)).isGreaterThanOrEqualTo(before - 4);
            LearnerContractTest.assertInvariants(learner, options);
        }
    }

    /** What each criterion knows besides, and the component that the new one is like, the only one there is. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("criteria")
    void anExpansionTellsWhatItsCriterionKnows(Criterion criterion, Scale scale, double threshold, boolean firstFill) {
        LearnerOptions options = TinyLearners.with(
                TinyLearners.eager(TinyLearners.options("levit-no-dkf")),
                expansion(criterion, scale, threshold, 10, firstFill));
        List<LabelledImage> images = twoWorlds(new StreamSimulator(TinyLearners.SHAPE, 4), PHASE);
        List<Expansion> told = new ArrayList<>();
        PageSum sum = new PageSum(10);
        try (Learner learner = TinyLearners.open(options, 4)) {
            for (int i = 0; i < images.size() && told.size() < (firstFill ? 2 : 1); i += 4) {
                Outcome outcome = LearnerContractTest.observe(learner, images, i);
                sum.observed(outcome.predictions());
                if (criterion == Criterion.NOVELTY && outcome.expansion().isPresent()) {
                    assertThat(evidence(outcome.expansion().get()).orElseThrow())
                            .isEqualTo(new Evidence(OptionalDouble.empty(), sum.since));
                }
                outcome.expansion().ifPresent(told::add);
                sum.checked(outcome.expansion().isPresent());
            }
        }
        if (firstFill) {
            Expansion first = told.remove(0);
            assertThat(first.verdict()).isEmpty();
            assertThat(first.nearest()).as("nothing was seen of it").isEmpty();
        }
        Expansion expansion = told.get(0);
        assertThat(expansion.nearest().orElseThrow()).isBetween(1, expansion.componentId() - 1);
        Optional<Evidence> evidence = evidence(expansion);
        assertThat(evidence.isPresent()).isNotEqualTo(criterion.comparesMemory());
        if (criterion == Criterion.TWO_SAMPLE) {
            assertThat(evidence.orElseThrow().probability().orElseThrow()).isLessThan(ChangeDetector.FALSE_ALARM);
            assertThat(evidence.get().images()).isBetween(70L, 140L);
            assertThat(evidence.get().typicalAfter())
                    .hasSize(3)
                    .allMatch(age -> age < evidence.get().images());
            assertThat(evidence.get().typicalBefore())
                    .hasSize(3)
                    .allMatch(age -> age >= evidence.get().images());
        }
    }

    private static Optional<Evidence> evidence(Expansion expansion) {
        return expansion.verdict().flatMap(Verdict::evidence);
    }

    /** Page's sum over what the answers say, while there is one component. */
    private static final class PageSum {
        private final double limit;
        private double sum;
        private long since;

        private PageSum(double limit) {
            this.limit = limit;
        }

        private void observed(List<ImagePrediction> answers) {
            for (ImagePrediction answer : answers) {
                Routed routed = answer.routed().orElseThrow();
                if (!Float.isNaN(routed.noveltyThreshold())) {
                    sum = Math.max(0, sum + Math.min(routed.novelty() / (double) routed.noveltyThreshold(), 2.5) - 1);
                    since = sum > 0 ? since + 1 : 0;
                }
            }
        }

        /** Images that have become familiar halve the sum. */
        private void checked(boolean expanded) {
            sum = sum > limit && !expanded ? sum / 2 : sum;
        }
    }

    /** Where VAEs route there are no sums: the component is told whose VAE explains the images that came last. */
    @Test
    void withoutSumsTheNearestComponentIsTheOneWhoseVaeExplainsBest() {
        LearnerOptions options = TinyLearners.with(
                TinyLearners.eager(TinyLearners.options("levit-dnn")),
                expansion(Criterion.NOVELTY, Scale.RATIO, 1.6, 10, false));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 4);
        List<Integer> nearest = new ArrayList<>();
        try (Learner learner = TinyLearners.open(options, 4)) {
            for (int phase = 0; phase < 3; phase++) {
                List<LabelledImage> images = simulator.phase(phase, PHASE, 0);
                for (int i = 0; i < images.size(); i += 4) {
                    Optional<Expansion> expansion =
                            LearnerContractTest.observe(learner, images, i).expansion();
                    if (expansion.isPresent()) {
                        int told = expansion.get().nearest().orElseThrow();
                        nearest.add(told);
                        assertThat(told).isEqualTo(explaining(learner, images.subList(i, i + 4)));
                    }
                }
            }
        }
        assertThat(nearest).startsWith(1).hasSizeGreaterThan(1);
    }

    /** The frozen component with the smallest mean loss. */
    private static int explaining(Learner learner, List<LabelledImage> images) {
        List<ComponentAnswers> answers = ((Inspectable) learner)
                .everyAnswer(images.stream().map(LabelledImage::pixels).toList());
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < learner.describe().components().orElseThrow() - 1; c++) {
            int component = c;
            double mean = answers.stream()
                    .mapToDouble(answer -> answer.losses()[component])
                    .average()
                    .orElseThrow();
            if (mean < least) {
                least = mean;
                best = c + 1;
            }
        }
        return best;
    }

    private static LearnerOptions twoSample(String method) {
        return TinyLearners.with(
                TinyLearners.eager(TinyLearners.options(method)),
                expansion(Criterion.TWO_SAMPLE, Scale.RATIO, 1, 10, false));
    }

    @Test
    void aTwoSampleTestGoesOnWhereItWasStored() {
        LearnerOptions options = twoSample("levit-no-dkf");
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 5);
        List<LabelledImage> images = twoWorlds(simulator, PHASE / 4);
        Learner restored = TinyLearners.open(options, 5);
        try (Learner learner = TinyLearners.open(options, 5)) {
            for (int i = 0; i < images.size(); i += 4) {
                LearnerContractTest.observe(learner, images, i);
                LearnerContractTest.observe(restored, images, i);
                if (i % 100 == 0) {
                    Map<String, byte[]> state = TinyLearners.state(learner);
                    assertThat(TinyLearners.state(restored))
                            .as("after image %d", i)
                            .containsExactlyEntriesOf(state);
                    restored.close();
                    restored = TinyLearners.restore(options, state);
                }
            }
            assertThat(learner.describe().components()).hasValue(2);
        } finally {
            restored.close();
        }
    }

    @Test
    void aBoundaryThatSomebodyTellsBeginsAWorldForTheTwoSampleTestToo() {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 6);
        List<LabelledImage> images = twoWorlds(simulator, 2 * PHASE);
        try (Learner learner = TinyLearners.open(twoSample("levit-no-dkf"), 6)) {
            for (int i = 0; i < images.size(); i += 4) {
                if (i == PHASE) {
                    assertThat(learner.onEvent(LearnerEvent.BOUNDARY)).isPresent();
                }
                LearnerContractTest.observe(learner, images, i);
            }
            assertThat(learner.describe().components()).hasValue(2);
        }
    }

    @Test
    void aRouterWithoutFeaturesHasNothingToCompare() {
        assertThatThrownBy(() -> twoSample("levit-dnn"))
                .hasMessage(
                        "expansion.criterion=TWO_SAMPLE must not be two-sample with routing.router=vae, which has no"
                                + " features to compare");
    }

    /** How many images the first component would answer right. */
    private static long rightOfFirst(Learner learner, List<LabelledImage> test) {
        List<ComponentAnswers> answers = ((Inspectable) learner)
                .everyAnswer(test.stream().map(LabelledImage::pixels).toList());
        long right = 0;
        for (int i = 0; i < test.size(); i++) {
            right += answers.get(i).labels().get(0).equals(test.get(i).label()) ? 1 : 0;
        }
        return right;
    }

    @Test
    void meanDistanceIsTheMeanOfRowDistances() {
        float[] a = {0, 0, 1, 1};
        float[] b = {3, 4, 1, 2};
        assertThat(LatentDistance.meanDistance(a, b, 2)).isEqualTo((5 + 1) / 2.0);
    }

    @Test
    void aDistanceAtTheThresholdIsFamiliar() {
        assertThat(new Verdict(2, 2).isNovel()).isFalse();
        assertThat(new Verdict(Math.nextUp(2.0), 2).isNovel()).isTrue();
    }
}
