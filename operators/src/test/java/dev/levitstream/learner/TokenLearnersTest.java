package dev.levitstream.learner;

import static dev.levitstream.learner.LearnerContractTest.assertInvariants;
import static dev.levitstream.learner.LearnerContractTest.assertSameBytes;
import static dev.levitstream.learner.LearnerContractTest.observe;
import static dev.levitstream.learner.LearnerContractTest.stream;
import static dev.levitstream.learner.LearnerContractTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.Randomness;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.levit.ExpansionOptions;
import dev.levitstream.learner.levit.ExpansionOptions.Criterion;
import dev.levitstream.learner.levit.FusionOptions;
import dev.levitstream.learner.levit.NetworkOptions;
import dev.levitstream.learner.levit.RoutingOptions;
import dev.levitstream.learner.levit.RoutingOptions.Method;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.testing.TinyBackbone;
import dev.levitstream.testing.TinyLearners;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What LEViT promises, where its components look at tokens of a backbone. */
class TokenLearnersTest {
    private static final int BATCH = 4;
    private static final String LEVITS = "dev.levitstream.testing.TinyLearners#levits";

    @TempDir
    private static Path dir;

    private static BackboneFile backbone = BackboneFile.NONE;

    @BeforeAll
    static void writeFile() throws IOException {
        backbone = TinyBackbone.of(dir);
    }

    private static LearnerOptions tiny(String method) {
        return TinyBackbone.options(method, backbone);
    }

    private static List<LabelledImage> embedded(LearnerOptions options, long seed) {
        return TinyBackbone.embedded(options, stream(seed));
    }

