package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.RandomNetwork.IMAGES;
import static dev.levitstream.nn.model.RandomNetwork.assertClose;
import static dev.levitstream.nn.model.RandomNetwork.doubles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.testing.NaiveNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What networks make of images, by every library, against an implementation that shares no line with ours. */
class NetworkValuesTest {
    private static final String NAME = "{0} {1}, {2}, {3} frozen, seed {4}";
    private static final String SOURCE = "dev.levitstream.nn.model.RandomNetwork#kindsAndSeeds";

    private final List<Compute> computes = RandomNetwork.computes();

    @AfterEach
    void close() {
        computes.forEach(Compute::close);
    }

    @ParameterizedTest(name = NAME)
    @MethodSource(SOURCE)
    void valuesAgreeWithTheNaiveImplementation(
            Level level, Gates gates, RandomNetwork.Kind kind, int frozen, long seed) {
        RandomNetwork pair = new RandomNetwork(level, gates, kind, frozen, seed);
        NaiveNetwork naive = pair.naive(doubles(pair.parameters));
        for (Compute compute : computes) {
            Program program = new Program(pair.network, compute);
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                NDArray images = pair.imageArray(scope);
                NDArray[] prior = pair.prior(scope).stream().toArray(NDArray[]::new);
                NDArray own = program.call(scope, NetworkFunction.KNOWLEDGE, flat, images)
                        .singletonOrThrow();
                NDArray[] both =
                        Stream.concat(Stream.of(own), Arrays.stream(prior)).toArray(NDArray[]::new);
                float[] knowledge = Tensors.read(own);
                float[] probabilities = Tensors.read(program.call(scope, NetworkFunction.PROBABILITIES, flat, both)
                        .singletonOrThrow());
                NDList densities = program.call(scope, NetworkFunction.DENSITIES, flat, images);
                float[] errors = Tensors.read(densities.get(0));
                float[] divergences = Tensors.read(densities.get(1));
                NDList codes = program.call(scope, NetworkFunction.CODES, flat, images);
                for (int i = 0; i < IMAGES; i++) {
                    double[] image = doubles(pair.images[i]);
                    if (level == Level.ATTENTION) {
                        assertClose(knowledge, i, naive.attend(image));
                    }
                    assertClose(probabilities, i, softmax(naive.logits(image, doubles(pair.knowledge[i]))));
                    double[] mean = naive.mean(image);
                    assertClose(Tensors.read(codes.get(0)), i, mean);
                    assertClose(Tensors.read(codes.get(1)), i, naive.std(image));
                    assertClose(errors, i, new double[] {naive.reconstructionError(image, mean)});
                    assertClose(divergences, i, new double[] {NaiveNetwork.divergence(mean, naive.std(image))});
                }
            }
            assertThat((double) pair.loss(compute).value())
                    .isCloseTo(pair.naiveLoss(doubles(pair.parameters)), within(1e-3));
        }
    }

    /** What an image gets does not depend on its batch mates or on its place among them. */
    @ParameterizedTest(name = NAME)
    @MethodSource(SOURCE)
    void oneByOneAnImageGetsTheSameBitsInAnyCompany(
            Level level, Gates gates, RandomNetwork.Kind kind, int frozen, long seed) {
        RandomNetwork pair = new RandomNetwork(level, gates, kind, frozen, seed);
        for (Compute compute : computes) {
            Program program = new Program(pair.network, compute);
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                NDArray four = pair.imageArray(scope);
                // more than a block: every image stands at several places of it, one block is not full
                NDArray images = NDArrays.concat(new NDList(four, four.get("1:"), four, four.get("2:"), four));
                int count = (int) images.getShape().get(0);
                for (NetworkFunction function :
                        List.of(NetworkFunction.KNOWLEDGE, NetworkFunction.DENSITIES, NetworkFunction.CODES)) {
                    NDList together = program.each(scope, function, flat, images);
                    NDList whole = program.call(scope, function, flat, images);
                    for (int i = 0; i < count; i++) {
                        NDList alone = program.each(scope, function, flat, images.get(i + ":" + (i + 1)));
                        for (int r = 0; r < alone.size(); r++) {
                            assertThat(together.get(r).getShape().get(0)).isEqualTo(count);
                            float[] row = Tensors.read(together.get(r).get(i + ":" + (i + 1)));
                            assertThat(row).isEqualTo(Tensors.read(alone.get(r)));
                            assertClose(Tensors.read(whole.get(r)), i, doubles(row));
                        }
                        if (i % 3 != 1) {
                            continue; // 2, 5, 8 and more images at once will do
                        }
                        NDList first = program.each(scope, function, flat, images.get("0:" + (i + 1)));
                        for (int r = 0; r < first.size(); r++) {
                            NDArray expected = together.get(r).get("0:" + (i + 1));
                            assertThat(Tensors.read(first.get(r))).isEqualTo(Tensors.read(expected));
                        }
                    }
                }
            }
        }
    }

    /** The oracle of gradients has the values of the scripts, too. */
    @ParameterizedTest(name = NAME)
    @MethodSource(SOURCE)
    void arrayByArrayTheValuesAreTheSame(Level level, Gates gates, RandomNetwork.Kind kind, int frozen, long seed) {
        RandomNetwork pair = new RandomNetwork(level, gates, kind, frozen, seed);
        for (Compute compute : computes) {
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                NDArray images = pair.imageArray(scope);
                NDList found = new Program(pair.network, compute).call(scope, NetworkFunction.CODES, flat, images);
                List<NDArray> expected =
                        new NetworkOracle(pair.network).call(scope, NetworkFunction.CODES, flat, images);
                for (int r = 0; r < expected.size(); r++) {
                    RandomNetwork.assertSame(Tensors.read(found.get(r)), Tensors.read(expected.get(r)), 1e-6f);
                }
            }
        }
    }

    private static double[] softmax(double[] logits) {
        double[] exponentials = Arrays.stream(logits).map(Math::exp).toArray();
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(value -> value / sum).toArray();
    }
}
