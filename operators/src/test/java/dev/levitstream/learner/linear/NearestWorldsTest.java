package dev.levitstream.learner.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.common.LabelRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which worlds merge, against loops over all images. */
class NearestWorldsTest {
    private static final int WIDTH = 5;
    private static final int LABELS = 3;

    private record Shown(int world, int label, float[] features) {}

    /** Images of some worlds around a mean for each world and label; a world may lack labels. */
    private static List<Shown> shown(SplittableRandom random, int worlds, double lacking) {
        List<Shown> shown = new ArrayList<>();
        for (int world = 0; world < worlds; world++) {
            for (int label = 0; label < LABELS; label++) {
                if (random.nextDouble() < lacking) {
                    continue;
                }
                float[] mean = new float[WIDTH];
                for (int i = 0; i < WIDTH; i++) {
                    mean[i] = (float) (4 * random.nextDouble());
                }
                int count = 2 + random.nextInt(20);
                for (int n = 0; n < count; n++) {
                    float[] features = mean.clone();
                    for (int i = 0; i < WIDTH; i++) {
                        features[i] += (float) ((i + 1) * (random.nextDouble() - 0.5));
                    }
                    shown.add(new Shown(world, label == LABELS - 1 ? LabelRegistry.UNLABELLED : label, features));
                }
            }
        }
        return shown;
    }

    private static List<float[]> of(List<Shown> images, int world, int label) {
        return images.stream()
                .filter(image -> image.world() == world && image.label() == label)
                .map(Shown::features)
                .toList();
    }

    private static List<float[]> of(List<Shown> images, int world) {
        return images.stream()
                .filter(image -> image.world() == world)
                .map(Shown::features)
                .toList();
    }

    private static double[] mean(List<float[]> images) {
        double[] mean = new double[WIDTH];
        for (float[] image : images) {
            for (int i = 0; i < WIDTH; i++) {
                mean[i] += image[i] / (double) images.size();
            }
        }
        return mean;
    }

    /** Squares of images around their mean, features in units of their variance. */
    private static double squares(List<float[]> images, double[] variances) {
        double[] mean = mean(images);
        double squares = 0;
        for (float[] image : images) {
            for (int i = 0; i < WIDTH; i++) {
                squares += (image[i] - mean[i]) * (image[i] - mean[i]) / variances[i];
            }
        }
        return squares;
    }

    private static final int[] ALL_LABELS = {0, 1, LabelRegistry.UNLABELLED};

    /** Feature by feature, of all images around the means of their groups. */
    private static double[] variances(List<Shown> images, int worlds) {
        double[] variances = new double[WIDTH];
        for (int world = 0; world < worlds; world++) {
            for (int label : ALL_LABELS) {
                List<float[]> group = of(images, world, label);
                double[] mean = mean(group);
                for (float[] image : group) {
                    for (int i = 0; i < WIDTH; i++) {
                        variances[i] += (image[i] - mean[i]) * (image[i] - mean[i]) / images.size();
                    }
                }
            }
        }
        return variances;
    }

