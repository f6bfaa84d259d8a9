package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.learner.change.LabelChangeDetector.LabelChange;
import dev.levitstream.learner.common.StateCodec;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LabelChangeDetectorTest {
    private static final double FALSE_ALARM = 3e-7;
    private static final int CLASSES = 10;

    /** Images of ten classes whose answers are wrong with some probability, and whose labels are named anew. */
    private static final class Answers {
        private final SplittableRandom random;
        private final LabelChangeDetector test = new LabelChangeDetector(FALSE_ALARM);

        private Answers(long seed) {
            random = new SplittableRandom(seed);
        }

        /** Shows images until a change is told, at most {@code most}; how many it took. */
        private int show(int most, double errors, IntUnaryOperator names) {
            for (int n = 1; n <= most; n++) {
                next(test, errors, names);
                Optional<LabelChange> change = test.take(false);
                if (change.isPresent()) {
                    last = change;
                    return n;
                }
            }
            return -1;
        }

        private Optional<LabelChange> last = Optional.empty();

        private void next(LabelChangeDetector shown, double errors, IntUnaryOperator names) {
            int truth = random.nextInt(CLASSES);
            int answered = random.nextDouble() < errors ? random.nextInt(CLASSES) : truth;
            shown.observe(names.applyAsInt(truth), OptionalInt.of(answered), true);
        }
    }

    private static int same(int label) {
        return label;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void renamedClassesAreToldWithinThreeHundredImages(long seed) {
        for (double errors : new double[] {0, 0.03, 0.4}) {
            Answers answers = new Answers(seed);
            assertThat(answers.show(2000, errors, LabelChangeDetectorTest::same))
                    .isEqualTo(-1);
            assertThat(answers.show(300, errors, label -> (label + 3) % CLASSES))
                    .isBetween(150, 299);
            LabelChange change = answers.last.orElseThrow();
            assertThat(change.stale()).hasSizeBetween(8, CLASSES);
            assertThat(change.probability()).isLessThan(FALSE_ALARM);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void onlyTheLabelsThatWereSwappedAreStale(long seed) {
        Answers answers = new Answers(seed);
        answers.show(2000, 0.02, LabelChangeDetectorTest::same);
        int told = answers.show(400, 0.02, label -> label < 4 ? label ^ 1 : label);
        assertThat(told).isPositive();
        assertThat(answers.last.orElseThrow().stale()).containsExactly(0, 1, 2, 3);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void newNamesMakeTheOldOnesStale(long seed) {
        Answers answers = new Answers(seed);
        answers.show(2000, 0.02, LabelChangeDetectorTest::same);
        int told = answers.show(600, 0.02, label -> label + CLASSES);
        assertThat(told).as("the first images of each new label do not count").isBetween(200, 599);
        assertThat(answers.last.orElseThrow().stale())
                .allSatisfy(label -> assertThat(label).isLessThan(CLASSES));
    }

    /** A new world that nobody noticed: its classes are taken now for one old class, now for another. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void newClassesThatAreTakenForOldOnesSayNothingOfTheirLabels(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LabelChangeDetector detector = new LabelChangeDetector(FALSE_ALARM);
        for (int n = 0; n < 3000; n++) {
            boolean isNew = n >= 1000;
            int truth = random.nextInt(2) + (isNew ? 2 : 0);
            boolean mistaken = random.nextDouble() < (isNew ? 0.7 : 0.2);
            detector.observe(truth, OptionalInt.of(mistaken ? random.nextInt(2) : truth), true);
            assertThat(detector.take(false)).isEmpty();
        }
    }

    @Test
    void errorsThatStayAsTheyAreTellNothing() {
        for (double errors : new double[] {0, 0.05, 0.3, 0.6, 1}) {
            Answers answers = new Answers(7);
            assertThat(answers.show(20_000, errors, LabelChangeDetectorTest::same))
                    .isEqualTo(-1);
        }
    }

    @Test
    void whileNobodyWatchesTheImagesErrorsTellNothing() {
        LabelChangeDetector detector = new LabelChangeDetector(FALSE_ALARM);
        for (int n = 0; n < 3000; n++) {
            int answered = n < 1000 ? n % CLASSES : (n + 1) % CLASSES;
            detector.observe(n % CLASSES, OptionalInt.of(answered), false);
            assertThat(detector.take(false)).isEmpty();
        }
    }

    @Test
    void whatANewWorldBringsIsNoChangeOfLabels() {
        Answers answers = new Answers(3);
        answers.show(1000, 0.02, LabelChangeDetectorTest::same);
        assertThat(answers.show(120, 1, LabelChangeDetectorTest::same)).isEqualTo(-1);
        assertThat(answers.test.take(true)).isEmpty();
        assertThat(answers.show(200, 0.9, LabelChangeDetectorTest::same)).isEqualTo(-1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void aStoredOneGoesOnToTheSameBytes(long seed) {
        Answers answers = new Answers(seed);
        Answers same = new Answers(seed);
        LabelChangeDetector stored = new LabelChangeDetector(FALSE_ALARM);
        for (int n = 0; n < 1300; n++) {
            IntUnaryOperator names = n < 1000 ? LabelChangeDetectorTest::same : label -> (label + 1) % CLASSES;
            answers.next(answers.test, 0.1, names);
            same.next(stored, 0.1, names);
            if (n % 61 == 0) {
                byte[] bytes = StateCodec.seal(stored::write);
                LabelChangeDetector fresh = new LabelChangeDetector(FALSE_ALARM);
                StateCodec.readIfThere("labels", Map.of("labels", bytes), fresh::read);
                stored = fresh;
            }
        }
        assertThat(StateCodec.seal(stored::write)).isEqualTo(StateCodec.seal(answers.test::write));
        assertThat(stored.take(false)).isPresent().isEqualTo(answers.test.take(false));
    }

    /** Three of four images come without a label; the first images of the change are as those before it. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void allImagesSinceTheEvidenceBeganCountAlsoThoseWithoutALabel(long seed) {
        Answers labelled = new Answers(seed);
        Answers sparse = new Answers(seed);
        for (int n = 0; n < 2300; n++) {
            IntUnaryOperator names = n < 2000 ? LabelChangeDetectorTest::same : label -> (label + 3) % CLASSES;
            labelled.next(labelled.test, 0.03, names);
            for (int without = 0; without < 3; without++) {
                sparse.test.observe(-1, OptionalInt.empty(), true);
            }
            sparse.next(sparse.test, 0.03, names);
            Optional<LabelChange> dense = labelled.test.take(false);
            if (dense.isPresent()) {
                sparse.test.observe(-1, OptionalInt.empty(), true); // told later than it was noticed
                LabelChange change = sparse.test.take(false).orElseThrow();
                assertThat(dense.get().images()).isEqualTo(150);
                assertThat(change.images()).isEqualTo(4 * 149 + 1 + 1);
                assertThat(change.stale()).isEqualTo(dense.get().stale());
                return;
            }
        }
        throw new AssertionError("nothing was told");
    }

    @Test
    void stateOfFormatSixCountsTheLabelledImages() {
        Answers answers = new Answers(1);
        answers.show(2000, 0.02, LabelChangeDetectorTest::same);
        answers.show(120, 0.02, label -> (label + 3) % CLASSES);
        byte[] sealed = StateCodec.seal(answers.test::write);
        int header = StateCodec.seal(out -> {}).length;
        byte[] older = StateCodec.seal(out -> out.write(sealed, header, sealed.length - header - Integer.BYTES));
        ByteBuffer.wrap(older).putInt(4, 6);
        LabelChangeDetector restored = new LabelChangeDetector(FALSE_ALARM);
        StateCodec.readIfThere("labels", Map.of("labels", older), restored::read);
        assertThat(StateCodec.seal(restored::write)).isEqualTo(sealed);
    }
}
