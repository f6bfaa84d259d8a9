package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.KnowledgeFusion.Gates;
import dev.levitstream.nn.KnowledgeFusion.Level;
import dev.levitstream.testing.NaiveNetwork;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Values and gradients of every path against an implementation that shares no line with ours, and against finite
 * differences.
 */
class NetworkOracleTest {
    private static final int IMAGES = 4;
    private static final int CLASSES = 3;
    private static final double KL_WEIGHT = 0.7;
    private static final int FROZEN = 2;

    private NDManager manager = NativeEngine.newManager("cpu");

    @BeforeEach
    void open() {
        manager = NativeEngine.newManager("cpu");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** One network with random parameters, random images, and its naive twin. */
    private final class Pair {
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

        Pair(Level level, Gates gates, boolean convolutional, int frozen, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            ImageShape shape = convolutional ? new ImageShape(6, 10, 3) : new ImageShape(8, 4, 1);
            vit = new VitOptions(shape, 2, 5, 2, List.of(6, 4));
            vae = convolutional
                    ? new VaeOptions(shape, 3, List.of(3, 4), List.of(7))
                    : new VaeOptions(shape, 3, List.of(), List.of(6, 5));
            fusion = new KnowledgeFusion(level, gates);
            body = new VisionTransformer(vit);
            network = new ComponentNetwork(body, Optional.of(Vae.of(vae)), fusion, frozen, CLASSES);
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
            return new NaiveNetwork(vit, vae, fusion, network.frozen(), CLASSES, network.layout(), p);
        }

        double naiveLoss(double[] p) {
            return naive(p).loss(doubles(images), doubles(knowledge), labels, doubles(noise), KL_WEIGHT);
        }

        ComponentNetwork.TrainingBatch batch(NDManager scope) {
            float[] targets = new float[IMAGES * CLASSES];
            for (int i = 0; i < IMAGES; i++) {
                if (labels[i] >= 0) {
                    targets[i * CLASSES + labels[i]] = -1f / 3;
                }
            }
            return new ComponentNetwork.TrainingBatch(
                    imageArray(scope),
                    prior(scope),
                    Optional.of(Tensors.of(scope, targets, new Shape(IMAGES, CLASSES))),
                    Tensors.of(scope, flat(noise), new Shape(IMAGES, 3)));
        }

        NDArray imageArray(NDManager scope) {
            ImageShape s = vit.image();
            return Tensors.of(scope, flat(images), new Shape(IMAGES, s.height(), s.width(), s.channels()));
        }

        Optional<NDArray> prior(NDManager scope) {
            int width = fusion.knowledgeWidth(body);
            return fusion.fuses(network.frozen())
                    ? Optional.of(Tensors.of(scope, flat(knowledge), new Shape(IMAGES, network.frozen(), width)))
                    : Optional.empty();
        }

        float[] gradient() {
            try (NDManager scope = manager.newSubManager();
                    NDArray leaf = Tensors.of(manager, parameters, new Shape(parameters.length))) {
                leaf.setRequiresGradient(true);
                float[] gradient = new float[parameters.length];
                Backward.gradient(
                        scope,
                        leaf,
                        flat -> network.loss(network.layout().split(flat), batch(scope), KL_WEIGHT),
                        gradient);
                return gradient;
            }
        }
    }

    static Stream<Arguments> pathsAndSeeds() {
        return LongStream.range(0, 20)
                .boxed()
                .flatMap(seed -> Stream.of(
                        Arguments.of(Level.NONE, Gates.FIXED, false, 0, seed),
                        Arguments.of(Level.FEATURES, Gates.LEARNT, false, FROZEN, seed),
                        Arguments.of(Level.FEATURES, Gates.FIXED, false, FROZEN, seed),
                        Arguments.of(Level.ATTENTION, Gates.LEARNT, false, FROZEN, seed),
                        Arguments.of(Level.ATTENTION, Gates.FIXED, true, FROZEN, seed),
                        Arguments.of(Level.FEATURES, Gates.LEARNT, true, FROZEN, seed)));
    }

    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void valuesAgreeWithTheNaiveImplementation(Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        NaiveNetwork naive = pair.naive(doubles(pair.parameters));
        Backward.without(() -> {
            try (NDManager scope = manager.newSubManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                Parameters p = pair.network.layout().split(flat);
                NDArray images = pair.imageArray(scope);
                float[] attended = Tensors.read(pair.body.attend(p, images));
                float[] logits = Tensors.read(pair.network.logits(p, images, pair.prior(scope)));
                Vae vae = pair.network.vae();
                Vae.Posterior posterior = vae.encode(p, images);
                float[] errors = Tensors.read(vae.reconstructionError(p, images, posterior.mean()));
                float[] divergences = Tensors.read(vae.divergence(posterior));
                float loss = pair.network.loss(p, pair.batch(scope), KL_WEIGHT).toFloatArray()[0];
                for (int i = 0; i < IMAGES; i++) {
                    double[] image = doubles(pair.images[i]);
                    assertClose(attended, i, naive.attend(image));
                    assertClose(logits, i, naive.logits(image, doubles(pair.knowledge[i])));
                    double[] mean = naive.mean(image);
                    assertClose(errors, i, new double[] {naive.reconstructionError(image, mean)});
                    assertClose(divergences, i, new double[] {NaiveNetwork.divergence(mean, naive.deviation(image))});
                }
                assertThat((double) loss).isCloseTo(pair.naiveLoss(doubles(pair.parameters)), within(1e-3));
            }
            return null;
        });
    }

    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void gradientsAgreeWithFiniteDifferencesOfTheNaiveImplementation(
            Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        float[] gradient = pair.gradient();
        SplittableRandom random = new SplittableRandom(seed + 1000);
        for (ParameterLayout.Entry entry : pair.network.layout().entries()) {
            for (int k = 0; k < 2; k++) { // two parameters of every array
                int i = entry.offset() + random.nextInt(entry.size());
                double[] p = doubles(pair.parameters);
                double step = 1e-6;
                p[i] += step;
                double above = pair.naiveLoss(p);
                p[i] -= 2 * step;
                double below = pair.naiveLoss(p);
                double expected = (above - below) / (2 * step);
                assertThat((double) gradient[i])
                        .as(entry.name() + " parameter " + i)
                        .isCloseTo(expected, within(2e-3 * Math.max(1, Math.abs(expected))));
            }
        }
    }

    /**
     * On this engine a constant of a {@code Number} overload may be freed by a collection in between; ours must not.
     */
    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void garbageCollectionBetweenForwardAndBackwardChangesNoBitOfTheGradient(
            Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        float[] undisturbed = pair.gradient();
        try (NDManager scope = manager.newSubManager();
                NDArray leaf = Tensors.of(manager, pair.parameters, new Shape(pair.parameters.length))) {
            leaf.setRequiresGradient(true);
            float[] gradient = new float[pair.parameters.length];
            Backward.gradient(
                    scope,
                    leaf,
                    flat -> {
                        NDArray loss =
                                pair.network.loss(pair.network.layout().split(flat), pair.batch(scope), KL_WEIGHT);
                        collectGarbage();
                        return loss;
                    },
                    gradient);
            assertThat(gradient).isEqualTo(undisturbed);
        }
    }

    /** Frees what nobody holds and writes over it. */
    private static void collectGarbage() {
        System.gc();
        List<ByteBuffer> scribbles = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            ByteBuffer scribble = ByteBuffer.allocateDirect(4);
            scribble.putInt(0x7fc00000); // NaN
            scribbles.add(scribble);
        }
        assertThat(scribbles).hasSize(64);
    }

    private static void assertClose(float[] rows, int row, double[] expected) {
        for (int k = 0; k < expected.length; k++) {
            assertThat((double) rows[row * expected.length + k])
                    .isCloseTo(expected[k], within(1e-4 * Math.max(1, Math.abs(expected[k]))));
        }
    }

    private static float[] flat(float[][] rows) {
        float[] flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
        }
        return flat;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    private static double[][] doubles(float[][] rows) {
        double[][] doubles = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            doubles[i] = doubles(rows[i]);
        }
        return doubles;
    }
}
