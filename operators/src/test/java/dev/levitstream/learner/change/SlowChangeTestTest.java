package dev.levitstream.learner.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.common.Randomness;
import dev.levitstream.learner.common.StateCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlowChangeTestTest {
    private static final int PERIOD = 512;
    private static final int MOST = 256;
    /** Without a limit by the false-alarm probability given. */
    private static final double ANY = 0.01;

    private final Random random = new Random(1);
    private final List<float[]> images = new ArrayList<>();
    private final Whitening whitening = Whitening.of(drawn(ChangeDetector.FIRST));
    private final TwoSampleTest near = new TwoSampleTest(whitening);
    private final SlowChangeTest slow = new SlowChangeTest();

    private float[] image(double shift, double likeness) {
        float[] image = new float[RandomProjection.SIZE];
        float[] before = images.isEmpty() ? image : images.get(images.size() - 1);
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (likeness * before[i] + (1 + i % 5) * random.nextGaussian() + shift);
        }
        return image;
    }

    private List<float[]> drawn(int count) {
        List<float[]> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            drawn.add(image(0, 0));
        }
        return drawn;
    }

    private void show(int count, double shift, double likeness) {
        for (int i = 0; i < count; i++) {
            show(image(shift, likeness));
        }
    }

    private void show(float[] image) {
        near.add(new Numbered(images.size(), image));
        images.add(image);
        slow.add();
    }

    /** Tests, as far as a test is due, and keeps nothing of a change. */
    private Optional<LastingChange> check(double falseAlarm) {
        return copy(slow).check(near, falseAlarm);
    }

    private void live(int periods, double shift) {
        for (int i = 0; i < periods; i++) {
            show(PERIOD, shift, 0);
            assertThat(slow.check(near, 1e-12)).isEmpty();
        }
    }

    private static byte[] written(SlowChangeTest test) {
        return StateCodec.seal(test::write);
    }

    private static SlowChangeTest copy(SlowChangeTest test) {
        return StateCodec.open("slow", written(test), SlowChangeTest::read);
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0", "0.2, 0.4"})
    void theProbabilityIsThatOfTheDefinition(double shift, double likeness) {
        for (int i = 0; i < 3; i++) {
            show(PERIOD, 0, likeness);
            assertThat(slow.check(near, 1e-12)).isEmpty();
        }
        List<float[]> life = life(3 * PERIOD);
        assertThat(slow.world(whitening).reference()).containsExactlyElementsOf(life);
        show(PERIOD / 2, 0, likeness);
        show(PERIOD / 2, shift, likeness);
        double excess = near.excess();
        assertThat(excess).isBetween(likeness == 0 ? 1 : 1.2, 5.0);

        LastingChange change = check(ANY).orElseThrow();

        double expected = probability(life, images.subList(images.size() - 256, images.size()), excess);
        assertThat(expected).isBetween(1e-30, 1e-3);
        assertThat(Math.log10(change.probability())).isCloseTo(Math.log10(expected), within(1e-3));
        assertThat(change.since()).isEqualTo(256);
        double level = change.probability() * ChangeDetector.EVERY / PERIOD;
        assertThat(check(1.001 * level)).isPresent();
        assertThat(check(0.999 * level)).isEmpty();
    }

    /** Whom a reservoir holds. */
    private List<float[]> life(int lived) {
        List<float[]> life = new ArrayList<>(images.subList(0, MOST));
        for (int i = MOST; i < lived; i++) {
            long place = Randomness.at(2, Randomness.Purpose.ADMIT, i + 1).nextLong(i + 1);
            if (place < MOST) {
                life.set((int) place, images.get(i));
            }
        }
        return life;
    }

    private double probability(List<float[]> life, List<float[]> newest, double excess) {
        List<float[]> own = life.stream().map(whitening::whiten).toList();
        List<float[]> others = newest.stream().map(whitening::whiten).toList();
        double[][] centred = kernel(own, own);
        double within = mean(centred);
        double statistic = (mean(kernel(others, others)) - 2 * mean(kernel(others, own)) + within)
                / (1.0 / others.size() + 1.0 / own.size());
        int n = own.size();
        double[] rows = new double[n];
        for (int i = 0; i < n; i++) {
            rows[i] = mean(new double[][] {centred[i]});
        }
        double first = 0;
        double second = 0;
        double third = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                centred[i][j] += within - rows[i] - rows[j];
            }
        }
        for (int i = 0; i < n; i++) {
            first += centred[i][i] / (n - 1);
            for (int j = 0; j < n; j++) {
                second += i == j ? 0 : centred[i][j] * centred[i][j] / n / (n - 1);
                for (int k = 0; k < n; k++) {
                    boolean differ = i != j && j != k && i != k;
                    third += differ ? centred[i][j] * centred[j][k] * centred[k][i] / n / (n - 1) / (n - 2) : 0;
                }
            }
        }
        double deviation = excess * Math.sqrt(2 * second);
        double skewness = 8 * third / Math.pow(2 * second, 1.5);
        return beyond((statistic - excess * first) / deviation, 4 / (skewness * skewness));
    }

    private static double[][] kernel(List<float[]> some, List<float[]> others) {
        double[][] kernel = new double[some.size()][others.size()];
        for (int i = 0; i < some.size(); i++) {
            for (int j = 0; j < others.size(); j++) {
                double distance = 0;
                for (int k = 0; k < RandomProjection.SIZE; k++) {
                    double difference = some.get(i)[k] - others.get(j)[k];
                    distance += difference * difference;
                }
                kernel[i][j] = Math.exp(-distance * (300 - 64 - 2) / (2 * 64 * 300));
            }
        }
        return kernel;
    }

    private static double mean(double[][] values) {
        double sum = 0;
        for (double[] row : values) {
            for (double value : row) {
                sum += value;
            }
        }
        return sum / values.length / values[0].length;
    }

    /** Of a gamma law of mean 0 and deviation 1, by adding up its density. */
    private static double beyond(double z, double shape) {
        double peak = (shape - 1) * Math.log(shape - 1) - (shape - 1);
        double from = shape + z * Math.sqrt(shape);
        double step = Math.sqrt(shape) / 5000;
        double all = 0;
        double beyond = 0;
        for (double t = step / 2; t < shape + 40 * Math.sqrt(shape) + 40; t += step) {
            double density = Math.exp((shape - 1) * Math.log(t) - t - peak);
            all += density;
            beyond += t > from ? density : 0;
        }
        return beyond / all;
    }

    @Test
    void imagesOfAllAgesAreKeptAlike() {
        float[] image = new float[RandomProjection.SIZE];
        for (int number = 0; number < 10 * PERIOD; number++) {
            image = image.clone();
            image[0] = number;
            show(image);
            assertThat(slow.check(near, 1e-300)).isEmpty();
            int lived = (number + 1) / PERIOD * PERIOD;
            if (number % 509 == 0 || number == 10 * PERIOD - 1) {
                List<float[]> kept =
                        lived == 0 ? List.of() : slow.world(whitening).reference();
                assertThat(kept).hasSize(Math.min(lived, MOST)).doesNotHaveDuplicates();
                assertThat(kept).allMatch(one -> one[0] < lived);
            }
        }
        List<float[]> kept = slow.world(whitening).reference();
        assertThat(kept.stream().filter(one -> one[0] < 5 * PERIOD).count()).isBetween(96L, 160L);
        assertThat(kept.stream().filter(one -> one[0] % 2 == 0).count()).isBetween(96L, 160L);
    }

    @Test
    void aYoungWorldIsNotTested() {
        show(PERIOD, 0, 0);
        assertThat(slow.check(near, ANY)).isEmpty();
        show(PERIOD, 1, 0);
        assertThat(slow.check(near, ANY)).isEmpty();
        show(PERIOD - 1, 2, 0);
        assertThat(slow.check(near, ANY)).isEmpty();
        show(1, 2, 0);
        assertThat(slow.check(near, ANY)).isPresent();
    }

    /** A burst is in one half and the other is without it, or it is in the middle. */
    @ParameterizedTest
    @ValueSource(ints = {0, 32, 64, 96, 128, 160, 192})
    void aBurstSpeaksForNoChange(int before) {
        live(2, 0);
        show(PERIOD - 256 + before, 0, 0);
        show(64, 2, 0);
        show(192 - before, 0, 0);
        assertThat(check(ANY)).isEmpty();

        double probability = slow.world(whitening).probability(images.subList(images.size() - 256, images.size()));
        assertThat(probability).isLessThan(1e-6);
    }

    @Test
    void whatIsWrittenIsReadAndNoMoreThanThereIs() {
        assertThat(written(slow)).hasSize(12 + 16);
        show(PERIOD - 1, 0, 0);
        assertThat(slow.check(near, ANY)).isEmpty();
        assertThat(written(slow)).hasSize(12 + 16);
        show(1, 0, 0);
        SlowChangeTest other = copy(slow);
        for (int i = 0; i < 3 * PERIOD; i++) {
            assertThat(other.check(near, ANY)).isEqualTo(slow.check(near, ANY));
            assertThat(written(other)).isEqualTo(written(slow));
            show(1, 0, 0);
            other.add();
            other = i % 3 == 0 ? copy(other) : other;
        }
        assertThat(written(slow)).hasSizeLessThan(67_000);
    }
}
