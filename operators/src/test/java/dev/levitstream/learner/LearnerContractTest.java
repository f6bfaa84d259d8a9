package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.learner.levit.ExpansionOptions;
import dev.levitstream.learner.levit.FusionOptions;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.learner.levit.NetworkOptions;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.testing.Seeds;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every learner promises, for each learner. */
public class LearnerContractTest {
    private static final int BATCH = 4;

    static Stream<Arguments> learnersAndSeeds() {
        return TinyLearners.methods().flatMap(method -> Seeds.few().mapToObj(seed -> Arguments.of(method, seed)));
    }

    /** Three phases, a fifth of the images without a label. */
    public static List<LabelledImage> stream(long seed) {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        List<LabelledImage> images = new ArrayList<>();
        for (int phase = 0; phase < 3; phase++) {
            images.addAll(simulator.phase(phase, 120, 0.2));
        }
        return images;
    }

    public static Outcome observe(Learner learner, List<LabelledImage> images, int from) {
        return Learning.observe(learner, images.subList(from, Math.min(images.size(), from + BATCH)));
    }

    /** What always holds, whatever was done. */
    public static void assertInvariants(Learner learner, LearnerOptions options) {
        LearnerDescription about = learner.describe();
        List<StateEntry> entries = learner.state();
        assertThat(entries).extracting(StateEntry::name).doesNotHaveDuplicates();
        if (options.own() instanceof LevitOptions own) {
            assertThat(entries)
                    .filteredOn(StateEntry::writeOnce)
                    .hasSize(Math.max(0, about.components().orElse(0) - 1));
            assertThat(about.components().orElseThrow())
                    .isBetween(1, own.expansion().maxComponents());
            assertThat(about.memoryImages().orElseThrow())
                    .isBetween(0, own.memory().capacity());
            assertThat(about.queuedWork()).isBetween(0L, (long) own.budget().queue());
        }
    }

