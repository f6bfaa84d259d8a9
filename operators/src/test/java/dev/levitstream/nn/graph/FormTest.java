package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.engine.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values of ops for a whole batch, in blocks and image by image: the same but for rounding, whatever the number. */
class FormTest {
    private static final int N = 3;
    private static final int D = 4;
    private static final Compute COMPUTE = new Compute("cpu", MatMul.ONEDNN, true);

    @AfterAll
    static void close() {
        COMPUTE.close();
    }

    /** A function of images x and y, (B, 3, 4) each. */
    private record Case(String name, BinaryOperator<Array> of) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Case> cases() {
        return List.of(
                new Case("gelu", (x, y) -> x.gelu().add(y)),
                new Case("layer norm", (x, y) -> x.layerNorm(scale(x), shift(x)).mul(y)),
                new Case("attention", (x, y) -> x.attention(y, y, Optional.empty())),
                new Case("masked attention", (x, y) -> x.attention(y, x, Optional.of(mask(x)))),
                new Case(
                        "convolution",
                        (x, y) -> x.reshape(-1, 1, N, D)
                                .conv2d(kernel(x), bias(x), 2, 1)
                                .reshape(-1, 2 * 2 * 2)
                                .concat(y.reshape(-1, N * D), 1)),
                new Case(
                        "transposed convolution",
                        (x, y) -> x.reshape(-1, 1, N, D)
                                .convTranspose2d(kernel(x), bias(x), 2 * N, 2 * D)
                                .tanh()),
                new Case(
                        "self-attention",
                        (x, y) -> x.reshape(-1, D)
                                .selfAttention(parameter(x, 30, D, 3 * D), parameter(x, 80, 3 * D), N, 1)),
                new Case("batch of products", (x, y) -> x.bmm(y.transpose(0, 2, 1))));
    }

    private static Array parameter(Array like, int offset, long... shape) {
        return like.graph().parameter(offset, SymbolicShape.of(shape));
    }

    private static Array scale(Array x) {
        return parameter(x, 0, D);
    }

    private static Array shift(Array x) {
        return parameter(x, D, D);
    }

    private static Array mask(Array x) {
        return parameter(x, 0, N, N);
    }

    private static Array kernel(Array x) {
        return parameter(x, 0, 2, 1, 3, 3);
    }

    private static Array bias(Array x) {
        return parameter(x, 18, 2);
    }

    static Stream<Arguments> casesAndCounts() {
        return cases().stream().flatMap(one -> Stream.of(1, 2, 9, 10, 11, 25).map(count -> Arguments.of(one, count)));
    }

    @ParameterizedTest(name = "{0} of {1} images")
    @MethodSource("casesAndCounts")
    void allFormsGiveTheSameValues(Case one, int count) {
        float[] whole = values(Form.WHOLE, one, count);
        for (Form form : List.of(Form.BLOCKS, Form.SHORTER_BLOCKS, Form.EACH)) {
            float[] found = values(form, one, count);
            assertThat(found).hasSameSizeAs(whole);
            for (int i = 0; i < whole.length; i++) {
                assertThat(found[i]).as("%s, value %d", form, i).isCloseTo(whole[i], within(1e-5f));
            }
        }
    }

    @ParameterizedTest(name = "{0} of {1} images")
    @MethodSource("casesAndCounts")
    void tracedWhateverIsComputedOnTheWayIsReturnedOfEveryImage(Case one, int count) {
        List<float[]> blocks = results(Form.BLOCKS, one, count, Graph::tracedText);
        List<float[]> shorter = results(Form.SHORTER_BLOCKS, one, count, Graph::tracedText);
        float[] wanted = values(Form.BLOCKS, one, count);
        assertThat(blocks).hasSizeGreaterThan(1).hasSameSizeAs(shorter);
        assertThat(blocks).anyMatch(values -> Arrays.equals(values, wanted));
        for (int r = 0; r < blocks.size(); r++) {
            assertThat(blocks.get(r).length % count).as("of every image").isZero();
            assertThat(shorter.get(r)).as("array %d", r).containsExactly(blocks.get(r), within(1e-5f));
        }
    }

    private static float[] values(Form form, Case one, int count) {
        List<float[]> results = results(form, one, count, Graph::text);
        assertThat(results).hasSize(1);
        return results.get(0);
    }

    private static List<float[]> results(
            Form form, Case one, int count, BiFunction<Graph, List<Array>, String> printed) {
        Graph graph = new Graph(form, COMPUTE.matMul(), 0);
        graph.input("flat", SymbolicShape.of(100));
        Array x = graph.input("x0", SymbolicShape.of(-1, N, D));
        Array y = graph.input("x1", SymbolicShape.of(-1, N, D));
        String script = printed.apply(graph, List.of(one.of().apply(x, y)));
        SplittableRandom random = new SplittableRandom(count);
        try (NDManager scope = COMPUTE.newManager()) {
            NDList arguments = new NDList(
                    random(scope, random, 100), random(scope, random, count, N, D), random(scope, random, count, N, D));
            NDList results = GradMode.off(() -> Compute.run(COMPUTE.compile(script), arguments));
            return results.stream().map(Tensors::read).toList();
        }
    }

    private static NDArray random(NDManager scope, SplittableRandom random, long... shape) {
        Shape of = new Shape(shape);
        float[] values = new float[(int) of.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble() - 0.5f;
        }
        return Tensors.of(scope, values, of);
    }
}
