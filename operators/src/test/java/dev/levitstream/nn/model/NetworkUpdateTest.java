package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.RandomNetwork.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.engine.Adam;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.testing.NaiveAdam;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An update in one script, and the losses that it reports. */
class NetworkUpdateTest {
    private final List<Compute> computes = RandomNetwork.computes();

    @AfterEach
    void close() {
        computes.forEach(Compute::close);
    }

    /**
     * An update in one script is the oracle's: of parameters that the loss reaches and of others, labelled or not; a
     * loss that is no number changes nothing.
     */
    @ParameterizedTest(name = "{0} {1}, {2}, {3} frozen, seed {4}")
    @MethodSource("dev.levitstream.nn.model.RandomNetwork#kindsAndSeeds")
    void aScriptUpdatesAsAdamDoesWithItsGradient(
            Level level, Gates gates, RandomNetwork.Kind kind, int frozen, long seed) {
        RandomNetwork pair = new RandomNetwork(level, gates, kind, frozen, seed);
        int size = pair.parameters.length;
        int kept = pair.network.embeddingSize();
        List<Adam.Rate> rates = List.of(new Adam.Rate(0, kept, 0), new Adam.Rate(kept, size, 1e-3));
        for (Compute compute : computes) {
            Program program = new Program(pair.network, compute);
            try (NDManager owner = compute.newManager()) {
                NDArray flat = Tensors.of(owner, pair.parameters, new Shape(size));
                NDArray expected = Tensors.of(owner, pair.parameters, new Shape(size));
                Adam adam = new Adam(owner, size, 0.5, 0.999);
                Adam oracle = new Adam(owner, size, 0.5, 0.999);
                for (int t = 0; t < 8; t++) {
                    try (NDManager scope = compute.newManager()) {
                        TrainingBatch batch = given(t, pair.batch(scope));
                        float[] gradient = new float[size];
                        Losses loss = program.gradient(scope, flat, batch, gradient);
                        assertThat(program.update(scope, flat, batch, adam, rates))
                                .isEqualTo(loss);
                        if (loss.isFinite()) {
                            NaiveAdam.update(oracle, expected, gradient, rates);
                        }
                    }
                    assertSame(Tensors.read(flat), Tensors.read(expected), 1e-6f);
                    assertSame(Tensors.read(adam.firstMoments()), Tensors.read(oracle.firstMoments()), 1e-6f);
                    assertSame(Tensors.read(adam.secondMoments()), Tensors.read(oracle.secondMoments()), 1e-6f);
                }
                assertThat(adam.updates()).isEqualTo(6).isEqualTo(oracle.updates());
                assertThat(Arrays.copyOf(Tensors.read(flat), kept)).isEqualTo(Arrays.copyOf(pair.parameters, kept));
            }
        }
    }

    /** In turn without labels, labelled, and such that the loss is no number. */
    private static TrainingBatch given(int step, TrainingBatch batch) {
        return switch (step % 4) {
            case 0 -> new TrainingBatch(batch.images(), batch.knowledge(), Optional.empty(), batch.noise());
            case 2 -> new TrainingBatch(batch.images().log().log(), batch.knowledge(), batch.targets(), batch.noise());
            default -> batch;
        };
    }

    @Test
    void theLossesOfAnUpdateAreItsPartsAndTheirSum() {
        RandomNetwork pair =
                new RandomNetwork(Level.FEATURES, Gates.LEARNT, RandomNetwork.Kind.DENSE, RandomNetwork.FROZEN, 7);
        for (Compute compute : computes) {
            Losses both = update(pair, compute, true);
            Losses unlabelled = update(pair, compute, false);
            assertThat(both.total())
                    .isEqualTo((float) both.classification().orElseThrow()
                            + (float) both.density().orElseThrow());
            assertThat(both.classification().orElseThrow()).isPositive();
            assertThat(both.density().orElseThrow())
                    .as("labels do not change what the VAE sees")
                    .isCloseTo(unlabelled.total(), within(1e-5 * unlabelled.total()));
            assertThat(unlabelled.classification()).isEmpty();
            assertThat(unlabelled.density()).isEqualTo(OptionalDouble.of(unlabelled.total()));
        }
    }

    @Test
    void withoutAVaeThereIsNoDensityLoss() {
        RandomNetwork pair = new RandomNetwork(Level.NONE, Gates.FIXED, false, new ImageShape(8, 4, 1), 0, 7);
        ComponentNetwork network = new ComponentNetwork(pair.body, Optional.empty(), pair.fusion, 1, 0, 3);
        Compute compute = computes.get(0);
        try (NDManager scope = compute.newManager()) {
            float[] parameters = network.layout().initialise(new SplittableRandom(3));
            NDArray flat = Tensors.of(scope, parameters, new Shape(parameters.length));
            Losses losses = new Program(network, compute)
                    .gradient(scope, flat, pair.batch(scope), new float[parameters.length]);
            assertThat(losses.density()).isEmpty();
            assertThat(losses.classification()).isEqualTo(OptionalDouble.of(losses.total()));
        }
    }

    private static Losses update(RandomNetwork pair, Compute compute, boolean labelled) {
        try (NDManager scope = compute.newManager()) {
            int size = pair.parameters.length;
            NDArray flat = Tensors.of(scope, pair.parameters, new Shape(size));
            Adam adam = new Adam(scope, size, 0.5, 0.999);
            TrainingBatch batch = given(labelled ? 1 : 0, pair.batch(scope));
            List<Adam.Rate> rates = List.of(new Adam.Rate(0, size, 1e-3));
            return new Program(pair.network, compute).update(scope, flat, batch, adam, rates);
        }
    }
}
