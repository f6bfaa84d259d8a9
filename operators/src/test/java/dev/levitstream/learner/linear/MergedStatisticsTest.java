package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.learner.linear.GroupScores.GroupScore;
import dev.levitstream.nn.model.LinearDiscriminant;
import dev.levitstream.testing.StreamSimulator;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Merged worlds are one world from the start, to the bit. */
class MergedStatisticsTest {
    private static final ImageShape SHAPE = TinyLearners.SHAPE;

    private static GroupStatistics statistics(Kind kind) {
        FixedFeatures fixed =
                new FixedFeatures(SHAPE, new FeatureOptions(kind, 1, 0), new SharedWeights(), TinyLearners.COMPUTE);
        return new GroupStatistics(
                fixed, 1e-2, shrinkage -> new LinearDiscriminant(TinyLearners.COMPUTE, fixed.width(), shrinkage));
    }

    private record Shown(float[] features, int world, int label) {}

    /** Features of few bits, so that sums and products are exact in whatever order they are added. */
    private static List<Shown> shown(SplittableRandom random, int worlds, int count) {
        int width = statistics(Kind.RANDOM).width();
        List<Shown> shown = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int world = random.nextInt(worlds);
            int label = random.nextInt(4);
            float[] features = new float[width];
            for (int i = 0; i < width; i++) {
                features[i] = (random.nextInt(64) + 9 * ((world + label + i) % 5)) / 64f;
            }
            shown.add(new Shown(features, world, label == 3 ? LabelRegistry.UNLABELLED : label));
        }
        return shown;
    }

    private static void learn(GroupStatistics statistics, List<Shown> images, IntUnaryOperator world) {
        for (Shown image : images) {
            statistics.learnt(new byte[0], image.features(), world.applyAsInt(image.world()), image.label(), false);
        }
    }

    private static List<GroupScore> scores(GroupStatistics statistics, float[] features) {
        return statistics.scores(features).groups().stream()
                .sorted(Comparator.comparingInt(GroupScore::component).thenComparingInt(GroupScore::label))
                .toList();
    }

    /** Where a world is found once another went into one. */
    private static IntUnaryOperator after(int kept, int gone) {
        return world -> {
            int in = world == gone ? kept : world;
            return in > gone ? in - 1 : in;
        };
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void theyAreAsIfAllHadBeenLearntAsOne(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int worlds = 2 + random.nextInt(4);
        int kept = random.nextInt(worlds);
        int gone = (kept + 1 + random.nextInt(worlds - 1)) % worlds;
        List<Shown> images = shown(random, worlds, 400);
        List<Shown> later = shown(random, worlds - 1, 50);
        GroupStatistics merged = statistics(Kind.RANDOM);
        learn(merged, images, world -> world);
        merged.refresh();
        long both = merged.images(kept) + merged.images(gone);
        merged.merge(kept, gone);
        merged.refresh();
        GroupStatistics one = statistics(Kind.RANDOM);
        learn(one, images, after(kept, gone));
        one.refresh();
        assertThat(merged.images(after(kept, gone).applyAsInt(kept))).isEqualTo(both);
        for (Shown image : later) {
            assertThat(scores(merged, image.features())).isEqualTo(scores(one, image.features()));
        }
        learn(merged, later, world -> world);
        learn(one, later, world -> world);
        for (int world = 0; world < worlds; world++) {
            assertThat(merged.images(world)).isEqualTo(one.images(world));
        }
        assertThat(merged.nearest(worlds - 1, 0).map(WorldPair::older))
                .isEqualTo(one.nearest(worlds - 1, 0).map(WorldPair::older));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void storedOnesGoOnToTheSameBytes(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Shown> images = shown(random, 4, 300);
        GroupStatistics whole = statistics(Kind.RANDOM);
        learn(whole, images, world -> world);
        whole.refresh();
        GroupStatistics restored = restored(whole);
        for (GroupStatistics some : List.of(whole, restored)) {
            WorldPair pair = some.nearest(3, 0).orElseThrow();
            some.merge(pair.older(), pair.newer());
            some.refresh();
        }
        GroupStatistics again = restored(restored);
        learn(whole, shown(new SplittableRandom(seed), 3, 60), world -> world);
        learn(again, shown(new SplittableRandom(seed), 3, 60), world -> world);
        whole.refresh();
        again.refresh();
        assertThat(StateCodec.seal(again::write)).isEqualTo(StateCodec.seal(whole::write));
    }

    private static GroupStatistics restored(GroupStatistics stored) {
        GroupStatistics restored = statistics(Kind.RANDOM);
        return StateCodec.open("sums", StateCodec.seal(stored::write), in -> {
            restored.read(in);
            return restored;
        });
    }

    @Test
    void imagesOfBeforeTheFiltersWereLearntGoWithTheirWorld() {
        GroupStatistics merged = statistics(Kind.LEARNT);
        GroupStatistics one = statistics(Kind.LEARNT);
        StreamSimulator simulator = new StreamSimulator(SHAPE, 3);
        List<LabelledImage> images = new ArrayList<>();
        for (int world = 0; world < 3; world++) {
            List<LabelledImage> ofWorld = simulator.phase(world, 200, 0);
            learn(merged, ofWorld, world);
            learn(one, ofWorld, Math.max(0, world - 1));
            images.addAll(ofWorld);
        }
        merged.merge(0, 1);
        List<LabelledImage> last = simulator.phase(2, 50, 0);
        learn(merged, last, 1);
        learn(one, last, 1);
        assertThat(merged.learnFilters()).hasSize(650);
        assertThat(one.learnFilters()).hasSize(650);
        merged.refresh();
        one.refresh();
        assertThat(merged.images(0)).isEqualTo(400);
        for (LabelledImage image : images) {
            float[] features = merged.features(image.pixels());
            assertThat(scores(merged, features)).isEqualTo(scores(one, features));
        }
    }

    /** Labels are called the same in all worlds. */
    private static void learn(GroupStatistics statistics, List<LabelledImage> images, int world) {
        for (LabelledImage image : images) {
            int label = image.label().orElseThrow().endsWith("0") ? 0 : 1;
            statistics.learnt(image.pixels(), statistics.features(image.pixels()), world, label, false);
        }
    }

    @Test
    void suspectedImagesStaySuspectedAndSettleWhereTheirWorldWent() {
        GroupStatistics sums = statistics(Kind.RANDOM);
        List<Shown> images = shown(new SplittableRandom(1), 3, 90);
        learn(sums, images, world -> world);
        Shown odd = images.get(0);
        sums.learnt(new byte[0], odd.features(), 1, 0, true);
        long both = sums.images(0) + sums.images(1);
        sums.merge(0, 1);
        assertThat(sums.images(0)).isEqualTo(both);
        GroupStatistics handed = restored(sums);
        handed.handOver(2);
        assertThat(handed.images(2)).isEqualTo(1);
        sums.settle();
        assertThat(sums.images(0)).isEqualTo(both);
        assertThat(sums.images(1) + sums.images(0)).isEqualTo(91);
    }
}
