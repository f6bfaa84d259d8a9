package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.RandomNetwork.FROZEN;
import static dev.levitstream.nn.model.RandomNetwork.assertSame;
import static dev.levitstream.nn.model.RandomNetwork.doubles;
import static org.assertj.core.api.Assertions.assertThat;
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
import dev.levitstream.nn.model.RandomNetwork.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of networks by every library, against the engine's own, and against finite differences. */
class NetworkGradientTest {
    private static final String NAME = "{0} {1}, {2}, {3} frozen, seed {4}";
    private static final String SOURCE = "dev.levitstream.nn.model.RandomNetwork#kindsAndSeeds";

    private final List<Compute> computes = RandomNetwork.computes();

    @AfterEach
    void close() {
        computes.forEach(Compute::close);
    }

    @ParameterizedTest(name = NAME)
    @MethodSource(SOURCE)
    void scriptsAndTheEngineGiveTheSameLossAndGradient(
            Level level, Gates gates, RandomNetwork.Kind kind, int frozen, long seed) {
        assertScriptsGiveTheSame(new RandomNetwork(level, gates, kind, frozen, seed));
    }

    /** Of so many places that transposed convolutions are the engine's, of 20 channels at once and of 3. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void scriptsAndTheEngineGiveTheSameForLargeImages(long seed) {
        for (int channels : List.of(3, 20)) {
            ImageShape shape = new ImageShape(22, 18, channels);
            assertScriptsGiveTheSame(new RandomNetwork(Level.FEATURES, Gates.LEARNT, true, shape, FROZEN, seed));
        }
    }

    private void assertScriptsGiveTheSame(RandomNetwork pair) {
        for (Compute compute : computes) {
            Loss expected = pair.oracle(compute);
            Loss found = pair.loss(compute);
            assertThat(found.value()).isCloseTo(expected.value(), within(1e-6f * Math.abs(expected.value())));
            assertSame(found.gradient(), expected.gradient(), 2e-6f); // rounding of both
        }
    }

    /** A product that is computed with its factors exchanged. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void scriptsAndTheEngineGiveTheSameForManyLongRows(long seed) {
        int many = 20;
        SplittableRandom random = new SplittableRandom(seed);
        RandomNetwork pair = new RandomNetwork(Level.FEATURES, Gates.LEARNT, false, new ImageShape(64, 64, 1), 0, seed);
        float[] pixels = new float[many * 64 * 64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        float[] noise = new float[many * 3];
        Randomness.normals(random, noise);
        for (Compute compute : computes) {
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                TrainingBatch batch = new TrainingBatch(
                        Tensors.of(scope, pixels, new Shape(many, 64, 64, 1)),
                        Optional.empty(),
                        Optional.empty(),
                        Tensors.of(scope, noise, new Shape(many, 3)));
                float[] found = new float[pair.parameters.length];
                float[] expected = new float[pair.parameters.length];
                Losses losses = new Program(pair.network, compute).gradient(scope, flat, batch, found);
                float loss = new NetworkOracle(pair.network).gradient(scope, flat, batch, expected);
                assertThat(losses.total()).isCloseTo(loss, within(1e-6f * Math.abs(loss)));
                assertSame(found, expected, 1e-6f);
            }
        }
    }

    @ParameterizedTest(name = NAME)
    @MethodSource(SOURCE)
    void gradientsAgreeWithFiniteDifferencesOfTheNaiveImplementation(
            Level level, Gates gates, RandomNetwork.Kind kind, int frozen, long seed) {
        RandomNetwork pair = new RandomNetwork(level, gates, kind, frozen, seed);
        for (Compute compute : computes) {
            float[] gradient = pair.loss(compute).gradient();
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
    }

    /** Any number of threads may train at once. */
    @Test
    void twoThreadsGetTheGradientsThatEachWouldGetAlone() throws Exception {
        List<RandomNetwork> pairs = List.of(
                new RandomNetwork(Level.FEATURES, Gates.LEARNT, RandomNetwork.Kind.DENSE, FROZEN, 1),
                new RandomNetwork(Level.FEATURES, Gates.LEARNT, RandomNetwork.Kind.CONVOLUTIONAL, FROZEN, 2));
        ExecutorService threads = Executors.newFixedThreadPool(pairs.size());
        try {
            List<Future<List<float[]>>> together = new ArrayList<>();
            for (RandomNetwork pair : pairs) {
                together.add(threads.submit(() -> gradients(pair)));
            }
            for (int i = 0; i < pairs.size(); i++) {
                List<float[]> alone = gradients(pairs.get(i));
                List<float[]> found = together.get(i).get();
                for (int k = 0; k < alone.size(); k++) {
                    assertThat(found.get(k)).isEqualTo(alone.get(k));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Many, each of other parameters. */
    private static List<float[]> gradients(RandomNetwork pair) {
        List<float[]> gradients = new ArrayList<>();
        try (Compute own = new Compute("cpu")) {
            Program program = new Program(pair.network, own);
            try (NDManager scope = own.newManager();
                    NDArray leaf = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length))) {
                float[] p = pair.parameters.clone();
                for (int step = 0; step < 200; step++) {
                    float[] gradient = new float[p.length];
                    try (NDManager inner = own.newManager()) {
                        program.gradient(inner, leaf, pair.batch(inner), gradient);
                    }
                    for (int i = 0; i < p.length; i++) {
                        p[i] -= 1e-3f * gradient[i];
                    }
                    Tensors.write(p, leaf);
                    gradients.add(gradient);
                }
            }
        }
        return gradients;
    }
}
