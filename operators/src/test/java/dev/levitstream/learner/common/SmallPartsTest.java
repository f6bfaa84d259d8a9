package dev.levitstream.learner.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.Accuracy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Accuracy, budget, options, augmentation: the plain Java that methods share. */
class SmallPartsTest {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void accuracyFiguresEqualTheirDefinitions(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        PrequentialAccuracy accuracy = new PrequentialAccuracy();
        List<Boolean> history = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            boolean right = random.nextDouble() < 0.7;
            history.add(right);
            accuracy.add(right);
        }
        double total = history.stream().filter(right -> right).count() / 2500.0;
        double windowed =
                history.subList(1500, 2500).stream().filter(right -> right).count() / 1000.0;
        double weights = 0;
        double faded = 0;
        for (int i = 0; i < 2500; i++) {
            double weight = Math.pow(0.999, 2499 - i);
            weights += weight;
            faded += history.get(i) ? weight : 0;
        }
        Accuracy figures = accuracy.figures();
        assertThat(figures.total()).isEqualTo(total);
        assertThat(figures.windowed()).isEqualTo(windowed);
        assertThat(figures.faded()).isCloseTo(faded / weights, within(1e-9));
    }

    @Test
    void theBudgetGrantsPerPeriodAndKeepsWhatThereWasNoTimeFor() {
        AtomicLong clock = new AtomicLong();
        UpdateBudget queue = new UpdateBudget(new BudgetOptions(4, 2, 10, 6), clock::get);
        queue.grant();
        assertThat(queue.isDue()).as("nothing is granted yet").isFalse();
        queue.grant();
        queue.did(6_000_000);
        assertThat(queue.isDue()).as("there is time for a second one").isTrue();
        queue.did(6_000_000);
        assertThat(queue.isDue()).as("ten milliseconds are over").isFalse();
        assertThat(queue.queued()).isEqualTo(2);
        queue.grant();
        queue.grant();
        assertThat(queue.queued()).isEqualTo(6);
        queue.grant();
        queue.grant();
        assertThat(queue.queued()).as("at most budget.queue wait").isEqualTo(6);
    }

    @Test
    void anUpdateThatTookTooLongIsDoneAllTheSameAndTheNextBatchHasItsOwn() {
        UpdateBudget queue = new UpdateBudget(new BudgetOptions(4, 1, 10, 8), () -> 0);
        queue.grant();
        queue.did(60_000_000);
        assertThat(queue.isDue()).isFalse();
        assertThat(queue.queued()).isEqualTo(3);
        queue.grant();
        assertThat(queue.isDue()).isTrue();
        assertThat(queue.queued()).isEqualTo(7);
    }

    @Test
    void aWrongOptionIsNamedWithValueAndRule() {
        assertThatThrownBy(() -> new BudgetOptions(-1, 1, 0, 1)).hasMessage("budget.updates=-1 must be at least 0");
        assertThatThrownBy(() -> new BudgetOptions(5, 1, 0, 1))
                .hasMessage("budget.queue=1 must be at least budget.updates=5");
        assertThatThrownBy(() -> new MemoryOptions(10, MemoryOptions.Admission.FIFO, MemoryOptions.Unlabelled.ALL))
                .hasMessage("memory.capacity=10 must be at least 64");
        assertThatThrownBy(() -> new ImageShape(28, 28, 0)).hasMessage("image.channels=0 must be 1 to 64");
    }

    @Test
    void aPatchIsTheLargestDivisorWithFourPatchesASide() {
        for (ImageShape shape :
                List.of(new ImageShape(28, 28, 1), new ImageShape(32, 32, 3), new ImageShape(84, 84, 3))) {
            assertThat(SharedSettings.vit(shape).patches()).isEqualTo(16);
        }
        assertThat(SharedSettings.patch(new ImageShape(7, 11, 1))).isEqualTo(1);
    }

    @Test
    void whatIsQueuedIsDueAtTheEndOfAStreamHoweverLongItTakes() {
        UpdateBudget budget = new UpdateBudget(new BudgetOptions(3, 1, 1, 8), () -> 0);
        budget.grant();
        budget.did(5_000_000);
        assertThat(budget.isDue()).isFalse();
        budget.release();
        budget.did(5_000_000);
        assertThat(budget.isDue()).isTrue();
        budget.did(5_000_000);
        assertThat(budget.isDue()).as("nothing is left").isFalse();
    }

    @Test
    void augmentationMovesPixelsAndInventsNone() {
        ImageShape shape = new ImageShape(10, 8, 3);
        byte[] pixels = new byte[shape.size()];
        Set<List<Byte>> colours = new HashSet<>();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        for (int i = 0; i < pixels.length; i += 3) {
            colours.add(List.of(pixels[i], pixels[i + 1], pixels[i + 2]));
        }
        assertThat(Augmentation.NONE.of(pixels, shape, new SplittableRandom(1))).isSameAs(pixels);
        int mirrored = 0;
        for (long seed = 0; seed < 200; seed++) {
            byte[] changed = Augmentation.NATURAL.of(pixels, shape, new SplittableRandom(seed));
            assertThat(changed).isEqualTo(Augmentation.NATURAL.of(pixels, shape, new SplittableRandom(seed)));
            for (int i = 0; i < changed.length; i += 3) {
                assertThat(colours).contains(List.of(changed[i], changed[i + 1], changed[i + 2]));
            }
            int middle = (5 * 8 + 3) * 3; // to its right lies a higher value, unless mirrored
            mirrored += (changed[middle] & 0xFF) > (changed[middle + 3] & 0xFF) ? 1 : 0;
        }
        assertThat(mirrored).isBetween(70, 130);
    }

    @Test
    void strongAugmentationMirrorsMovesAndLights() {
        ImageShape shape = new ImageShape(16, 8, 2);
        byte[] pixels = new byte[shape.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (100 + i % 16 * 3); // each row the same, brighter to the right
        }
        Set<Integer> firsts = new HashSet<>();
        int mirrored = 0;
        for (long seed = 0; seed < 200; seed++) {
            byte[] changed = Augmentation.STRONG.of(pixels, shape, new SplittableRandom(seed));
            assertThat(changed).isEqualTo(Augmentation.STRONG.of(pixels, shape, new SplittableRandom(seed)));
            for (int i = 16; i < changed.length; i++) {
                assertThat(changed[i]).isEqualTo(changed[i - 16]);
            }
            double mean = IntStream.range(0, changed.length)
                    .map(i -> changed[i] & 0xFF)
                    .average()
                    .orElseThrow();
            assertThat(mean).as("of 122").isBetween(60.0, 185.0);
            mirrored += (changed[0] & 0xFF) > (changed[14] & 0xFF) ? 1 : 0;
            firsts.add((int) changed[0]);
        }
        assertThat(mirrored).isBetween(70, 130);
        assertThat(firsts).hasSizeGreaterThan(50);
        byte[] white = {(byte) 255, (byte) 255, (byte) 255};
        for (long seed = 0; seed < 20; seed++) {
            byte[] changed = Augmentation.STRONG.of(white, new ImageShape(1, 1, 3), new SplittableRandom(seed));
            assertThat(changed[0] & 0xFF).as("no level overflows").isGreaterThan(200);
        }
    }
}
