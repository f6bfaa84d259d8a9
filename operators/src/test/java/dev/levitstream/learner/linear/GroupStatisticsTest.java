package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.nn.model.LinearDiscriminant;
import dev.levitstream.testing.TinyLearners;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The discriminant against one computed from all images at once. */
class GroupStatisticsTest {
    private static final ImageShape SHAPE = new ImageShape(8, 8, 1);
    private static final byte[] NO_PIXELS = new byte[0];
    private static final int WIDTH = router().width();
    private static final double SHRINKAGE = 1e-2;

    private record Shown(float[] features, int component, int label) {}

    private static GroupStatistics router() {
        return statistics(fixed(Kind.RANDOM, 1));
    }

    private static FixedFeatures fixed(Kind kind, int filters) {
        return new FixedFeatures(
                SHAPE, new FeatureOptions(kind, filters, 0), new SharedWeights(), TinyLearners.COMPUTE);
    }

    private static GroupStatistics statistics(FixedFeatures fixed) {
        return new GroupStatistics(
                fixed, SHRINKAGE, shrinkage -> new LinearDiscriminant(TinyLearners.COMPUTE, fixed.width(), shrinkage));
    }

    /** Three groups, two of them of component 1, around random means. */
    private static List<Shown> shown(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] means = new float[3][WIDTH];
        for (float[] mean : means) {
            for (int i = 0; i < WIDTH; i++) {
                mean[i] = (float) random.nextDouble();
            }
        }
        List<Shown> shown = new ArrayList<>();
        for (int n = 0; n < count; n++) {
            int group = random.nextInt(3);
            float[] features = new float[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                features[i] = means[group][i] + (float) (0.4 * (random.nextDouble() - 0.5));
            }
            shown.add(new Shown(features, group == 0 ? 0 : 1, group == 2 ? LabelRegistry.UNLABELLED : group));
        }
        return shown;
    }

    /** The best component; -1 if none is known. */
    private static int route(GroupStatistics router, float[] features) {
        List<Integer> components = router.scores(features).components();
        return components.isEmpty() ? -1 : components.get(0);
    }

    private static GroupStatistics learn(List<Shown> images) {
        GroupStatistics router = router();
        for (Shown image : images) {
            router.learnt(NO_PIXELS, image.features(), image.component(), image.label(), false);
        }
        router.refresh();
        return router;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19})
    void scoresAreThoseOfTheTextbookWhateverTheOrder(long seed) {
        List<Shown> images = shown(seed, 200);
        List<Shown> shuffled = new ArrayList<>(images);
        Collections.shuffle(shuffled, new Random(seed));
        GroupStatistics router = learn(images);
        GroupStatistics other = learn(shuffled);
        int different = 0;
        for (Shown image : shown(seed, 300)) {
            int expected = naive(images, image.features());
            assertThat(route(router, image.features())).isEqualTo(expected);
            assertThat(route(other, image.features())).isEqualTo(expected);
            different += expected == image.component() ? 0 : 1;
        }
        assertThat(different).isLessThan(15);
    }

    /**
     * argmin over groups of (f - c m)' S^-1 (f - c m) - 2 ln n, with S^-1 by Gauss and Jordan, and means m from that of
     * all images.
     */
    private static int naive(List<Shown> images, float[] f) {
        List<List<Integer>> keys = List.of(List.of(0, 0), List.of(1, 1), List.of(1, LabelRegistry.UNLABELLED));
        double[][] means = new double[3][WIDTH];
        double[] sizes = new double[3];
        double[][] covariance = new double[WIDTH][WIDTH];
        double labelled = images.stream()
                .filter(image -> image.label() != LabelRegistry.UNLABELLED)
                .count();
        for (int g = 0; g < 3; g++) {
            List<Integer> key = keys.get(g);
            List<float[]> members = images.stream()
                    .filter(image -> image.component() == key.get(0) && image.label() == key.get(1))
                    .map(Shown::features)
                    .toList();
            sizes[g] = members.size();
            for (float[] member : members) {
                for (int i = 0; i < WIDTH; i++) {
                    means[g][i] += member[i] / (double) members.size();
                }
            }
            for (float[] member : members) {
                for (int i = 0; i < WIDTH; i++) {
                    for (int j = 0; j < WIDTH; j++) {
                        // images without a label vary by class, too
                        double share = g == 2 ? 0 : 1 / labelled;
                        covariance[i][j] += share * (member[i] - means[g][i]) * (member[j] - means[g][j]);
                    }
                }
            }
        }
        double trace = 0;
        for (int i = 0; i < WIDTH; i++) {
            trace += covariance[i][i];
        }
        for (int i = 0; i < WIDTH; i++) {
            covariance[i][i] += SHRINKAGE * trace / WIDTH;
        }
        double[][] inverse = inverse(covariance);
        double directions = WIDTH;
        double[] middle = new double[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            directions -= SHRINKAGE * trace / WIDTH * inverse[i][i];
            for (Shown image : images) {
                middle[i] += image.features()[i] / (double) images.size();
            }
        }
        int best = -1;
        double smallest = Double.POSITIVE_INFINITY;
        for (int g = 0; g < 3; g++) {
            double[] mean = means[g].clone();
            Arrays.setAll(mean, i -> mean[i] - middle[i]);
            double kept = 1 - directions / sizes[g] / product(mean, inverse, mean);
            // images of component 1 without a label are of its class as often as those with one
            double count = g == 1 ? sizes[1] + sizes[2] : sizes[g];
            double[] offset = new double[WIDTH];
            Arrays.setAll(offset, i -> f[i] - middle[i] - kept * mean[i]);
            double distance = product(offset, inverse, offset) - 2 * Math.log(count);
            if (distance < smallest) {
                smallest = distance;
                best = keys.get(g).get(0);
            }
        }
        return best;
    }

    private static double product(double[] left, double[][] matrix, double[] right) {
        double sum = 0;
        for (int i = 0; i < WIDTH; i++) {
            for (int j = 0; j < WIDTH; j++) {
                sum += left[i] * matrix[i][j] * right[j];
            }
        }
        return sum;
    }

    private static double[][] inverse(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][2 * n];
        for (int i = 0; i < n; i++) {
            System.arraycopy(matrix[i], 0, a[i], 0, n);
            a[i][n + i] = 1;
        }
        for (int p = 0; p < n; p++) {
            double pivot = a[p][p];
            for (int j = 0; j < 2 * n; j++) {
                a[p][j] /= pivot;
            }
            for (int i = 0; i < n; i++) {
                double factor = i == p ? 0 : a[i][p];
                for (int j = 0; j < 2 * n; j++) {
                    a[i][j] -= factor * a[p][j];
                }
            }
        }
        return Arrays.stream(a).map(row -> Arrays.copyOfRange(row, n, 2 * n)).toArray(double[][]::new);
    }

    @Test
    void aRestoredRouterGoesOnToTheSameBytes() {
        List<Shown> images = shown(3, 400);
        GroupStatistics whole = learn(images.subList(0, 200));
        GroupStatistics restored = router();
        StateCodec.open("router", StateCodec.seal(whole::write), in -> {
            restored.read(in);
            return restored;
        });
        for (Shown image : images.subList(200, 400)) {
            whole.learnt(NO_PIXELS, image.features(), image.component(), image.label(), false);
            whole.refresh();
            restored.learnt(NO_PIXELS, image.features(), image.component(), image.label(), false);
            restored.refresh();
        }
        assertThat(StateCodec.seal(restored::write)).isEqualTo(StateCodec.seal(whole::write));
    }

    @Test
    void aRareGroupIsFoundAfterItsFirstImages() {
        List<Shown> images = new ArrayList<>(shown(5, 3000));
        List<Shown> rare = images.stream()
                .filter(image -> image.label() == LabelRegistry.UNLABELLED)
                .toList();
        images.removeAll(rare);
        GroupStatistics router = learn(images);
        for (Shown image : rare.subList(0, 10)) {
            router.learnt(NO_PIXELS, image.features(), 2, LabelRegistry.UNLABELLED, false);
            router.refresh();
        }
        long found = rare.subList(10, 210).stream()
                .filter(image -> route(router, image.features()) == 2)
                .count();
        assertThat(found).isGreaterThan(180);
    }

    @Test
    void imagesOfASuspectedChangeGoToTheComponentThatFollows() {
        List<Shown> images = shown(7, 900);
        List<Shown> old = images.stream().filter(image -> image.label() == 0).toList();
        List<Shown> news = images.stream().filter(image -> image.label() == 1).toList();
        for (boolean changed : new boolean[] {true, false}) {
            GroupStatistics router = learn(old);
            for (Shown image : news.subList(0, 60)) {
                router.learnt(NO_PIXELS, image.features(), 0, 1, true);
            }
            if (changed) {
                router.handOver(1);
            } else {
                router.settle();
            }
            for (Shown image : news.subList(60, 160)) {
                router.learnt(NO_PIXELS, image.features(), 1, 1, false);
            }
            router.refresh();
            long found = news.subList(160, 260).stream()
                    .filter(image -> route(router, image.features()) == 1)
                    .count();
            assertThat(found == 100)
                    .as("all of the new world, changed=" + changed)
                    .isEqualTo(changed);
            assertThat(route(router, old.get(0).features())).isZero();
        }
    }

    @Test
    void imagesOfANewLabelThatCameBeforeTheEvidenceGoOverTooThoseOfAnOldOneStay() {
        List<Shown> images = shown(11, 900);
        List<Shown> first = images.stream().filter(image -> image.label() == 0).toList();
        List<Shown> second = images.stream().filter(image -> image.label() == 1).toList();
        for (int early : new int[] {29, 30}) {
            GroupStatistics router = learn(first.subList(0, 200));
            for (Shown image : second.subList(0, early)) {
                router.learnt(NO_PIXELS, image.features(), 0, 1, false);
            }
            for (Shown image : second.subList(early, early + 30)) {
                router.learnt(NO_PIXELS, image.features(), 0, 1, true);
            }
            for (Shown image : first.subList(200, 220)) {
                router.learnt(NO_PIXELS, image.features(), 0, 0, true);
            }
            router.handOver(1);
            boolean fewer = early < 30;
            assertThat(router.images(0)).isEqualTo(200 + (fewer ? 0 : early));
            assertThat(router.images(1)).isEqualTo(50 + (fewer ? early : 0));
        }
    }

    @Test
    void evidenceThatCameToNothingLeavesNoTrace() {
        List<Shown> images = shown(8, 300);
        GroupStatistics plain = learn(images);
        GroupStatistics suspicious = router();
        for (int i = 0; i < images.size(); i++) {
            Shown image = images.get(i);
            suspicious.learnt(NO_PIXELS, image.features(), image.component(), image.label(), i % 3 == 1);
        }
        suspicious.settle();
        suspicious.refresh();
        for (Shown image : shown(9, 200)) {
            assertThat(route(suspicious, image.features())).isEqualTo(route(plain, image.features()));
        }
    }

    @Test
    void nothingIsRoutedBeforeAnythingIsLearntAndEqualImagesDoNoHarm() {
        GroupStatistics router = router();
        float[] flat = new float[WIDTH];
        assertThat(route(router, flat)).isEqualTo(-1);
        router.refresh();
        for (int i = 0; i < 20; i++) {
            router.learnt(NO_PIXELS, flat, 0, 0, false);
            router.refresh();
        }
        assertThat(route(router, flat)).isZero();
    }

    private static GroupStatistics learning() {
        return statistics(fixed(Kind.LEARNT, 2));
    }

    /** One that has its filters before it sees the first image. */
    private static GroupStatistics learntFrom(List<byte[]> images) {
        FixedFeatures fixed = fixed(Kind.LEARNT, 2);
        List<byte[]> different = new ArrayList<>();
        for (int n = 0; n < images.size(); n++) {
            if (n == 0 || !Arrays.equals(images.get(n), images.get(n - 1))) {
                different.add(images.get(n));
            }
        }
        fixed.learn(different);
        return statistics(fixed);
    }

    private static byte[] picture(SplittableRandom random, int label) {
        byte[] pixels = new byte[SHAPE.size()];
        for (int i = 0; i < pixels.length; i++) {
            boolean lit = (label == 0 ? i % 8 : i / 8) == random.nextInt(8);
            pixels[i] = (byte) (lit ? 200 : random.nextInt(50));
        }
        return pixels;
    }

    /** A stream with suspicion, a change, late labels and a camera that freezes. */
    private static List<byte[]> show(GroupStatistics router, long seed, int from, int to) {
        SplittableRandom random = new SplittableRandom(seed);
        List<byte[]> shown = new ArrayList<>();
        byte[] last = new byte[0];
        for (int n = from; n < to; n++) {
            int label = n % 3 == 2 ? LabelRegistry.UNLABELLED : n % 2;
            byte[] pixels = n % 50 > 40 && last.length > 0 ? last : picture(random, n % 2);
            boolean suspected = n % 100 > 60 && n % 100 < 80;
            if (n % 100 == 80) {
                if (n < 300) {
                    router.settle();
                } else {
                    router.handOver(1);
                }
            }
            router.learnt(pixels, router.features(pixels), n < 380 ? 0 : 1, label, suspected);
            if (n % 7 == 0 && n < 380 && label == LabelRegistry.UNLABELLED && !suspected) {
                router.label(pixels, 0, 1);
            }
            last = pixels;
            shown.add(pixels);
        }
        return shown;
    }

    private static GroupStatistics restored(GroupStatistics router) {
        GroupStatistics restored = learning();
        return StateCodec.open("router", StateCodec.seal(router::write), in -> {
            restored.read(in);
            return restored;
        });
    }

    @Test
    void onceFiltersAreLearntAllIsAsIfTheyHadAlwaysBeenThere() {
        GroupStatistics router = learning();
        List<byte[]> shown = new ArrayList<>(show(router, 1, 0, 500));
        assertThat(router.learnFilters()).as("frozen images do not count").isEmpty();
        shown.addAll(show(router, 2, 500, 800));
        byte[] probe = picture(new SplittableRandom(3), 0);
        float[] before = router.features(probe);
        assertThat(router.learnFilters()).hasSize(800);
        assertThat(router.features(probe)).isNotEqualTo(before);
        assertThat(router.learnFilters()).isEmpty();
        router.refresh();

        GroupStatistics always = learntFrom(shown);
        show(always, 1, 0, 500);
        show(always, 2, 500, 800);
        always.refresh();
        for (int n = 0; n < 50; n++) {
            float[] features = router.features(picture(new SplittableRandom(n), n % 2));
            assertThat(features).isEqualTo(always.features(picture(new SplittableRandom(n), n % 2)));
            List<GroupScores.GroupScore> scores = router.scores(features).groups();
            List<GroupScores.GroupScore> expected = always.scores(features).groups();
            assertThat(scores).hasSameSizeAs(expected).hasSizeGreaterThan(3);
            for (int g = 0; g < scores.size(); g++) {
                float score = expected.get(g).score();
                assertThat(scores.get(g).score()).isCloseTo(score, within(1e-3f * Math.abs(score) + 1e-3f));
            }
        }
    }

    @Test
    void aRestoredRouterHasOrLearnsTheSameFilters() {
        GroupStatistics whole = learning();
        show(whole, 1, 0, 400);
        GroupStatistics early = restored(whole);
        for (GroupStatistics router : List.of(whole, early)) {
            show(router, 2, 400, 900);
            assertThat(router.learnFilters()).hasSize(900);
            router.refresh();
        }
        GroupStatistics late = restored(whole);
        for (GroupStatistics router : List.of(whole, early, late)) {
            show(router, 3, 900, 1000);
            router.refresh();
        }
        assertThat(StateCodec.seal(early::write)).isEqualTo(StateCodec.seal(whole::write));
        assertThat(StateCodec.seal(late::write)).isEqualTo(StateCodec.seal(whole::write));
    }

    /** Labels that come after many images without one are learnt as if those had never been. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4})
    void imagesWithoutALabelDoNotHideClasses(long seed) {
        List<Shown> labelled = shown(seed, 600).stream()
                .filter(image -> image.label() != LabelRegistry.UNLABELLED)
                .map(image -> new Shown(image.features(), 0, image.label()))
                .toList();
        GroupStatistics fresh = learn(labelled);
        GroupStatistics late = router();
        for (Shown image : shown(seed, 3000)) {
            late.learnt(NO_PIXELS, image.features(), 0, LabelRegistry.UNLABELLED, false);
        }
        for (Shown image : labelled) {
            late.learnt(NO_PIXELS, image.features(), 0, image.label(), false);
        }
        late.refresh();
        for (Shown image : shown(seed, 200)) {
            double[] expected = fresh.scores(image.features()).of(0, 2);
            double[] found = late.scores(image.features()).of(0, 2);
            assertThat(found[1] - found[0]).isCloseTo(expected[1] - expected[0], within(0.5));
        }
    }

    @Test
    void anImageThatGetsItsLabelLateIsCountedAsALabelledOne() {
        List<Shown> images = shown(4, 400);
        GroupStatistics late = router();
        GroupStatistics inTime = router();
        SplittableRandom random = new SplittableRandom(5);
        byte[] other = picture(random, 0);
        for (GroupStatistics one : List.of(late, inTime)) {
            one.learnt(other, one.features(other), 0, LabelRegistry.UNLABELLED, false);
        }
        for (Shown image : images) {
            byte[] pixels = picture(random, image.label() == 0 ? 0 : 1);
            late.learnt(pixels, late.features(pixels), 0, LabelRegistry.UNLABELLED, false);
            inTime.learnt(pixels, inTime.features(pixels), 0, image.label(), false);
            if (image.label() != LabelRegistry.UNLABELLED) {
                assertThat(late.label(pixels, 0, image.label())).isTrue();
            }
        }
        late.refresh();
        inTime.refresh();
        for (int n = 0; n < 50; n++) {
            float[] probe = late.features(picture(random, n % 2));
            double[] expected = inTime.scores(probe).of(0, 2);
            double[] found = late.scores(probe).of(0, 2);
            assertThat(found[1] - found[0]).isCloseTo(expected[1] - expected[0], within(1e-2));
        }
    }
}
