package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.RandomNetwork.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values and gradients of the convolutional net against its definition, written as loops in double precision. */
class ConvolutionalNetTest {
    private static final KnowledgeFusion NONE = new KnowledgeFusion(Level.NONE, Gates.FIXED);
    private static final int CLASSES = 3;
    private static final int IMAGES = 4;
    private static final int FIELDS = 4;
    private static final double STEP = 1e-6;

    private final List<Compute> computes = RandomNetwork.computes();

    @AfterEach
    void close() {
        computes.forEach(Compute::close);
    }

    /** The net with a classifier, random parameters and random images, of which image i is of class i mod 3. */
    private static final class Sample {
        final ConvolutionalOptions options;
        final ComponentNetwork network;
        final float[] parameters;
        final float[] images;

        Sample(ImageShape shape, List<Integer> channels, long seed) {
            options = new ConvolutionalOptions(shape, channels);
            network = new ComponentNetwork(new ConvolutionalNet(options), Optional.empty(), NONE, 0, 0, CLASSES);
            SplittableRandom random = new SplittableRandom(seed);
            parameters = new float[network.layout().size()];
            Randomness.normals(random, parameters);
            images = new float[IMAGES * shape.size()];
            for (int i = 0; i < images.length; i++) {
                images[i] = random.nextInt(256) / 255f;
            }
        }

        NDArray imageArray(NDManager scope) {
            ImageShape s = options.image();
            return Tensors.of(scope, images, new Shape(IMAGES, s.height(), s.width(), s.channels()));
        }

