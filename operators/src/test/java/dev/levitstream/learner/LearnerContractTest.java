package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.nn.model.KnowledgeFusion;
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
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every learner promises, for each learner. */
class LearnerContractTest {
    private static final int BATCH = 4;

    static Stream<Arguments> learnersAndSeeds() {
        return Arrays.stream(LearnerKind.values())
                .flatMap(kind -> LongStream.range(0, 20).mapToObj(seed -> Arguments.of(kind, seed)));
    }

    /** Three phases, a fifth of the images without a label. */
    static List<LabelledImage> stream(long seed) {
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, seed);
        List<LabelledImage> images = new ArrayList<>();
        for (int phase = 0; phase < 3; phase++) {
            images.addAll(simulator.phase(phase, 120, 0.2));
        }
        return images;
    }

    static Outcome observe(Learner learner, List<LabelledImage> images, int from) {
        return learner.observe(images.subList(from, Math.min(images.size(), from + BATCH)));
    }

    /** What always holds, whatever was done. */
    static void assertInvariants(Learner learner, LearnerOptions options) {
        LearnerDescription about = learner.describe();
        assertThat(about.components()).isBetween(1, options.expansion().maxComponents());
        assertThat(about.memoryImages()).isBetween(0, options.memory().capacity());
        assertThat(about.queuedUpdates()).isBetween(0L, (long) options.budget().queue());
        List<StateEntry> entries = learner.state();
        assertThat(entries).extracting(StateEntry::name).doesNotHaveDuplicates();
        assertThat(entries).filteredOn(StateEntry::writeOnce).hasSize(about.components() - 1);
    }

    static List<String> text(List<ImagePrediction> predictions) {
        return predictions.stream()
                .map(p -> p.labels() + " " + Arrays.toString(p.scores()) + " " + p.componentId() + " " + p.novelty()
                        + " " + p.noveltyThreshold())
                .toList();
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("learnersAndSeeds")
    void aRestoredLearnerContinuesByteForByte(LearnerKind kind, long seed) {
        LearnerOptions options = TinyLearners.options(kind);
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

    static void assertSameBytes(Map<String, byte[]> found, Map<String, byte[]> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
    }

    @ParameterizedTest
    @MethodSource("learnersAndSeeds")
    void learningInSlicesWithARestoreAfterEachChangesNoByte(LearnerKind kind, long seed) {
        LearnerOptions options = TinyLearners.with(TinyLearners.options(kind), new BudgetOptions(3, 1, 0, 1, 50));
        List<LabelledImage> images = stream(seed);
        Learner sliced = TinyLearners.open(options, seed);
        try (Learner whole = TinyLearners.open(options, seed)) {
            int slices = 0;
            for (int i = 0; i < 240; i += BATCH) {
                Outcome expected = observe(whole, images, i);
                List<String> answers = new ArrayList<>();
                for (LabelledImage image : images.subList(i, i + BATCH)) { // one by one as they come
                    if (i % 12 == 0) {
                        Map<String, byte[]> state = TinyLearners.state(sliced);
                        List<LabelledImage> answered = images.subList(i, i + answers.size());
                        sliced.close();
                        sliced = TinyLearners.restore(options, state);
                        if (!answered.isEmpty()) {
                            assertThat(text(sliced.answer(answered).predictions()))
                                    .isEqualTo(answers);
                        }
                    }
                    answers.addAll(text(sliced.answer(List.of(image)).predictions()));
                }
                sliced.begin();
                Optional<Lesson> lesson = Optional.empty();
                while (lesson.isEmpty()) {
                    if (i % 20 == 0) {
                        Map<String, byte[]> state = TinyLearners.state(sliced);
                        sliced.close();
                        sliced = TinyLearners.restore(options, state);
                    }
                    assertThat(sliced.isLearning()).isTrue();
                    lesson = sliced.learn(1);
                    slices++;
                }
                assertThat(answers).isEqualTo(text(expected.predictions()));
                assertThat(lesson.get()).isEqualTo(expected.lesson());
            }
            assertThat(slices).isGreaterThan(100);
            Learner done = sliced;
            assertThat(done.isLearning()).isFalse();
            assertThatThrownBy(() -> done.learn(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(done::begin).hasMessageContaining("no image was answered");
            done.answer(images.subList(240, 244));
            done.begin();
            assertThatThrownBy(() -> done.answer(images.subList(244, 248))).hasMessageContaining("must be learnt");
            assertInvariants(done, options);
        } finally {
            sliced.close();
        }
    }

    /** Two of them have learnt for longer than the third, so that they differ in components, classes and updates. */
    @ParameterizedTest
    @MethodSource("learnersAndSeeds")
    void aFleetComesToTheBytesOfItsLearnersAlone(LearnerKind kind, long seed) {
        LearnerOptions options = TinyLearners.with(TinyLearners.options(kind), new BudgetOptions(3, 1, 0, 1, 50));
        List<LabelledImage> images = stream(seed);
        List<Learner> alone = new ArrayList<>();
        List<Learner> fleet = new ArrayList<>();
        for (int g = 0; g < 3; g++) {
            alone.add(TinyLearners.open(options, seed + g));
            fleet.add(TinyLearners.open(options, seed + g));
        }
        int together = 0;
        for (int i = 0; i < 140; i += BATCH) {
            int members = i < 60 ? 2 : 3;
            Map<Learner, Lesson> lessons = new HashMap<>();
            for (Learner learner : fleet.subList(0, members)) {
                learner.answer(images.subList(i, i + BATCH));
                learner.begin();
            }
            while (fleet.stream().anyMatch(Learner::isLearning)) {
                List<Learner> learning =
                        fleet.stream().filter(Learner::isLearning).toList();
                together += learning.size() > 1 ? 1 : 0;
                List<Slice> some = Fleet.learn(learning, 1 + (i + together) % 3);
                for (int k = 0; k < some.size(); k++) {
                    Learner learner = learning.get(k);
                    some.get(k).lesson().ifPresent(lesson -> lessons.put(learner, lesson));
                }
            }
            for (int g = 0; g < members; g++) {
                Outcome expected = observe(alone.get(g), images, i);
                assertThat(lessons.get(fleet.get(g))).isEqualTo(expected.lesson());
            }
        }
        assertThat(together).isGreaterThan(50);
        for (int g = 0; g < 3; g++) {
            assertSameBytes(TinyLearners.state(fleet.get(g)), TinyLearners.state(alone.get(g)));
            assertInvariants(fleet.get(g), options);
            fleet.get(g).close();
            alone.get(g).close();
        }
    }

    /** Labels join one by one, so that the classifier grows before anything is learnt. */
    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void aLearnerThatHasLearntNextToNothingIsStoredInShortAndIsTheSameAgain(LearnerKind kind) {
        LearnerOptions options = TinyLearners.options(kind);
        List<LabelledImage> images = stream(2);
        try (Learner whole = TinyLearners.open(options, 2)) {
            assertThat(whole.isBlank()).isTrue();
            for (int i = 0; i < 100; i += BATCH) {
                LabelledImage image = images.get(i);
                LabelledImage named = new LabelledImage(image.pixels(), Optional.of("label-" + i / 12));
                try (Learner restored = TinyLearners.restore(options, TinyLearners.state(whole))) {
                    assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
                    List<LabelledImage> batch = List.of(named, images.get(i + 1));
                    assertThat(text(restored.observe(batch).predictions()))
                            .isEqualTo(text(whole.observe(batch).predictions()));
                    assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
                }
                assertThat(whole.isBlank()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void aBatchThatIsAbandonedIsNotLearnt(LearnerKind kind) {
        LearnerOptions options = TinyLearners.options(kind);
        List<LabelledImage> images = stream(4);
        try (Learner learner = TinyLearners.open(options, 4);
                Learner same = TinyLearners.open(options, 4)) {
            for (int i = 0; i < 60; i += BATCH) {
                observe(learner, images, i);
                observe(same, images, i);
            }
            learner.answer(images.subList(60, 63)); // answered, never taken in
            learner.abandon();
            assertThat(text(observe(learner, images, 64).predictions()))
                    .isEqualTo(text(observe(same, images, 64).predictions()));
            learner.answer(images.subList(68, 72));
            learner.begin();
            learner.abandon();
            assertThat(learner.isLearning()).isFalse();
            assertThat(learner.step()).isEqualTo(17);
            learner.observe(images.subList(72, 76));
            assertInvariants(learner, options);
        }
    }

    @Test
    void theRouterIsHeardFromTheFirstComponentOn() {
        // up to the first expansion these two are the same learner with different routers: a product and a choice
        LearnerOptions product = TinyLearners.options(LearnerKind.LEVIT_DKF);
        LearnerOptions choice = TinyLearners.options(LearnerKind.LEVIT_NO_DKF);
        List<LabelledImage> images = stream(1);
        try (Learner weighed = TinyLearners.open(product, 1);
                Learner chosen = TinyLearners.open(choice, 1)) {
            for (int i = 0; i < 48; i += BATCH) {
                observe(weighed, images, i);
                observe(chosen, images, i);
            }
            assertThat(weighed.describe().components()).isEqualTo(1);
            List<LabelledImage> asked = images.subList(48, 58);
            assertThat(weighed.everyAnswer(asked)).hasSize(10);
            assertThat(text(weighed.predict(asked))).isNotEqualTo(text(chosen.predict(asked)));
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("learnersAndSeeds")
    void anAnswerDependsOnItsImageAloneToTheBit(LearnerKind kind, long seed) {
        LearnerOptions options = TinyLearners.options(kind);
        List<LabelledImage> images = stream(seed);
        try (Learner learner = TinyLearners.open(options, seed)) {
            for (int i = 0; i < 300; i += BATCH) {
                observe(learner, images, i);
            }
            List<LabelledImage> asked = new ArrayList<>(images.subList(40, 60));
            List<String> together = text(learner.predict(asked));
            List<String> alone = new ArrayList<>();
            for (LabelledImage image : asked) {
                alone.addAll(text(learner.predict(List.of(image))));
            }
            List<LabelledImage> shuffled = new ArrayList<>(asked);
            Collections.shuffle(shuffled, new Random(seed));
            List<String> permuted = text(learner.predict(shuffled));
            List<LabelledImage> withOthers = new ArrayList<>(images.subList(200, 203));
            withOthers.addAll(asked);
            List<String> padded = text(learner.predict(withOthers)).subList(3, 23);
            assertThat(alone).isEqualTo(together);
            assertThat(padded).isEqualTo(together);
            for (int i = 0; i < shuffled.size(); i++) {
                assertThat(permuted.get(i)).isEqualTo(together.get(asked.indexOf(shuffled.get(i))));
            }
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void predictingChangesNothingAndObservingPredictsFirst(LearnerKind kind) {
        LearnerOptions options = TinyLearners.options(kind);
        List<LabelledImage> images = stream(5);
        try (Learner learner = TinyLearners.open(options, 5)) {
            for (int i = 0; i < 200; i += BATCH) {
                observe(learner, images, i);
            }
            Map<String, byte[]> before = TinyLearners.state(learner);
            List<String> answers = text(learner.predict(images.subList(200, 204)));
            assertSameBytes(TinyLearners.state(learner), before);
            assertThat(text(observe(learner, images, 200).predictions())).isEqualTo(answers);
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = LearnerKind.class,
            names = {"FINETUNE", "ER"},
            mode = EnumSource.Mode.EXCLUDE)
    void frozenBytesStayTheSameWhileTrainingGoesOn(LearnerKind kind) {
        LearnerOptions options = TinyLearners.options(kind);
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
        LearnerOptions options =
                TinyLearners.with(TinyLearners.options(LearnerKind.LEVIT_DKF), new FusionOptions(level, 0));
        List<LabelledImage> images = stream(3);
        try (Learner learner = TinyLearners.open(options, 3)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            assertThat(learner.describe().components()).isGreaterThan(1);
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(learner))) {
                assertThat(text(restored.predict(images.subList(0, 50))))
                        .isEqualTo(text(learner.predict(images.subList(0, 50))));
            }
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void whatIsLearntIsAnsweredRight(LearnerKind kind) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(kind));
        StreamSimulator simulator = new StreamSimulator(TinyLearners.SHAPE, 1);
        List<LabelledImage> images = simulator.phase(0, 1200, 0);
        try (Learner learner = TinyLearners.open(options, 1)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            List<LabelledImage> test = simulator.phase(0, 200, 0);
            List<ImagePrediction> answers = learner.predict(test);
            long right = 0;
            for (int i = 0; i < test.size(); i++) {
                right += answers.get(i).label().equals(test.get(i).label()) ? 1 : 0;
            }
            assertThat(right).isGreaterThan(190);
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void aNewLabelWidensTheAnswersAndAFixedNumberOfClassesRefusesIt(LearnerKind kind) {
        LabelledImage a = new LabelledImage(new byte[64], Optional.of("a"));
        LabelledImage b = new LabelledImage(new byte[64], Optional.of("b"));
        LearnerOptions fixed = TinyLearners.withClasses(TinyLearners.options(kind), 1);
        try (Learner grows = TinyLearners.open(TinyLearners.options(kind), 0);
                Learner full = TinyLearners.open(fixed, 0)) {
            assertThat(grows.observe(List.of(a)).predictions().get(0).label()).isEmpty();
            assertThat(grows.observe(List.of(b)).predictions().get(0).labels()).containsExactly("a");
            assertThat(grows.predict(List.of(a)).get(0).scores()).hasSize(2);
            assertThat(grows.predict(List.of())).isEmpty();
            assertThat(full.admits(Set.of("a", "b"))).isFalse();
            full.observe(List.of(a));
            assertThat(full.admits(Set.of("a"))).isTrue();
            assertThat(full.admits(Set.of("b"))).isFalse();
            assertThatThrownBy(() -> full.observe(List.of(b)))
                    .hasMessage("label=b must be one of the 1 classes known (option classes)");
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void labelsBeyondTheMostAreRefusedAndARestoredLearnerKeepsTheOnesItHas(LearnerKind kind) {
        LabelledImage a = new LabelledImage(new byte[64], Optional.of("a"));
        LabelledImage b = new LabelledImage(new byte[64], Optional.of("b"));
        LearnerOptions two = TinyLearners.withMostLabels(TinyLearners.options(kind), 2);
        LearnerOptions one = TinyLearners.withMostLabels(TinyLearners.options(kind), 1);
        try (Learner learner = TinyLearners.open(two, 0)) {
            learner.observe(List.of(a, b));
            assertThat(learner.admits(Set.of("a", "b"))).isTrue();
            assertThat(learner.admits(Set.of("c"))).isFalse();
            try (Learner restored = TinyLearners.restore(one, TinyLearners.state(learner))) {
                assertThat(restored.describe().labels()).containsExactly("a", "b");
                assertThat(restored.admits(Set.of("a", "b"))).isTrue();
                assertThat(restored.admits(Set.of("c"))).isFalse();
                assertThatThrownBy(() -> restored.observe(List.of(new LabelledImage(new byte[64], Optional.of("c")))))
                        .hasMessage("label=c must be one of the 1 labels known (option labels.max)");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(LearnerKind.class)
    void whatEveryComponentAnswersAgreesWithWhatIsPredicted(LearnerKind kind) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.options(kind));
        List<LabelledImage> images = stream(6);
        try (Learner learner = TinyLearners.open(options, 6)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            LearnerDescription about = learner.describe();
            List<LabelledImage> asked = images.subList(300, 340);
            List<ImagePrediction> predictions = learner.predict(asked);
            List<ComponentAnswers> answers = learner.everyAnswer(asked);
            for (int i = 0; i < asked.size(); i++) {
                ComponentAnswers answer = answers.get(i);
                assertThat(answer.routed()).isEqualTo(predictions.get(i).componentId());
                assertThat(answer.answer()).isEqualTo(predictions.get(i).label());
                assertThat(answer.labels()).hasSize(about.components());
                assertThat(answer.losses()).hasSize(about.components());
                double sum = 0;
                for (float score : predictions.get(i).scores()) {
                    assertThat(score).isBetween(0f, 1f);
                    sum += score;
                }
                assertThat(sum).isBetween(0.99, 1.01);
            }
            List<ComponentProfile> profiles = learner.profiles(2);
            assertThat(profiles).hasSize(about.components());
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
                assertThat(profile.generated()).hasSize(kind.expands() ? 2 : 0);
            }
            assertInvariants(learner, options);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = LearnerKind.class,
            names = {"LEVIT_DKF", "LEVIT_DNN", "ER"})
    void augmentedAndSharingLearnersLearnAndRestoreToo(LearnerKind kind) {
        LearnerOptions base = TinyLearners.eager(TinyLearners.options(kind));
        TrainingOptions t = base.training();
        NetworkOptions n = base.network();
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
            assertThat(whole.describe().components() > 1).isEqualTo(kind.expands());
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
        LearnerOptions base = TinyLearners.eager(TinyLearners.options(LearnerKind.LEVIT_DKF));
        NetworkOptions n = base.network();
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
            assertThat(shared.profiles(0).get(1).bodyParameters())
                    .isEqualTo(own.profiles(0).get(1).bodyParameters() - embedding);
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
        LearnerOptions base = TinyLearners.options(LearnerKind.LEVIT_DKF);
        ExpansionOptions e = base.expansion();
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
                        9));
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
        try (Learner er = TinyLearners.open(TinyLearners.options(LearnerKind.ER), 0)) {
            Map<String, byte[]> state = TinyLearners.state(er);
            assertThatThrownBy(() -> TinyLearners.restore(TinyLearners.options(LearnerKind.LEVIT_DKF), state))
                    .hasMessage("learner=levit-dkf must be er as in the restored state");
        }
    }

    @Test
    void damagedOrNewerStateIsRefused() {
        LearnerOptions options = TinyLearners.options(LearnerKind.LEVIT_DKF);
        try (Learner learner = TinyLearners.open(options, 0)) {
            Map<String, byte[]> damaged = TinyLearners.state(learner);
            Objects.requireNonNull(damaged.get("active"))[20] ^= 1;
            assertThatThrownBy(() -> TinyLearners.restore(options, damaged))
                    .hasMessageStartingWith("state entry active: checksum=");
            Map<String, byte[]> newer = TinyLearners.state(learner);
            Objects.requireNonNull(newer.get("control"))[7] = 9;
            assertThatThrownBy(() -> TinyLearners.restore(options, newer))
                    .hasMessageStartingWith("state entry control: format=9 must be 1 to " + StateCodec.FORMAT);
        }
    }

    @Test
    void theEndOfTheStreamFinishesQueuedWorkAndAManualEventExpands() {
        LearnerOptions options = TinyLearners.options(LearnerKind.LEVIT_DKF);
        List<LabelledImage> images = stream(0);
        try (Learner learner = TinyLearners.open(options, 0)) {
            observe(learner, images, 0);
            observe(learner, images, 4);
            assertThat(learner.describe().queuedUpdates()).isPositive();
            observe(learner, images, 8);
            observe(learner, images, 12);
            learner.onEvent(LearnerEvent.END_OF_STREAM);
            assertThat(learner.describe().queuedUpdates()).isZero();
            assertThat(learner.onEvent(LearnerEvent.MANUAL).orElseThrow().componentId())
                    .isEqualTo(2);
            assertInvariants(learner, options);
        }
    }

    @Test
    void theCapOnComponentsHoldsAndIsReported() {
        LearnerOptions base = TinyLearners.options(LearnerKind.LEVIT_NO_DKF);
        ExpansionOptions e = base.expansion();
        LearnerOptions options = TinyLearners.with(
                base,
                new ExpansionOptions(
                        e.criterion(), e.scale(), 1e-6, e.codes(), e.samples(), e.evidence(), e.warmUp(), true, 0, 2));
        List<LabelledImage> images = stream(0);
        boolean refused = false;
        try (Learner learner = TinyLearners.open(options, 0)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                refused |= observe(learner, images, i).lesson().refusedExpansion();
            }
            assertThat(learner.describe().components()).isEqualTo(2);
            assertThat(refused).isTrue();
            assertInvariants(learner, options);
        }
    }
}