    /** Cut off and restored in the middle of the stream and of a batch's work, a learner goes on as it would have. */
    private static void assertLearnsAndRestores(LearnerOptions options, long seed) {
        List<LabelledImage> images = embedded(options, seed);
        Learner sliced = TinyLearners.open(options, seed);
        try (Learner whole = TinyLearners.open(options, seed)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                Outcome expected = observe(whole, images, i);
                List<LabelledImage> batch = images.subList(i, i + BATCH);
                List<ImagePrediction> predictions = Learning.predict(sliced, batch);
                Learning.observe(sliced, batch, predictions);
                List<WorkReport> reports = new ArrayList<>();
                while (sliced.nextWork().isPresent()) {
                    if (i % 40 == 20) {
                        Map<String, byte[]> state = TinyLearners.state(sliced);
                        sliced.close();
                        sliced = TinyLearners.restore(options, state);
                    }
                    reports.addAll(Learning.learn(sliced, 1).orElseThrow());
                }
                assertThat(text(predictions)).isEqualTo(text(expected.predictions()));
                assertThat(reports).isEqualTo(expected.reports());
            }
            assertThat(whole.describe().components().orElseThrow()).isGreaterThan(1);
            assertSameBytes(TinyLearners.state(sliced), TinyLearners.state(whole));
            assertInvariants(sliced, options);
        } finally {
            sliced.close();
        }
    }

    static Stream<Arguments> criteria() {
        return Arrays.stream(Criterion.values())
                .flatMap(criterion -> Arrays.stream(Method.values())
                        .filter(router -> router != Method.VAE || criterion != Criterion.TWO_SAMPLE)
                        .map(router -> Arguments.of(criterion, router)));
    }

    /** Told to expand by the first fill of the memory, whatever else it goes by. */
    @ParameterizedTest
    @MethodSource("criteria")
    void everyCriterionAndRouterLearnsAndRestoresAtAnySlice(Criterion criterion, Method router) {
        LearnerOptions base = TinyLearners.with(tiny("levit-dkf"), new BudgetOptions(3, 1, 0, 50));
        ExpansionOptions e = TinyLearners.levit(base).expansion();
        RoutingOptions r = TinyLearners.levit(base).routing();
        LearnerOptions options = TinyLearners.with(
                TinyLearners.with(
                        base,
                        new ExpansionOptions(
                                criterion,
                                e.scale(),
                                e.threshold(),
                                e.codes(),
                                e.samples(),
                                e.evidence(),
                                e.warmUp(),
                                true,
                                0,
                                e.maxComponents(),
                                e.falseAlarm())),
                new RoutingOptions(router, r.score(), r.scorers(), r.features(), r.shrinkage()));
        assertThat(options.own().backbone()).isEqualTo(backbone);
        assertLearnsAndRestores(options, 1);
    }

    @ParameterizedTest
    @EnumSource(KnowledgeFusion.Level.class)
    void everyLevelOfFusionLearnsAndRestores(KnowledgeFusion.Level level) {
        assertLearnsAndRestores(TinyLearners.with(tiny("levit-dkf"), new FusionOptions(level, 0)), 3);
    }

    @Test
    void componentsThatShareAnEmbeddingLearnAndRestore() {
        LearnerOptions options = tiny("levit-dkf");
        NetworkOptions n = TinyLearners.levit(options).network();
        assertLearnsAndRestores(
                TinyLearners.with(options, new NetworkOptions(n.vit(), n.vae(), n.dnnHidden(), true)), 4);
    }

    @ParameterizedTest
    @MethodSource(LEVITS)
    void frozenBytesStayTheSameWhileTrainingGoesOn(String method) {
        LearnerOptions options = tiny(method);
        List<LabelledImage> images = embedded(options, 9);
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
        }
    }

    @ParameterizedTest
    @MethodSource(LEVITS)
    void whatIsInsideCanBeLookedInto(String method) {
        LearnerOptions options = tiny(method);
        List<LabelledImage> images = embedded(options, 5);
        try (Learner learner = TinyLearners.open(options, 5)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
            }
            int components = learner.describe().components().orElseThrow();
            List<LabelledImage> asked = images.subList(300, 320);
            List<ImagePrediction> predictions = Learning.predict(learner, asked);
            List<ComponentAnswers> answers = ((Inspectable) learner)
                    .everyAnswer(asked.stream().map(LabelledImage::pixels).toList());
            for (int i = 0; i < asked.size(); i++) {
                assertThat(answers.get(i).answer()).isEqualTo(predictions.get(i).label());
                assertThat(answers.get(i).losses()).hasSize(components).doesNotContain(Float.NaN);
            }
            List<ComponentProfile> profiles = ((Inspectable) learner).profiles(2);
            assertThat(profiles)
                    .hasSize(components)
                    .allSatisfy(profile -> assertThat(profile.generated()).isEmpty());
        }
    }

    /** Beyond their most, components merge by the sums of features; what is answered stays as pure as before. */
    @Test
    void beyondTheirMostComponentsMergeAndRestore() {
        LearnerOptions options = TinyLearners.withMost(
                TinyLearners.with(tiny("levit-dkf"), new FusionOptions(KnowledgeFusion.Level.FEATURES, 1)), 3);
        List<LabelledImage> images = embedded(options, 6);
        try (Learner learner = TinyLearners.open(options, 6)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                observe(learner, images, i);
                if (i % 60 == 56) {
                    learner.onEvent(LearnerEvent.BOUNDARY);
                }
            }
            assertThat(learner.describe().components()).hasValue(3);
            Map<String, byte[]> state = TinyLearners.state(learner);
            assertThat(state).doesNotContainKey("component/0004").containsKey("component/0001");
            try (Learner restored = TinyLearners.restore(options, state)) {
                List<LabelledImage> asked = images.subList(0, 40);
                assertThat(text(Learning.predict(restored, asked))).isEqualTo(text(Learning.predict(learner, asked)));
                assertSameBytes(TinyLearners.state(restored), state);
            }
        }
    }

    @Test
    void aLabelThatComesLateIsLearntWhereItsTokensAreRemembered() {
        LearnerOptions options = tiny("levit-dkf");
        List<LabelledImage> images = embedded(options, 7).subList(0, 20);
        try (Learner learner = TinyLearners.open(options, 7)) {
            for (int i = 0; i < 20; i += BATCH) {
                List<LabelledImage> unnamed = images.subList(i, i + BATCH).stream()
                        .map(image -> new LabelledImage(image.pixels(), Optional.empty()))
                        .toList();
                Learning.observe(learner, unnamed);
            }
            assertThat(learner.onLabel(new LabelledImage(images.get(3).pixels(), Optional.of("late"))))
                    .isTrue();
            assertThat(learner.onLabel(
                            new LabelledImage(new byte[options.input().bytes()], Optional.of("late"))))
                    .isFalse();
        }
    }

    /** Two kinds of tokens in noise: the answers of the components themselves, whatever the router makes of them. */
    @ParameterizedTest
    @ValueSource(strings = {"levit-dkf", "levit-dnn"})
    void componentsLearnWhatTokensSay(String method) {
        LearnerOptions options = TinyLearners.eager(tiny(method));
        SplittableRandom random = new SplittableRandom(2);
        float[][] kinds = new float[2][options.input().size()];
        for (float[] kind : kinds) {
            Randomness.normals(random, kind);
        }
        List<LabelledImage> images = new ArrayList<>();
        for (int i = 0; i < 440; i++) {
            int kind = random.nextInt(2);
            float[] values = new float[options.input().size()];
            Randomness.normals(random, values);
            for (int k = 0; k < values.length; k++) {
                values[k] += kinds[kind][k];
            }
            images.add(new LabelledImage(HalfFloats.encode(values), Optional.of("kind-" + kind)));
        }
        try (Learner learner = TinyLearners.open(options, 2)) {
            for (int i = 0; i < 400; i += BATCH) {
                observe(learner, images, i);
            }
            List<LabelledImage> asked = images.subList(400, 440);
            List<ComponentAnswers> answers = ((Inspectable) learner)
                    .everyAnswer(asked.stream().map(LabelledImage::pixels).toList());
            int right = 0;
            for (int i = 0; i < asked.size(); i++) {
                right += answers.get(i).labels().get(0).equals(asked.get(i).label()) ? 1 : 0;
            }
            assertThat(right).isGreaterThan(36);
        }
    }
}
