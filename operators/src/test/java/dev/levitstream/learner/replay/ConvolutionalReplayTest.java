package dev.levitstream.learner.replay;

import static dev.levitstream.learner.LearnerContractTest.assertSameBytes;
import static dev.levitstream.learner.LearnerContractTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContractTest;
import dev.levitstream.learner.LearnerMethods;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.Learning;
import dev.levitstream.learner.Outcome;
import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.replay.ReplayOptions.Net;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every learner promises, of the replay methods with a convolutional net, and their defaults. */
class ConvolutionalReplayTest {
    private static final ImageShape SHAPE = new ImageShape(8, 9, 3);
    private static final int BATCH = 4;

    static IntStream seeds() {
        return IntStream.range(0, 10);
    }

    private static List<LabelledImage> stream(ImageShape shape, long seed) {
        StreamSimulator simulator = new StreamSimulator(shape, seed);
        List<LabelledImage> images = new ArrayList<>(simulator.phase(0, 120, 0.2));
        images.addAll(simulator.phase(1, 120, 0.2));
        return images;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void learningInSlicesWithARestoreAfterEachChangesNoByte(int seed) {
        LearnerOptions options = TinyLearners.convolutionalNet("er", SHAPE);
        List<LabelledImage> images = stream(SHAPE, seed);
        int period = 1 + new SplittableRandom(seed).nextInt(5);
        Learner sliced = TinyLearners.open(options, seed);
        try (Learner whole = TinyLearners.open(options, seed)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                Outcome expected = LearnerContractTest.observe(whole, images, i);
                List<LabelledImage> batch = images.subList(i, i + BATCH);
                var predictions = Learning.predict(sliced, batch);
                assertThat(text(predictions)).isEqualTo(text(expected.predictions()));
                Learning.observe(sliced, batch, predictions);
                while (sliced.nextWork().isPresent()) {
                    if (i / BATCH % period == 0) {
                        Map<String, byte[]> state = TinyLearners.state(sliced);
                        sliced.close();
                        sliced = TinyLearners.restore(options, state);
                    }
                    Learning.learn(sliced, 1);
                }
            }
            assertSameBytes(TinyLearners.state(sliced), TinyLearners.state(whole));
        } finally {
            sliced.close();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anAnswerDependsOnItsImageAloneToTheBit(int seed) {
        assertPure(TinyLearners.convolutionalNet("er", SHAPE), seed, 120);
    }

    @Test
    void anAnswerOfTheDefaultNetDependsOnItsImageAloneToTheBit() {
        LearnerOptions options =
                TinyLearners.with(TinyLearners.stream("er", new ImageShape(32, 32, 3)), new BudgetOptions(1, 1, 0, 2));
        assertPure(options, 1, 40);
    }

    private static void assertPure(LearnerOptions options, long seed, int learnt) {
        List<LabelledImage> images = stream(options.image(), seed);
        try (Learner learner = TinyLearners.open(options, seed)) {
            for (int i = 0; i < learnt; i += BATCH) {
                LearnerContractTest.observe(learner, images, i);
            }
            List<LabelledImage> asked = images.subList(10, 33);
            List<String> together = text(Learning.predict(learner, asked));
            for (int i = 0; i < asked.size(); i++) {
                List<LabelledImage> withOthers = new ArrayList<>(images.subList(50, 50 + i % 7));
                withOthers.add(asked.get(i));
                withOthers.addAll(images.subList(80, 80 + i % 5));
                assertThat(text(Learning.predict(learner, withOthers)).get(i % 7))
                        .isEqualTo(together.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"er", "finetune"})
    void itLearns(String method) {
        LearnerOptions options = TinyLearners.eager(TinyLearners.convolutionalNet(method, SHAPE));
        List<LabelledImage> images = new StreamSimulator(SHAPE, 1).phase(0, 240, 0);
        int right = 0;
        try (Learner learner = TinyLearners.open(options, 1)) {
            for (int i = 0; i < images.size(); i += BATCH) {
                Outcome outcome = LearnerContractTest.observe(learner, images, i);
                for (int k = 0; k < BATCH && i >= 120; k++) {
                    boolean same = outcome.predictions()
                            .get(k)
                            .label()
                            .equals(images.get(i + k).label());
                    right += same ? 1 : 0;
                }
            }
        }
        assertThat(right).isGreaterThan(100);
    }

    @Test
    void stateOfAnotherNetIsRefusedWithOneLine() {
        LearnerOptions convolutional = TinyLearners.convolutionalNet("er", TinyLearners.SHAPE);
        List<LabelledImage> images = LearnerContractTest.stream(1);
        try (Learner vit = TinyLearners.open(TinyLearners.options("er"), 1)) {
            for (int i = 0; i < 40; i += BATCH) {
                LearnerContractTest.observe(vit, images, i);
            }
            Map<String, byte[]> state = TinyLearners.state(vit);
            assertThatThrownBy(() -> TinyLearners.restore(convolutional, state))
                    .hasMessageContaining("as these options have it: give those that the state was written with")
                    .hasMessageNotContaining("\n");
        }
    }

    private static ReplayOptions own(String method, ImageShape shape, Map<String, String> given) {
        return (ReplayOptions) LearnerMethods.named(method).read(new OptionReader(given), shape, BackboneFile.NONE);
    }

    @Test
    void colourImagesOfAStreamHaveAConvolutionalNetAndAugmentationByDefaultAndGreyOnesNeither() {
        ImageShape colour = new ImageShape(32, 32, 3);
        for (String method : List.of("er", "finetune")) {
            ReplayOptions natural = own(method, colour, Map.of());
            assertThat(natural.net()).isEqualTo(Net.CONVOLUTIONAL);
            assertThat(natural.training().augmentation()).isEqualTo(Augmentation.STRONG);
            assertThat(natural.drawn(10)).isEqualTo(natural.training().batch() - 10);
            for (ReplayOptions plain : List.of(
                    own(method, new ImageShape(28, 28, 1), Map.of()),
                    own(method, colour, Map.of("preset", "paper")),
                    own(method, colour, Map.of("net", "vit")))) {
                assertThat(plain.net()).isEqualTo(Net.VIT);
                assertThat(plain.training().augmentation()).isEqualTo(Augmentation.NONE);
                assertThat(plain.training().learningRate()).isLessThanOrEqualTo(1e-3);
                assertThat(plain.drawn(10)).isEqualTo(10);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 3", "2, 5, 3", "24, 16, 4", "31, 31, 3", "84, 84, 3", "96, 96, 3", "224, 224, 3"})
    void anySizeFitsAndLearnsOneBatch(int height, int width, int channels) {
        ImageShape shape = new ImageShape(height, width, channels);
        LearnerOptions options = TinyLearners.with(TinyLearners.stream("er", shape), new BudgetOptions(1, 1, 0, 1));
        options.requireFit();
        List<LabelledImage> images = new StreamSimulator(shape, 1).phase(0, 10, 0);
        try (Learner learner = TinyLearners.open(options, 1)) {
            assertThat(Learning.observe(learner, images).updates()).isEqualTo(1);
            assertThat(Learning.predict(learner, images))
                    .allSatisfy(answer -> assertThat(answer.isFinite()).isTrue());
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        LearnerOptions options = TinyLearners.stream("er", new ImageShape(1000, 1000, 3));
        assertThatThrownBy(options::requireFit).hasMessageStartingWith("image=1000x1000x3 must need at most ");
    }
}
