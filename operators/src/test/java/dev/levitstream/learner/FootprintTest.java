package dev.levitstream.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Image sizes with a divisor and without: one line at the start, or a learner that learns. */
class FootprintTest {
    private static final int BATCH = 64;

    static Stream<ImageShape> shapes() {
        IntStream sides = IntStream.concat(IntStream.rangeClosed(1, 64), IntStream.of(96, 127, 128, 224, 227, 256));
        return sides.boxed()
                .flatMap(side -> IntStream.of(1, 3, 5)
                        .boxed()
                        .flatMap(channels -> Stream.of(
                                new ImageShape(side, side, channels), new ImageShape(side, side + 1, channels))));
    }

    private static boolean fits(LearnerOptions options) {
        Footprint footprint = LearnerMethods.named(options.method()).footprint(options);
        return footprint.isStorable() && footprint.mib() <= options.maxMib();
    }

    @Test
    void everySizeFitsOrIsRefusedWithOneLineThatNamesASizeThatFits() {
        int refused = 0;
        for (ImageShape shape : shapes().toList()) {
            LearnerOptions options = TinyLearners.stream("levit-dkf", shape);
            if (fits(options)) {
                options.requireFit();
            } else {
                refused++;
                assertThatThrownBy(options::requireFit)
                        .hasMessageStartingWith("image=" + shape + " must need at most learner.max-mib=2048 ")
                        .hasMessageNotContaining("\n")
                        .satisfies(e -> {
                            String[] sides = String.valueOf(e.getMessage())
                                    .replaceAll(".*image=", "")
                                    .split("x", -1);
                            ImageShape advised = new ImageShape(
                                    Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), shape.channels());
                            assertThat(fits(TinyLearners.stream("levit-dkf", advised)))
                                    .isTrue();
                        });
            }
        }
        assertThat(refused).isBetween(20, 200);
    }

    @ParameterizedTest
    @CsvSource({"1,1,3", "2,3,5", "7,7,1", "11,11,3", "1,40,1"})
    void aSizeThatFitsLearnsOneBatch(int height, int width, int channels) {
        learnOneBatch(new ImageShape(height, width, channels));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("shapes")
    void everySizeThatFitsLearnsOneBatch(ImageShape shape) {
        if (fits(TinyLearners.stream("levit-dkf", shape))) {
            learnOneBatch(shape);
        }
    }

    private static void learnOneBatch(ImageShape shape) {
        LearnerOptions options =
                TinyLearners.with(TinyLearners.stream("levit-dkf", shape), new BudgetOptions(1, 1, 0, 1));
        options.requireFit();
        List<LabelledImage> images = new StreamSimulator(shape, 1).phase(0, BATCH, 0.1);
        try (Learner learner = TinyLearners.open(options, 1)) {
            long mib = LearnerMethods.named(options.method()).footprint(options).mib();
            assertThat(mib)
                    .as("parameters, two moments and a gradient at least")
                    .isGreaterThanOrEqualTo(
                            (4 * Float.BYTES * learner.describe().parameters()) >> 20);
            Outcome outcome = Learning.observe(learner, images);
            assertThat(outcome.updates()).isEqualTo(1);
            assertThat(Learning.predict(learner, images.subList(0, 3)))
                    .allSatisfy(answer -> assertThat(answer.isFinite()).isTrue());
        }
    }
}
