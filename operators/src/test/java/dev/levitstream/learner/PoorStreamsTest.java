package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every learner on streams with next to nothing in them: a camera that is frozen, dark or has one thing to show. */
class PoorStreamsTest {
    private static final int IMAGES = 300;

    /** What such a stream shows. */
    enum Poor {
        /** One image, one label. */
        FROZEN {
            @Override
            LabelledImage image(int i, ImageShape shape, SplittableRandom random) {
                return new LabelledImage(noise(shape, new SplittableRandom(1)), Optional.of("a"));
            }
        },
        BLACK {
            @Override
            LabelledImage image(int i, ImageShape shape, SplittableRandom random) {
                return new LabelledImage(new byte[shape.size()], Optional.of("label " + i % 3));
            }
        },
        WHITE_WITHOUT_LABELS {
            @Override
            LabelledImage image(int i, ImageShape shape, SplittableRandom random) {
                byte[] pixels = new byte[shape.size()];
                Arrays.fill(pixels, (byte) 255);
                return new LabelledImage(pixels, Optional.empty());
            }
        },
        ONE_CLASS {
            @Override
            LabelledImage image(int i, ImageShape shape, SplittableRandom random) {
                return new LabelledImage(noise(shape, random), Optional.of("a"));
            }
        },
        /** Two images, each under both labels. */
        DUPLICATE {
            @Override
            LabelledImage image(int i, ImageShape shape, SplittableRandom random) {
                return new LabelledImage(noise(shape, new SplittableRandom(i % 2)), Optional.of("label " + i / 2 % 2));
            }
        },
        /** Black for long, then one image that is not, then black. */
        ONE_FLASH {
            @Override
            LabelledImage image(int i, ImageShape shape, SplittableRandom random) {
                byte[] pixels = i == IMAGES / 2 ? noise(shape, random) : new byte[shape.size()];
                return new LabelledImage(pixels, Optional.of("a"));
            }
        };

        abstract LabelledImage image(int i, ImageShape shape, SplittableRandom random);

        private static byte[] noise(ImageShape shape, SplittableRandom random) {
            byte[] pixels = new byte[shape.size()];
            random.nextBytes(pixels);
            return pixels;
        }

        List<LabelledImage> images(ImageShape shape) {
            SplittableRandom random = new SplittableRandom(7);
            List<LabelledImage> images = new ArrayList<>();
            for (int i = 0; i < IMAGES; i++) {
                images.add(image(i, shape, random));
            }
            return images;
        }
    }

    static Stream<Arguments> learnersAndStreams() {
        return TinyLearners.methods()
                .flatMap(method -> Stream.of(Poor.values()).map(poor -> Arguments.of(method, poor)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("learnersAndStreams")
    void aTinyLearnerAnswersWithFiniteNumbersAndContinuesByteForByte(String method, Poor poor) {
        requireAnswers(TinyLearners.options(method), poor.images(TinyLearners.SHAPE), 5);
    }

    /** Every method on the frozen camera, every stream with the default method. */
    static Stream<Arguments> presetLearnersAndStreams() {
        return learnersAndStreams().filter(pair -> pair.get()[0].equals("levit-dkf") || pair.get()[1] == Poor.FROZEN);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("presetLearnersAndStreams")
    void aLearnerOfThePresetAnswersWithFiniteNumbersAndContinuesByteForByte(String method, Poor poor) {
        ImageShape shape = new ImageShape(28, 28, 1);
        LearnerOptions options = TinyLearners.with(TinyLearners.stream(method, shape), new BudgetOptions(1, 3, 0, 5));
        requireAnswers(options, poor.images(shape), 10);
    }

    private static void requireAnswers(LearnerOptions options, List<LabelledImage> images, int batch) {
        try (Learner whole = TinyLearners.open(options, 1)) {
            for (int i = 0; i < IMAGES / 2; i += batch) {
                observe(whole, images.subList(i, i + batch));
            }
            try (Learner restored = TinyLearners.restore(options, TinyLearners.state(whole))) {
                for (int i = IMAGES / 2; i < IMAGES; i += batch) {
                    observe(whole, images.subList(i, i + batch));
                    Learning.observe(restored, images.subList(i, i + batch));
                }
                LearnerContractTest.assertSameBytes(TinyLearners.state(restored), TinyLearners.state(whole));
            }
            LearnerContractTest.assertInvariants(whole, options);
        }
    }

    private static void observe(Learner learner, List<LabelledImage> images) {
        assertThat(Learning.observe(learner, images).predictions()).allSatisfy(answer -> {
            assertThat(answer.isFinite()).isTrue();
            answer.routed().ifPresent(routed -> {
                assertThat(routed.novelty()).isFinite();
                assertThat(Float.isInfinite(routed.noveltyThreshold())).isFalse();
            });
        });
    }
}