    private static List<float[]> joined(List<float[]> some, List<float[]> others) {
        List<float[]> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    /** What the squares of two lists of images grow by if their means become one. */
    private static double growth(List<float[]> a, List<float[]> b, double[] variances) {
        return a.isEmpty() || b.isEmpty()
                ? 0
                : squares(joined(a, b), variances) - squares(a, variances) - squares(b, variances);
    }

    private static double loss(List<Shown> images, int a, int b, double[] variances) {
        double loss = 0;
        for (int label : ALL_LABELS) {
            loss += growth(of(images, a, label), of(images, b, label), variances);
        }
        return loss;
    }

    private static Optional<WorldPair> nearest(List<Shown> images, int worlds, int lasting) {
        return worlds(images, worlds).nearest(lasting);
    }

    private static NearestWorlds worlds(List<Shown> images, int worlds) {
        List<FeatureGroup> groups = new ArrayList<>();
        GroupMoments moments = new GroupMoments(WIDTH);
        for (Shown image : images) {
            FeatureGroup group = groups.stream()
                    .filter(known -> known.is(image.world(), image.label(), false))
                    .findFirst()
                    .orElseGet(() -> {
                        groups.add(new FeatureGroup(image.world(), image.label(), false, WIDTH));
                        return groups.get(groups.size() - 1);
                    });
            group.count++;
            group.add(image.features());
            moments.add(image.features(), image.label() == LabelRegistry.UNLABELLED ? 0 : image.label());
        }
        return new NearestWorlds(groups, moments.sums(groups), WIDTH, worlds);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void thePairIsTheOneThatAddsLeastToTheSquaresOfImages(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int worlds = 2 + random.nextInt(6);
        int lasting = random.nextInt(worlds);
        List<Shown> images = shown(random, worlds, seed % 2 == 0 ? 0 : 0.3);
        double[] variances = variances(images, worlds);
        double least = Double.POSITIVE_INFINITY;
        double apart = Double.POSITIVE_INFINITY;
        int[] best = {-1, -1};
        for (int b = Math.max(1, lasting); b < worlds; b++) {
            for (int a = 0; a < b; a++) {
                double loss = loss(images, a, b, variances);
                double whole = growth(of(images, a), of(images, b), variances);
                if (loss < least || (loss == least && whole < apart)) {
                    least = loss;
                    apart = whole;
                    best = new int[] {a, b};
                }
            }
        }
        WorldPair pair = nearest(images, worlds, lasting).orElseThrow();
        assertThat(List.of(pair.older(), pair.newer())).containsExactly(best[0], best[1]);
        int both = of(images, best[0]).size() + of(images, best[1]).size();
        assertThat(pair.loss()).isCloseTo(least / Math.max(1, both) / WIDTH, within(1e-6));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.levitstream.testing.Seeds#twenty")
    void theNearestWorldIsThatOfTheSmallestDistanceOfMeans(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int worlds = 2 + random.nextInt(6);
        List<Shown> images = shown(random, worlds, 0);
        double[] variances = variances(images, worlds);
        for (int a = 0; a < worlds; a++) {
            double least = Double.POSITIVE_INFINITY;
            int best = -1;
            for (int b = 0; b < worlds; b++) {
                double distance = 0;
                for (int i = 0; i < WIDTH; i++) {
                    double difference = mean(of(images, a))[i] - mean(of(images, b))[i];
                    distance += difference * difference / variances[i];
                }
                if (b != a && distance < least) {
                    least = distance;
                    best = b;
                }
            }
            assertThat(worlds(images, worlds).nearestTo(a)).hasValue(best);
        }
    }

    @Test
    void aWorldIsNearNoOtherWhereOneOfThemHasNoImages() {
        List<Shown> images = new ArrayList<>(around(0, 0, 0));
        assertThat(worlds(images, 1).nearestTo(0)).isEmpty();
        assertThat(worlds(images, 2).nearestTo(0)).isEmpty();
        assertThat(worlds(images, 2).nearestTo(1)).isEmpty();
        assertThat(worlds(images, 2).nearestTo(2)).isEmpty();
        images.addAll(around(3, 1, 9));
        images.addAll(around(2, 2, 9));
        assertThat(worlds(images, 4).nearestTo(0)).as("the oldest of equals").hasValue(2);
    }

    private static Shown at(int world, int label, float... features) {
        float[] all = new float[WIDTH];
        System.arraycopy(features, 0, all, 0, features.length);
        return new Shown(world, label, all);
    }

    /** Two images around a place. */
    private static List<Shown> around(int world, int label, float place) {
        return List.of(at(world, label, place - 1), at(world, label, place + 1));
    }

    @Test
    void worldsWithoutALabelInCommonMergeFirstTheMostAlikeOfThem() {
        List<Shown> images = new ArrayList<>();
        images.addAll(around(0, 0, 0));
        images.addAll(around(1, 0, 0.5f)); // nearest to the first, and of its label
        images.addAll(around(2, 1, 30));
        images.addAll(around(3, 2, 20));
        WorldPair pair = nearest(images, 4, 0).orElseThrow();
        assertThat(pair).isEqualTo(new WorldPair(2, 3, 0));
        assertThat(nearest(images, 2, 0).orElseThrow().loss()).isPositive();
    }

    @Test
    void ofEqualsTheOldestMergeAndAWorldWithoutImagesBeforeAllOthers() {
        List<Shown> same = new ArrayList<>();
        for (int world = 0; world < 4; world++) {
            same.addAll(around(world, 0, 1));
        }
        assertThat(nearest(same, 4, 0)).hasValue(new WorldPair(0, 1, 0));
        assertThat(nearest(same, 4, 2)).as("the first two last").hasValue(new WorldPair(0, 2, 0));
        List<Shown> different = new ArrayList<>();
        different.addAll(around(0, 0, 0));
        different.addAll(around(2, 1, 4));
        different.addAll(around(3, 0, 9));
        assertThat(nearest(different, 4, 0)).as("the second is empty").hasValue(new WorldPair(0, 1, 0));
    }

    @Test
    void fewerThanTwoMergeNot() {
        List<Shown> images = around(0, 0, 1);
        assertThat(nearest(images, 0, 0)).isEmpty();
        assertThat(nearest(images, 1, 0)).isEmpty();
        assertThat(nearest(images, 2, 2)).as("both last").isEmpty();
        assertThat(nearest(List.of(), 2, 0)).hasValue(new WorldPair(0, 1, 0));
    }

    @Test
    void featuresThatNeverVaryWithinAGroupStillTellWorldsApart() {
        List<Shown> images = new ArrayList<>();
        for (int world = 0; world < 3; world++) {
            for (int n = 0; n < 3; n++) {
                images.add(at(world, 0, world == 1 ? 1 : 0));
            }
        }
        WorldPair pair = nearest(images, 3, 0).orElseThrow();
        assertThat(pair).isEqualTo(new WorldPair(0, 2, 0));
        assertThat(nearest(images, 2, 0).orElseThrow().loss()).isFinite().isPositive();
    }

    @Test
    void aNoticeNamesBothComponentsAndWhatIsLost() {
        LearnerNotice notice = new WorldPair(1, 3, 0.1234).notice(2, 7, 300);
        assertThat(notice.kind()).isEqualTo(LearnerNotice.Kind.WORLDS_MERGED);
        assertThat(notice.evidence()).isEmpty();
        assertThat(notice.component()).hasValue(2);
        assertThat(notice.reason())
                .isEqualTo(
                        "component 7 with 300 images has become part of component 2: images of both vary 12.3 % more around the"
                                + " means of their labels");
        assertThat(new WorldPair(1, 3, 0).notice(2, 7, 300).reason())
                .isEqualTo(
                        "component 7 with 300 images has become part of component 2: no label is in both, so nothing is lost");
    }
}
