package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.testing.NaiveNetwork;
import dev.levitstream.testing.Seeds;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** One network with random parameters, random images, and its naive twin. */
final class RandomNetwork {
    static final int IMAGES = 4;
    static final int FROZEN = 2;
    private static final int CLASSES = 3;
    private static final double KL_WEIGHT = 0.7;

    final ComponentNetwork network;
    final KnowledgeFusion fusion;
    final VitOptions vit;
    final VaeOptions vae;
    final Body body;
    final float[] parameters;
    final float[][] images;
    final float[][] knowledge;
    final float[][] noise;
    final int[] labels = {0, -1, 2, 1};

    RandomNetwork(Level level, Gates gates, Kind kind, int frozen, long seed) {
        this(level, gates, kind == Kind.CONVOLUTIONAL, kind.shape(), frozen, seed);
    }

    /** What a network is given, and which VAE it has. */
    enum Kind {
        DENSE,
        CONVOLUTIONAL,
        TOKENS,
        WHOLE;

        private InputShape shape() {
            return switch (this) {
                case DENSE -> new ImageShape(8, 4, 1);
                case CONVOLUTIONAL -> new ImageShape(6, 10, 3);
                case TOKENS -> new TokenShape(6, 7);
                case WHOLE -> new TokenShape(1, 9);
            };
        }
    }

    RandomNetwork(Level level, Gates gates, boolean convolutional, InputShape shape, int frozen, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        vit = new VitOptions(shape, shape instanceof TokenShape ? 1 : 2, 5, 2, List.of(6, 4));
        vae = convolutional
                ? new VaeOptions(shape, 3, List.of(3, 4), List.of(7))
                : new VaeOptions(shape, 3, List.of(), List.of(6, 5));
        fusion = new KnowledgeFusion(level, gates);
        body = new VisionTransformer(vit);
        network = new ComponentNetwork(body, Optional.of(Vae.of(vae)), fusion, KL_WEIGHT, frozen, CLASSES);
        parameters = new float[network.layout().size()];
        Randomness.normals(random, parameters);
        for (int i = 0; i < parameters.length; i++) {
            parameters[i] *= 0.3f;
        }
        images = new float[IMAGES][shape.size()];
        for (float[] image : images) {
            for (int i = 0; i < image.length; i++) {
                image[i] = random.nextInt(256) / 255f;
            }
        }
        knowledge = normals(random, frozen * fusion.knowledgeWidth(body));
        noise = normals(random, 3);
    }

    private float[][] normals(SplittableRandom random, int width) {
        float[][] rows = new float[IMAGES][width];
        for (float[] row : rows) {
            Randomness.normals(random, row);
        }
        return rows;
    }

    NaiveNetwork naive(double[] p) {
        return new NaiveNetwork(vit, vae, fusion, network.fused(), CLASSES, network.layout(), p);
    }

    double naiveLoss(double[] p) {
        return naive(p).loss(doubles(images), doubles(knowledge), labels, doubles(noise), KL_WEIGHT);
    }

    TrainingBatch batch(NDManager scope) {
        float[] targets = new float[IMAGES * CLASSES];
        for (int i = 0; i < IMAGES; i++) {
            if (labels[i] >= 0) {
                targets[i * CLASSES + labels[i]] = -1f / 3;
            }
        }
        return new TrainingBatch(
                imageArray(scope),
                prior(scope),
                Optional.of(Tensors.of(scope, targets, new Shape(IMAGES, CLASSES))),
                Tensors.of(scope, flat(noise), new Shape(IMAGES, 3)));
    }

    NDArray imageArray(NDManager scope) {
        InputShape s = vit.input();
        return Tensors.of(scope, flat(images), new Shape(IMAGES, s.height(), s.width(), s.channels()));
    }

    Optional<NDArray> prior(NDManager scope) {
        int width = fusion.knowledgeWidth(body);
        return fusion.fuses(network.fused())
                ? Optional.of(Tensors.of(scope, flat(knowledge), new Shape(IMAGES, network.fused(), width)))
                : Optional.empty();
    }

    /** Loss of the batch and its gradient. */
    Loss loss(Compute compute) {
        try (NDManager scope = compute.newManager()) {
            NDArray flat = Tensors.of(scope, parameters, new Shape(parameters.length));
            float[] gradient = new float[parameters.length];
            Losses losses = new Program(network, compute).gradient(scope, flat, batch(scope), gradient);
            return new Loss(losses.total(), gradient);
        }
    }

    /** The same, array by array. */
    Loss oracle(Compute compute) {
        try (NDManager scope = compute.newManager()) {
            NDArray flat = Tensors.of(scope, parameters, new Shape(parameters.length));
            float[] gradient = new float[parameters.length];
            float loss = new NetworkOracle(network).gradient(scope, flat, batch(scope), gradient);
            return new Loss(loss, gradient);
        }
    }

    record Loss(float value, float[] gradient) {}

    /** Kinds of networks, with a few seeds each. */
    static Stream<Arguments> kindsAndSeeds() {
        return Seeds.few()
                .boxed()
                .flatMap(seed -> Stream.of(
                        Arguments.of(Level.NONE, Gates.FIXED, Kind.DENSE, 0, seed),
                        Arguments.of(Level.FEATURES, Gates.LEARNT, Kind.DENSE, FROZEN, seed),
                        Arguments.of(Level.FEATURES, Gates.FIXED, Kind.DENSE, FROZEN, seed),
                        Arguments.of(Level.ATTENTION, Gates.LEARNT, Kind.DENSE, FROZEN, seed),
                        Arguments.of(Level.ATTENTION, Gates.FIXED, Kind.CONVOLUTIONAL, FROZEN, seed),
                        Arguments.of(Level.FEATURES, Gates.LEARNT, Kind.CONVOLUTIONAL, FROZEN, seed),
                        Arguments.of(Level.FEATURES, Gates.LEARNT, Kind.TOKENS, FROZEN, seed),
                        Arguments.of(Level.ATTENTION, Gates.FIXED, Kind.TOKENS, FROZEN, seed),
                        Arguments.of(Level.FEATURES, Gates.FIXED, Kind.WHOLE, FROZEN, seed)));
    }

    /** By each library of matrix products; the last goes image by image where each is answered by itself. */
    static List<Compute> computes() {
        return List.of(
                new Compute("cpu", MatMul.ONEDNN, true),
                new Compute("cpu", MatMul.MKL, true),
                new Compute("cpu", MatMul.PLAIN, false));
    }

    /** Up to a part of the largest value. */
    static void assertSame(float[] found, float[] expected, float precision) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(precision * largest));
        }
    }

    static void assertClose(float[] rows, int row, double[] expected) {
        for (int k = 0; k < expected.length; k++) {
            assertThat((double) rows[row * expected.length + k])
                    .isCloseTo(expected[k], within(1e-4 * Math.max(1, Math.abs(expected[k]))));
        }
    }

    static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
        }
        return flat;
    }

    static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    static double[][] doubles(float[][] rows) {
        double[][] doubles = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            doubles[i] = doubles(rows[i]);
        }
        return doubles;
    }
}
