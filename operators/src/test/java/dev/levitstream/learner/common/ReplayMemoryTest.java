package dev.levitstream.learner.common;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.common.MemoryOptions.Admission;
import dev.levitstream.learner.common.MemoryOptions.Unlabelled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReplayMemoryTest {
    private static ReplayMemory memory(Admission admission, int capacity) {
        return new ReplayMemory(new MemoryOptions(capacity, admission, Unlabelled.ALL));
    }

    private static MemoryItem image(int number) {
        return new MemoryItem(new byte[] {(byte) number, (byte) (number >> 8)}, number, FrozenView.NONE);
    }

    private static void admit(ReplayMemory memory, int number, long seed) {
        memory.admit(image(number), Randomness.at(seed, Purpose.ADMIT, number));
    }

    private static List<Integer> labels(ReplayMemory memory) {
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < memory.size(); i++) {
            labels.add(memory.get(i).label());
        }
        return labels;
    }

    @Test
    void fifoKeepsTheLatestAndDropsTheOldest64WhenOverfull() {
        ReplayMemory memory = memory(Admission.FIFO, 100);
        for (int i = 0; i < 101; i++) {
            assertThat(memory.isOverfull()).isFalse();
            admit(memory, i, 0);
        }
        assertThat(memory.isOverfull()).isTrue();
        memory.relieve();
        assertThat(labels(memory)).hasSize(37).startsWith(64).endsWith(100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void aReservoirKeepsEveryImageWithTheSameProbability(long seed) {
        int capacity = 64;
        int seen = 640;
        int rounds = 200;
        double[] kept = new double[seen];
        for (int round = 0; round < rounds; round++) {
            ReplayMemory memory = memory(Admission.RESERVOIR, capacity);
            for (int i = 0; i < seen; i++) {
                admit(memory, i, seed * rounds + round);
            }
            labels(memory).forEach(label -> kept[label]++);
        }
        double expected = (double) rounds * capacity / seen;
        double chiSquare = 0;
        for (double count : kept) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        // variance of one count is expected * (1 - capacity / seen), so the sum is close to 0.9 * (seen - 1); five
        // deviations
        assertThat(chiSquare)
                .isBetween(0.9 * 639 - 5 * 0.9 * Math.sqrt(2 * 639), 0.9 * 639 + 5 * 0.9 * Math.sqrt(2 * 639));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void drawnImagesAreDifferentAndReproducible(long seed) {
        ReplayMemory memory = memory(Admission.FIFO, 200);
        for (int i = 0; i < 200; i++) {
            admit(memory, i, seed);
        }
        List<MemoryItem> drawn = memory.draw(64, new SplittableRandom(seed));
        assertThat(new HashSet<>(drawn)).hasSize(64);
        assertThat(memory.draw(64, new SplittableRandom(seed))).isEqualTo(drawn);
        assertThat(memory.draw(500, new SplittableRandom(seed))).hasSize(200);
    }

    @ParameterizedTest
    @EnumSource(Admission.class)
    void onlyChangedSegmentsGetANewRevision(Admission admission) {
        ReplayMemory memory = memory(admission, 256);
        for (int i = 0; i < 256; i++) {
            admit(memory, i, 0);
        }
        Map<String, Long> before = revisions(memory);
        admit(memory, 256, 0);
        Map<String, Long> after = revisions(memory);
        long changed = after.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(before.get(entry.getKey())))
                .count();
        assertThat(changed).isLessThanOrEqualTo(1);
    }

    private static Map<String, Long> revisions(ReplayMemory memory) {
        Map<String, Long> revisions = new HashMap<>();
        memory.entries().forEach(entry -> revisions.put(entry.name(), entry.revision()));
        return revisions;
    }

    @ParameterizedTest
    @EnumSource(Admission.class)
    void aRestoredMemoryHoldsTheSameImagesInTheSameOrderAndGoesOn(Admission admission) throws Exception {
        ReplayMemory memory = memory(admission, 100);
        for (int i = 0; i < 150; i++) {
            admit(memory, i, 3);
            if (memory.isOverfull()) {
                memory.relieve();
            }
        }
        ReplayMemory restored = restored(memory, admission);
        for (int i = 150; i < 400; i++) {
            for (ReplayMemory each : List.of(memory, restored)) {
                admit(each, i, 3);
                if (each.isOverfull()) {
                    each.relieve();
                }
            }
        }
        assertThat(labels(restored)).isEqualTo(labels(memory));
        memory.clear();
        admit(memory, 1, 3);
        assertThat(labels(restored(memory, admission))).containsExactly(1);
    }

    private static ReplayMemory restored(ReplayMemory memory, Admission admission) throws Exception {
        Map<String, byte[]> state = new HashMap<>();
        memory.entries()
                .forEach(entry -> state.put(entry.name(), entry.content().get()));
        byte[] control = StateCodec.seal(memory::write);
        ReplayMemory restored = memory(admission, 100);
        StateCodec.open("control", control, in -> {
            restored.read(in);
            return restored;
        });
        restored.restore(state);
        return restored;
    }

    private static MemoryItem numbered(int number, int label) {
        return new MemoryItem(new byte[] {(byte) (number >> 8), (byte) number}, label, FrozenView.NONE);
    }

    private static long without(ReplayMemory memory) {
        return IntStream.range(0, memory.size())
                .filter(i -> memory.get(i).label() == LabelRegistry.UNLABELLED)
                .count();
    }

    private static ReplayMemory reservoir() {
        return new ReplayMemory(
                new MemoryOptions(64, MemoryOptions.Admission.RESERVOIR, MemoryOptions.Unlabelled.ROUTED));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void labelledAndUnlabelledImagesKeepTheirShareWhicheverCameFirst(long seed) {
        for (boolean labelledFirst : new boolean[] {true, false}) {
            SplittableRandom random = new SplittableRandom(seed);
            ReplayMemory memory = reservoir();
            for (int n = 0; n < 1000; n++) {
                memory.admit(numbered(n, labelledFirst ? 1 : LabelRegistry.UNLABELLED), random);
            }
            assertThat(without(memory)).isEqualTo(labelledFirst ? 0 : 64);
            for (int n = 1000; n < 1100; n++) {
                memory.admit(numbered(n, labelledFirst ? LabelRegistry.UNLABELLED : 1), random);
            }
            assertThat(memory.size()).isEqualTo(64);
            assertThat(without(memory)).isEqualTo(16);
        }
    }

    /** Each labelled image is in the memory with the same probability, wherever it came among unlabelled ones. */
    @Test
    void labelledImagesAreAReservoirOfTheirOwn() {
        int[] found = new int[3];
        for (int seed = 0; seed < 400; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ReplayMemory memory = reservoir();
            for (int n = 0; n < 600; n++) {
                memory.admit(numbered(n, n % 2 == 0 ? 1 : LabelRegistry.UNLABELLED), random);
            }
            for (int i = 0; i < memory.size(); i++) {
                byte[] pixels = memory.get(i).pixels();
                int number = ((pixels[0] & 0xFF) << 8) + (pixels[1] & 0xFF);
                found[number / 200] += memory.get(i).label() == 1 ? 1 : 0;
            }
        }
        // 48 places of 300 labelled images: 16 from each third, 6,400 in all
        for (int third : found) {
            assertThat(third).isBetween(6000, 6800);
        }
    }

    @Test
    void imagesOfClassesThatMeanSomethingElseNowAreForgotten() {
        SplittableRandom random = new SplittableRandom(1);
        ReplayMemory memory = reservoir();
        for (int n = 0; n < 200; n++) {
            memory.admit(numbered(n, n % 4 - 1), random);
        }
        memory.forget(Set.of(0, 2));
        assertThat(IntStream.range(0, memory.size()).map(i -> memory.get(i).label()))
                .isNotEmpty()
                .containsOnly(1, LabelRegistry.UNLABELLED);
        int left = memory.size();
        memory.forget(Set.of(7));
        assertThat(memory.size()).isEqualTo(left);
        for (int n = 0; n < 200; n++) {
            memory.admit(numbered(n, 1), random);
        }
        assertThat(memory.size()).isEqualTo(64);
        assertThat(without(memory)).isEqualTo(16);
    }
}