    public static List<String> text(List<ImagePrediction> predictions) {
        return predictions.stream()
                .map(p -> p.labels() + " " + Arrays.toString(p.scores()) + " " + p.step() + " " + p.routed())
                .toList();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("learnersAndSeeds")
    void aRestoredLearnerContinuesByteForByte(String method, long seed) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(seed);
        int cut = BATCH * (5 + new SplittableRandom(seed).nextInt(80));
        try (Learner whole = TinyLearners.open(options, seed);
                Learner broken = TinyLearners.open(options, seed)) {
            for (int i = 0; i < cut; i += BATCH) {
                observe(whole, images, i);
                observe(broken, images, i);
            }
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(broken))) {
                for (int i = cut; i < images.size(); i += BATCH) {
                    Outcome expected = observe(whole, images, i);
                    Outcome found = observe(restored, images, i);
                    assertThat(text(found.predictions())).isEqualTo(text(expected.predictions()));
                    assertThat(found.expansion()).isEqualTo(expected.expansion());
                }
                assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
                assertInvariants(restored, options);
            }
        }
    }

    public static void assertSameBytes(Map<String, byte[]> found, Map<String, byte[]> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
    }

    @ParameterizedTest
    @MethodSource("learnersAndSeeds")
    void learningInSlicesWithARestoreAfterEachChangesNoByte(String method, long seed) {
        LearnerOptions options = TinyLearners.with(TinyLearners.options(method), new BudgetOptions(3, 1, 0, 50));
        List<LabelledImage> images = stream(seed);
        Learner sliced = TinyLearners.open(options, seed);
        try (Learner whole = TinyLearners.open(options, seed)) {
            for (int i = 0; i < 240; i += BATCH) {
                Outcome expected = observe(whole, images, i);
                List<LabelledImage> batch = images.subList(i, i + BATCH);
                List<ImagePrediction> predictions = new ArrayList<>();
                for (LabelledImage image : batch) { // one by one as they come
                    predictions.addAll(sliced.predict(List.of(image.pixels())));
                }
                if (i % 12 == 0) {
                    sliced = restored(sliced, options, seed);
                    List<ImagePrediction> again = Learning.predict(sliced, batch);
                    assertThat(text(again)).isEqualTo(text(predictions));
                    predictions = again;
                }
                Learning.observe(sliced, batch, predictions);
                List<WorkReport> reports = new ArrayList<>();
                while (sliced.nextWork().isPresent()) {
                    if (i % 20 == 0) {
                        sliced = restored(sliced, options, seed);
                    }
                    reports.addAll(Learning.learn(sliced, 1).orElseThrow());
                }
                assertThat(text(predictions)).isEqualTo(text(expected.predictions()));
                assertThat(reports).isEqualTo(expected.reports());
            }
            assertSameBytes(TinyLearners.state(sliced), TinyLearners.state(whole));
            assertInvariants(sliced, options);
        } finally {
            sliced.close();
        }
    }

    private static Learner restored(Learner learner, LearnerOptions options, long seed) {
        Map<String, byte[]> state = TinyLearners.state(learner);
        learner.close();
        return state.isEmpty() ? TinyLearners.open(options, seed) : TinyLearners.restore(options, state);
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void aBatchIsObservedWithPredictionsOfItsOwnStepAndAfterTheWorkOfTheOneBefore(String method) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> batch = stream(1).subList(0, 4);
        try (Learner learner = TinyLearners.open(options, 1)) {
            List<ImagePrediction> predictions = Learning.predict(learner, batch);
            Learning.observe(learner, batch, predictions);
            if (learner.nextWork().isPresent()) {
                List<ImagePrediction> early = Learning.predict(learner, batch);
                assertThatThrownBy(() -> Learning.observe(learner, batch, early))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("step=1 must be learnt before the next batch is observed");
            }
            Learning.learn(learner);
            assertThat(learner.nextWork()).isEmpty();
            assertThatThrownBy(() -> Learning.observe(learner, batch, predictions))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("prediction.step=0 must be 1");
            assertThatThrownBy(() -> learner.observe(List.of())).hasMessage("batch.size=0 must be at least 1");
            assertThat(learner.step()).isEqualTo(1);
        }
    }

    /** Labels join one by one, so that the classifier grows before anything is learnt. */
    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void aLearnerThatHasLearntNextToNothingIsStoredInShortAndIsTheSameAgain(String method) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(2);
        try (Learner whole = TinyLearners.open(options, 2)) {
            assertThat(whole.state()).isEmpty();
            for (int i = 0; i < 100; i += BATCH) {
                LabelledImage image = images.get(i);
                LabelledImage named = new LabelledImage(image.pixels(), Optional.of("label-" + i / 12));
                Map<String, byte[]> state = TinyLearners.state(whole);
                try (Learner restored =
                        state.isEmpty() ? TinyLearners.open(options, 2) : TinyLearners.restore(options, state)) {
                    assertSameBytes(TinyLearners.state(restored), state);
                    List<LabelledImage> batch = List.of(named, images.get(i + 1));
                    assertThat(text(Learning.observe(restored, batch).predictions()))
                            .isEqualTo(text(Learning.observe(whole, batch).predictions()));
                    assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
                }
                assertThat(whole.state()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void aBatchThatIsAbandonedIsNotLearnt(String method) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(4);
        try (Learner learner = TinyLearners.open(options, 4);
                Learner same = TinyLearners.open(options, 4)) {
            for (int i = 0; i < 60; i += BATCH) {
                observe(learner, images, i);
                observe(same, images, i);
            }
            List<LabelledImage> batch = images.subList(60, 64);
            Learning.observe(learner, batch, Learning.predict(learner, batch));
            learner.abandon();
            assertThat(learner.nextWork()).isEmpty();
            assertThat(learner.step()).isEqualTo(16);
            observe(same, images, 60);
            observe(learner, images, 64);
            assertInvariants(learner, options);
        }
    }

    @Test
    void theRouterIsHeardFromTheFirstComponentOn() {
        // up to the first expansion these two are the same learner with different routers: a product and a choice
        LearnerOptions product = TinyLearners.options("levit-dkf");
        LearnerOptions choice = TinyLearners.options("levit-no-dkf");
        List<LabelledImage> images = stream(1);
        try (Learner weighed = TinyLearners.open(product, 1);
                Learner chosen = TinyLearners.open(choice, 1)) {
            for (int i = 0; i < 48; i += BATCH) {
                observe(weighed, images, i);
                observe(chosen, images, i);
            }
            assertThat(weighed.describe().components()).hasValue(1);
            List<LabelledImage> asked = images.subList(48, 58);
            assertThat(text(Learning.predict(weighed, asked))).isNotEqualTo(text(Learning.predict(chosen, asked)));
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("learnersAndSeeds")
    void anAnswerDependsOnItsImageAloneToTheBit(String method, long seed) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(seed);
        try (Learner learner = TinyLearners.open(options, seed)) {
            for (int i = 0; i < 300; i += BATCH) {
                observe(learner, images, i);
            }
            List<LabelledImage> asked = new ArrayList<>(images.subList(40, 60));
            List<String> together = text(Learning.predict(learner, asked));
            List<String> alone = new ArrayList<>();
            for (LabelledImage image : asked) {
                alone.addAll(text(Learning.predict(learner, List.of(image))));
            }
            List<LabelledImage> shuffled = new ArrayList<>(asked);
            Collections.shuffle(shuffled, new Random(seed));
            List<String> permuted = text(Learning.predict(learner, shuffled));
            List<LabelledImage> withOthers = new ArrayList<>(images.subList(200, 203));
            withOthers.addAll(asked);
            List<String> padded = text(Learning.predict(learner, withOthers)).subList(3, 23);
            assertThat(alone).isEqualTo(together);
            assertThat(padded).isEqualTo(together);
            for (int i = 0; i < shuffled.size(); i++) {
                assertThat(permuted.get(i)).isEqualTo(together.get(asked.indexOf(shuffled.get(i))));
            }
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void predictingChangesNothingAndObservingPredictsFirst(String method) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(5);
        try (Learner learner = TinyLearners.open(options, 5)) {
            for (int i = 0; i < 200; i += BATCH) {
                observe(learner, images, i);
            }
            Map<String, byte[]> before = TinyLearners.state(learner);
            List<String> answers = text(Learning.predict(learner, images.subList(200, 204)));
            assertSameBytes(TinyLearners.state(learner), before);
            assertThat(text(observe(learner, images, 200).predictions())).isEqualTo(answers);
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#levits")
    void frozenBytesStayTheSameWhileTrainingGoesOn(String method) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(9);
        Map<String, byte[]> firstSeen = new HashMap<>();
        try (Learner learner = TinyLearners.open(options, 9)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
                for (StateEntry entry : learner.state()) {
                    if (entry.writeOnce()) {
                        byte[] bytes = entry.content().get();
                        byte[] first = firstSeen.putIfAbsent(entry.name(), bytes);
                        assertThat(first == null ? bytes : first)
                                .as(entry.name())
                                .isEqualTo(bytes);
                    }
                }
            }
            assertThat(firstSeen).as("the stream makes the learner expand").isNotEmpty();
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @EnumSource(KnowledgeFusion.Level.class)
    void everyLevelOfFusionLearnsAndRestores(KnowledgeFusion.Level level) {
        LearnerOptions options = TinyLearners.with(TinyLearners.options("levit-dkf"), new FusionOptions(level, 0));
        List<LabelledImage> images = stream(3);
        try (Learner learner = TinyLearners.open(options, 3)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            assertThat(learner.describe().components().orElseThrow()).isGreaterThan(1);
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(learner))) {
                assertThat(text(Learning.predict(restored, images.subList(0, 50))))
                        .isEqualTo(text(Learning.predict(learner, images.subList(0, 50))));
            }
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#answering")
    void whatIsLearntIsAnsweredRight(String method) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(method));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 1);
        List<LabelledImage> images = simulator.phase(0, 1200, 0);
        try (Learner learner = TinyLearners.open(options, 1)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            List<LabelledImage> test = simulator.phase(0, 200, 0);
            List<ImagePrediction> answers = Learning.predict(learner, test);
            long right = 0;
            for (int i = 0; i < test.size(); i++) {
                right += answers.get(i).label().equals(test.get(i).label()) ? 1 : 0;
            }
            assertThat(right).isGreaterThan(190);
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#answering")
    void aNewLabelWidensTheAnswersAndAFixedNumberOfClassesRefusesIt(String method) {
        LabelledImage a = new LabelledImage(new byte[64], Optional.of("a"));
        LabelledImage b = new LabelledImage(new byte[64], Optional.of("b"));
        LearnerOptions fixed = TinyLearners.withClasses(TinyLearners.options(method), 1);
        try (Learner grows = TinyLearners.open(TinyLearners.options(method), 0);
                Learner full = TinyLearners.open(fixed, 0)) {
            assertThat(Learning.observe(grows, List.of(a)).predictions().get(0).label())
                    .isEmpty();
            assertThat(Learning.observe(grows, List.of(b)).predictions().get(0).labels())
                    .containsExactly("a");
            assertThat(Learning.predict(grows, List.of(a)).get(0).scores()).hasSize(2);
            assertThat(Learning.predict(grows, List.of())).isEmpty();
            Learning.observe(full, List.of(a));
            assertThatThrownBy(() -> Learning.observe(full, List.of(b)))
                    .hasMessage("label=b must be one of the 1 classes known (option classes)");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#methods")
    void labelsBeyondTheMostAreRefusedAndARestoredLearnerKeepsTheOnesItHas(String method) {
        LabelledImage a = new LabelledImage(new byte[64], Optional.of("a"));
        LabelledImage b = new LabelledImage(new byte[64], Optional.of("b"));
        LearnerOptions two = TinyLearners.withMostLabels(TinyLearners.options(method), 2);
        LearnerOptions one = TinyLearners.withMostLabels(TinyLearners.options(method), 1);
        try (Learner learner = TinyLearners.open(two, 0)) {
            Learning.observe(learner, List.of(a, b));
            try (Learner restored = TinyLearners.restore(one, TinyLearners.state(learner))) {
                assertThat(restored.describe().labels()).containsExactly("a", "b");
                assertThatThrownBy(() ->
                                Learning.observe(restored, List.of(new LabelledImage(new byte[64], Optional.of("c")))))
                        .hasMessage("label=c must be one of the 1 labels known (option labels.max)");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("dev.levitstream.testing.TinyLearners#levits")
    void whatEveryComponentAnswersAgreesWithWhatIsPredicted(String method) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(method));
        List<LabelledImage> images = stream(6);
        try (Learner learner = TinyLearners.open(options, 6)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            LearnerDescription about = learner.describe();
            List<LabelledImage> asked = images.subList(300, 340);
            List<ImagePrediction> predictions = Learning.predict(learner, asked);
            List<ComponentAnswers> answers = ((Inspectable) learner)
                    .everyAnswer(asked.stream().map(LabelledImage::pixels).toList());
            for (int i = 0; i < asked.size(); i++) {
                ComponentAnswers answer = answers.get(i);
                assertThat(answer.routed())
                        .isEqualTo(predictions.get(i).routed().orElseThrow().componentId());
                assertThat(answer.answer()).isEqualTo(predictions.get(i).label());
                assertThat(answer.labels()).hasSize(about.components().orElseThrow());
                assertThat(answer.losses()).hasSize(about.components().orElseThrow());
                double sum = 0;
                for (float score : predictions.get(i).scores()) {
                    assertThat(score).isBetween(0f, 1f);
                    sum += score;
                }
                assertThat(sum).isBetween(0.99, 1.01);
            }
            List<ComponentProfile> profiles = ((Inspectable) learner).profiles(2);
            assertThat(profiles).hasSize(about.components().orElseThrow());
            assertThat(profiles.stream()
                            .mapToLong(profile -> profile.bodyParameters() + profile.vaeParameters())
                            .sum())
                    .isEqualTo(about.parameters());
            for (ComponentProfile profile : profiles) {
                double gates = 0;
                for (float gate : profile.gates()) {
                    gates += gate;
                }
                assertThat(profile.gates().length == 0 || Math.abs(gates - 1) < 1e-5)
                        .isTrue();
                assertThat(profile.generated()).hasSize(2);
            }
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"levit-dkf", "levit-dnn"})
    void augmentedAndSharingLearnersLearnAndRestoreToo(String method) {
        LearnerOptions base = TinyLearners.eager(TinyLearners.options(method));
        TrainingOptions t = TinyLearners.levit(base).training();
        NetworkOptions n = TinyLearners.levit(base).network();
        LearnerOptions options = TinyLearners.with(
                TinyLearners.with(
                        base,
                        new TrainingOptions(
                                t.batch(),
                                t.learningRate(),
                                t.gateLearningRate(),
                                t.beta1(),
                                t.beta2(),
                                t.klWeight(),
                                Augmentation.NATURAL)),
                new NetworkOptions(n.vit(), n.vae(), n.dnnHidden(), true));
        List<LabelledImage> images = stream(8);
        try (Learner whole = TinyLearners.open(options, 8)) {
            for (int i = 0; i < 240; i += BATCH) {
                observe(whole, images, i);
            }
            assertThat(whole.describe().components().orElseThrow()).isGreaterThan(1);
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(whole))) {
                for (int i = 240; i < images.size(); i += BATCH) {
                    assertThat(text(observe(restored, images, i).predictions()))
                            .isEqualTo(text(observe(whole, images, i).predictions()));
                }
                assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
            }
            assertInvariants(whole, options);
        }
    }

    @Test
    void aSharedEmbeddingStaysTheFirstComponentsAndIsCountedOnce() {
        LearnerOptions base = TinyLearners.eager(TinyLearners.options("levit-dkf"));
        NetworkOptions n = TinyLearners.levit(base).network();
        LearnerOptions sharing = TinyLearners.with(base, new NetworkOptions(n.vit(), n.vae(), n.dnnHidden(), true));
        List<LabelledImage> images = stream(8);
        try (Learner own = TinyLearners.open(base, 8);
                Learner shared = TinyLearners.open(sharing, 8)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(own, images, i);
                observe(shared, images, i);
            }
            // 16 pixels to 6, with bias, scale and shift
            int embedding = 16 * 6 + 6 + 6 + 6;
            byte[] first = Objects.requireNonNull(TinyLearners.state(shared).get("component/0001"));
            byte[] second = Objects.requireNonNull(TinyLearners.state(shared).get("component/0002"));
            assertThat(embeddingBytes(second, embedding)).isEqualTo(embeddingBytes(first, embedding));
            Map<String, byte[]> unshared = TinyLearners.state(own);
            assertThat(embeddingBytes(Objects.requireNonNull(unshared.get("component/0002")), embedding))
                    .isNotEqualTo(embeddingBytes(Objects.requireNonNull(unshared.get("component/0001")), embedding));
            assertThat(((Inspectable) shared).profiles(0).get(1).bodyParameters())
                    .isEqualTo(((Inspectable) own).profiles(0).get(1).bodyParameters() - embedding);
            assertInvariants(shared, sharing);
        }
    }

    /**
     * The first values of a sealed component: header, fused, classes, usual novelty, images, length, then the values.
     */
    private static byte[] embeddingBytes(byte[] sealed, int values) {
        int from = 12 + 2 * Integer.BYTES + Double.BYTES + Long.BYTES + Integer.BYTES;
        return Arrays.copyOfRange(sealed, from, from + values * Float.BYTES);
    }

    @Test
    void aComponentThatHasSeenItsMostImagesIsFrozen() {
        LearnerOptions base = TinyLearners.options("levit-dkf");
        ExpansionOptions e = TinyLearners.levit(base).expansion();
        LearnerOptions options = TinyLearners.with(
                base,
                new ExpansionOptions(
                        e.criterion(),
                        e.scale(),
                        1e9,
                        e.codes(),
                        e.samples(),
                        e.evidence(),
                        e.warmUp(),
                        false,
                        100,
                        9,
                        e.falseAlarm()));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 2);
        List<LabelledImage> images = simulator.phase(0, 320, 0);
        List<Integer> expansions = new ArrayList<>();
        try (Learner learner = TinyLearners.open(options, 2)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                if (observe(learner, images, i).expansion().isPresent()) {
                    expansions.add(i + BATCH);
                }
            }
            assertThat(expansions).containsExactly(100, 200, 300);
            assertInvariants(learner, options);
        }
    }

    @Test
    void anotherLearnersStateIsRefusedByName() {
        try (Learner er = TinyLearners.open(TinyLearners.options("er"), 0)) {
            observe(er, stream(0), 0);
            Map<String, byte[]> state = TinyLearners.state(er);
            assertThatThrownBy(() -> TinyLearners.restore(TinyLearners.options("levit-dkf"), state))
                    .hasMessage("learner=levit-dkf must be er as in the restored state");
        }
    }

    @Test
    void damagedOrNewerStateIsRefused() {
        LearnerOptions options = TinyLearners.options("levit-dkf");
        try (Learner learner = TinyLearners.open(options, 0)) {
            observe(learner, stream(0), 0);
            Map<String, byte[]> damaged = TinyLearners.state(learner);
            Objects.requireNonNull(damaged.get("active"))[20] ^= 1;
            assertThatThrownBy(() -> TinyLearners.restore(options, damaged))
                    .hasMessageStartingWith("state entry active: checksum=");
            Map<String, byte[]> newer = TinyLearners.state(learner);
            int next = StateCodec.FORMAT + 1;
            Objects.requireNonNull(newer.get("control"))[7] = (byte) next;
            assertThatThrownBy(() -> TinyLearners.restore(options, newer))
                    .hasMessageStartingWith(
                            "state entry control: format=" + next + " must be 1 to " + StateCodec.FORMAT);
        }
    }

    @Test
    void theEndOfTheStreamMakesQueuedWorkDueAndABoundaryExpands() {
        LearnerOptions options = TinyLearners.with(TinyLearners.options("levit-dkf"), new BudgetOptions(4, 1, 1, 50));
        List<LabelledImage> images = stream(0);
        AtomicLong clock = new AtomicLong();
        LearnerContext slow = new LearnerContext(
                options, 0, TinyLearners.COMPUTE, () -> clock.addAndGet(5_000_000), new SharedWeights());
        try (Learner learner = LearnerMethods.open(slow, Map.of())) {
            for (int i = 0; i < 32; i += BATCH) {
                observe(learner, images, i);
            }
            assertThat(learner.describe().queuedWork())
                    .as("there is time for one of four")
                    .isGreaterThan(10);
            assertThat(learner.nextWork()).isEmpty();
            learner.onEvent(LearnerEvent.END_OF_STREAM);
            assertThat(Learning.learn(learner)).hasSizeGreaterThan(10);
            assertThat(learner.describe().queuedWork()).isZero();
            assertThat(learner.onEvent(LearnerEvent.BOUNDARY).orElseThrow().componentId())
                    .isEqualTo(2);
            assertInvariants(learner, options);
        }
    }

    /** An image that was observed without its label, whose label comes later. */
    @ParameterizedTest
    @ValueSource(strings = {"levit-dkf", "er", "finetune", "nearest-mean"})
    void aLateLabelIsLearntWhereTheMethodHasAUseForIt(String method) {
        LearnerOptions options = TinyLearners.options(method);
        List<LabelledImage> images = stream(3);
        LabelledImage late = new LabelledImage(images.get(1).pixels(), Optional.of("late"));
        try (Learner learner = TinyLearners.open(options, 3)) {
            List<LabelledImage> batch = new ArrayList<>(images.subList(0, 4));
            batch.set(1, new LabelledImage(late.pixels(), Optional.empty()));
            Learning.observe(learner, batch);
            Map<String, byte[]> before = TinyLearners.state(learner);
            boolean learnt = learner.onLabel(late);
            assertThat(learnt).isEqualTo(method.equals("levit-dkf") || method.equals("er"));
            if (learnt) {
                assertThat(learner.describe().labels()).contains("late");
                assertThat(TinyLearners.state(learner)).isNotEqualTo(before);
                Learning.observe(learner, images.subList(4, 8));
                try (Learner restored = TinyLearners.restore(options, TinyLearners.state(learner))) {
                    assertThat(text(observe(restored, images, 8).predictions()))
                            .isEqualTo(text(observe(learner, images, 8).predictions()));
                }
            } else {
                assertSameBytes(TinyLearners.state(learner), before);
            }
            if (method.equals("levit-dkf")) {
                assertThat(learner.onLabel(late)).as("it has its label").isFalse();
            }
            assertInvariants(learner, options);
        }
    }

    /** Every fill of the memory expands. */
    private static LearnerOptions expanding(String method, int most) {
        LearnerOptions base = TinyLearners.options(method);
        ExpansionOptions e = TinyLearners.levit(base).expansion();
        return TinyLearners.with(
                base,
                new ExpansionOptions(
                        e.criterion(),
                        e.scale(),
                        1e-6,
                        e.codes(),
                        e.samples(),
                        e.evidence(),
                        e.warmUp(),
                        true,
                        0,
                        most,
                        e.falseAlarm()));
    }

    /** Where VAEs route, and where others fuse all frozen ones, none can go. */
    @ParameterizedTest
    @ValueSource(strings = {"levit-dnn", "levit-dkf"})
    void theCapOnComponentsHoldsAndIsReportedWhereNoneCanMerge(String method) {
        LearnerOptions options = expanding(method, 2);
        List<LabelledImage> images = stream(0);
        boolean refused = false;
        try (Learner learner = TinyLearners.open(options, 0)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                List<WorkReport> reports = observe(learner, images, i).reports();
                refused |= reports.stream().anyMatch(WorkReport::expansionRefused);
                assertThat(reports).flatExtracting(WorkReport::notices).isEmpty();
            }
            assertThat(learner.describe().components()).hasValue(2);
            assertThat(learner.onEvent(LearnerEvent.BOUNDARY)).isEmpty();
            assertThat(refused).isTrue();
            assertInvariants(learner, options);
        }
    }

    @Test
    void theCapOnComponentsHoldsWhereTheyMerge() {
        LearnerOptions options = expanding("levit-no-dkf", 2);
        List<LabelledImage> images = stream(0);
        List<Integer> ids = new ArrayList<>();
        try (Learner learner = TinyLearners.open(options, 0)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                Outcome outcome = observe(learner, images, i);
                assertThat(outcome.reports()).noneMatch(WorkReport::expansionRefused);
                outcome.expansion().ifPresent(expansion -> {
                    ids.add(expansion.componentId());
                    assertThat(expansion.componentCount()).isEqualTo(2);
                    assertThat(expansion.merged()).hasSize(ids.size() == 1 ? 0 : 1);
                    assertThat(outcome.reports())
                            .flatExtracting(WorkReport::notices)
                            .isEqualTo(expansion.merged());
                });
                assertInvariants(learner, options);
            }
        }
        assertThat(ids)
                .hasSizeGreaterThan(2)
                .isEqualTo(IntStream.range(2, 2 + ids.size()).boxed().toList());
    }
}