        float[] gradient(Compute compute) {
            float[] targets = new float[IMAGES * CLASSES];
            for (int i = 0; i < IMAGES; i++) {
                targets[i * CLASSES + i % CLASSES] = -1f / IMAGES;
            }
            float[] gradient = new float[parameters.length];
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, parameters, new Shape(parameters.length));
                TrainingBatch batch = new TrainingBatch(
                        imageArray(scope),
                        Optional.empty(),
                        Optional.of(Tensors.of(scope, targets, new Shape(IMAGES, CLASSES))),
                        Tensors.of(scope, new float[0], new Shape(IMAGES, 0)));
                Losses losses = new Program(network, compute).gradient(scope, flat, batch, gradient);
                double expected = loss(doubles(parameters));
                assertThat((double) losses.total()).isCloseTo(expected, within(1e-4 * Math.max(1, expected)));
            }
            return gradient;
        }

        /** Mean cross entropy. */
        double loss(double[] p) {
            double loss = 0;
            for (int i = 0; i < IMAGES; i++) {
                double[] features = features(p, i);
                double[] logits = new double[CLASSES];
                for (int k = 0; k < CLASSES; k++) {
                    logits[k] = at(p, "head.bias", k);
                    for (int f = 0; f < features.length; f++) {
                        logits[k] += features[f] * at(p, "head.weight", k, f);
                    }
                }
                double sum = Arrays.stream(logits).map(Math::exp).sum();
                loss += (Math.log(sum) - logits[i % CLASSES]) / IMAGES;
            }
            return loss;
        }

        double[] features(double[] p, int image) {
            ImageShape shape = options.image();
            double[][][] x = new double[shape.height()][shape.width()][shape.channels()];
            for (int i = 0; i < shape.size(); i++) {
                int place = i / shape.channels();
                x[place / shape.width()][place % shape.width()][i % shape.channels()] =
                        4 * (images[image * shape.size() + i] - 0.5);
            }
            for (int i = 0; i < options.channels().size(); i++) {
                x = layer(p, "conv" + i, options.channels().get(i), x);
            }
            int width = x[0][0].length;
            double[] means = new double[FIELDS * FIELDS * width];
            for (int i = 0; i < means.length; i++) {
                int field = i / width;
                means[i] = mean(x, field / FIELDS, field % FIELDS, i % width);
            }
            return means;
        }

        private static double mean(double[][][] x, int down, int right, int channel) {
            return IntStream.range(down * x.length / FIELDS, (int) Math.ceil((down + 1.0) * x.length / FIELDS))
                    .mapToObj(row -> x[row])
                    .flatMapToDouble(row -> IntStream.range(
                                    right * row.length / FIELDS, (int) Math.ceil((right + 1.0) * row.length / FIELDS))
                            .mapToDouble(column -> row[column][channel]))
                    .average()
                    .orElseThrow();
        }

        private double[][][] layer(double[] p, String name, int out, double[][][] x) {
            double[][][] result = new double[(x.length + 1) / 2][(x[0].length + 1) / 2][out];
            for (int row = 0; row < result.length; row++) {
                for (int column = 0; column < result[0].length; column++) {
                    double[] place = result[row][column];
                    for (int c = 0; c < out; c++) {
                        place[c] = at(p, name + ".bias", c) + window(p, name, x, c, 2 * row - 1, 2 * column - 1);
                    }
                    double mean = Arrays.stream(place).average().orElseThrow();
                    double variance = Arrays.stream(place)
                            .map(value -> (value - mean) * (value - mean))
                            .average()
                            .orElseThrow();
                    for (int c = 0; c < out; c++) {
                        double normal = (place[c] - mean) / Math.sqrt(variance + 1e-5);
                        place[c] = Math.max(0, normal * at(p, name + ".scale", c) + at(p, name + ".shift", c));
                    }
                }
            }
            return result;
        }

        private double window(double[] p, String name, double[][][] x, int channel, int top, int left) {
            double sum = 0;
            for (int y = Math.max(0, top); y < Math.min(x.length, top + 3); y++) {
                for (int z = Math.max(0, left); z < Math.min(x[0].length, left + 3); z++) {
                    for (int c = 0; c < x[y][z].length; c++) {
                        sum += x[y][z][c] * at(p, name + ".weight", channel, c, y - top, z - left);
                    }
                }
            }
            return sum;
        }

        private double at(double[] p, String name, int... indices) {
            return p[network.layout().entry(name).place(indices)];
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 16, 3", "7, 10, 1", "1, 1, 3", "5, 30, 4"})
    void valuesAndGradientsAreThoseOfTheDefinition(int height, int width, int channels) {
        for (long seed = 0; seed < 5; seed++) {
            Sample sample = new Sample(new ImageShape(height, width, channels), List.of(5, 6), seed);
            SplittableRandom random = new SplittableRandom(seed + 1000);
            for (Compute compute : computes) {
                float[] gradient = sample.gradient(compute);
                for (ParameterLayout.Entry entry : sample.network.layout().entries()) {
                    for (int k = 0; k < 3; k++) {
                        int i = entry.offset() + random.nextInt(entry.size());
                        double[] p = doubles(sample.parameters);
                        p[i] += STEP;
                        double above = sample.loss(p);
                        p[i] -= 2 * STEP;
                        double expected = (above - sample.loss(p)) / (2 * STEP);
                        assertThat((double) gradient[i])
                                .as(entry.name() + " parameter " + i)
                                .isCloseTo(expected, within(2e-3 * Math.max(1, Math.abs(expected))));
                    }
                }
            }
        }
    }

    @Test
    void anImageByItselfHasTheFeaturesOfTheDefinition() {
        Sample sample = new Sample(new ImageShape(9, 8, 3), List.of(4, 7, 5), 1);
        for (Compute compute : computes) {
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, sample.parameters, new Shape(sample.parameters.length));
                float[] found = Tensors.read(new Program(sample.network, compute)
                        .each(scope, NetworkFunction.KNOWLEDGE, flat, sample.imageArray(scope))
                        .singletonOrThrow());
                for (int i = 0; i < IMAGES; i++) {
                    RandomNetwork.assertClose(found, i, sample.features(doubles(sample.parameters), i));
                }
            }
        }
    }

    @Test
    void itsDefaultForSmallColourImagesIsSmall() {
        Sample sample = new Sample(new ImageShape(32, 32, 3), List.of(32, 64, 128), 1);
        int convolutions = 9 * (3 * 32 + 32 * 64 + 64 * 128);
        int perChannel = 3; // bias, scale, shift
        assertThat(sample.parameters)
                .hasSize(convolutions + perChannel * (32 + 64 + 128) + CLASSES * 16 * 128 + CLASSES)
                .hasSize(99_843);
    }

    @Test
    void widthsAreCheckedAndKnowledgeOfOthersIsRefused() {
        ImageShape shape = new ImageShape(8, 8, 3);
        assertThatThrownBy(() -> new ConvolutionalOptions(shape, List.of()))
                .hasMessage("conv.channels=[] must be widths of 1 to 4096");
        assertThatThrownBy(() -> new ConvolutionalOptions(shape, List.of(3, 4097)))
                .hasMessage("conv.channels=[3, 4097] must be widths of 1 to 4096");
        ConvolutionalNet net = new ConvolutionalNet(new ConvolutionalOptions(shape, List.of(3)));
        assertThatThrownBy(() -> net.declare(new ParameterLayout.Builder(), 1))
                .hasMessage("priorWidth=1 must be 0 for a convolutional net");
    }
}
