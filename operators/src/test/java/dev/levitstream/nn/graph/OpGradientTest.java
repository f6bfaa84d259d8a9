package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.MatMul;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient of each op against finite differences of its values in double precision, by each library of matrix
 * products. A new op is one more line here.
 */
class OpGradientTest {
    private static final double STEP = 1e-6;
    private static final List<Compute> COMPUTES = Stream.of(MatMul.values())
            .map(matMul -> new Compute("cpu", matMul, true))
            .toList();

    @AfterAll
    static void close() {
        COMPUTES.forEach(Compute::close);
    }

    private static Recorded of(String name, UnaryOperator<Array> function, long... shape) {
        return new Recorded(name, List.of(SymbolicShape.of(shape)), p -> function.apply(p.get(0)));
    }

    private static Recorded of(String name, Function<List<Array>, Array> function, long[]... shapes) {
        return new Recorded(name, Stream.of(shapes).map(SymbolicShape::of).toList(), function);
    }

    private static long[] by(long... sizes) {
        return sizes;
    }

    static Stream<Recorded> pointwise() {
        return Stream.of(
                of("sum", p -> p.get(0).add(p.get(1)), by(3, 4), by(3, 4)),
                of("sum with a row", p -> p.get(0).add(p.get(1)), by(3, 4), by(4)),
                of("sum with itself", x -> x.add(x), 3, 4),
                of("difference from columns", p -> p.get(0).sub(p.get(1)), by(2, 3, 4), by(3, 1)),
                of("product", p -> p.get(0).mul(p.get(1)), by(3, 4), by(3, 4)),
                of("product of a row and a column", p -> p.get(0).mul(p.get(1)), by(1, 4), by(3, 1)),
                of("plus", x -> x.plus(0.7).square(), 3, 4),
                of("times", x -> x.times(-1.7), 3, 4),
                of("times 1", x -> x.times(1).square(), 3, 4),
                of("square", x -> x.square(), 3, 4),
                of("exp", x -> x.exp(), 3, 4),
                of("log", x -> x.square().log(), 3, 4),
                of("tanh", x -> x.tanh(), 3, 4),
                of("relu", x -> x.relu(), 3, 4),
                of("leaky relu", x -> x.leakyRelu(0.2f), 3, 4),
                of("gelu", x -> x.times(3).gelu(), 3, 4),
                of("sigmoid", x -> x.sigmoid(), 3, 4),
                of("softplus", x -> x.softplus(), 3, 4));
    }

    static Stream<Recorded> reductionsAndStructure() {
        return Stream.of(
                of("sum along the first axis", x -> x.sum(0).square(), 3, 4),
                of("sum along an axis", x -> x.sum(1).square(), 2, 3, 4),
                of("sum of all", x -> x.square().sum(), 3, 4),
                of("mean of all", x -> x.square().mean(), 3, 4),
                of("softmax", x -> x.softmax(1), 3, 4),
                of("softmax along the first axis", x -> x.softmax(0), 3, 4),
                of("log softmax", x -> x.logSoftmax(1), 3, 4),
                of("reshape", x -> x.square().reshape(-1, 6), 3, 4),
                of("transpose of a matrix", x -> x.square().transpose(1, 0), 3, 4),
                of("transpose", x -> x.square().transpose(2, 0, 1), 2, 3, 4),
                of("concatenation", p -> p.get(0).concat(p.get(1), 1).square(), by(2, 3), by(2, 4)),
                of("part along the first axis", x -> x.part(0, 1, 2).square(), 4, 3),
                of("part along an axis", x -> x.part(1, 1, 2).square(), 2, 4, 3),
                of("repetition for images", p -> p.get(0).repeatedFor(p.get(1)).square(), by(2, 3), by(4, 1)),
                of(
                        "layer norm of another epsilon",
                        p -> p.get(0).layerNorm(p.get(1), p.get(2), 0.1),
                        by(3, 5),
                        by(5),
                        by(5)),
                of("layer norm", p -> p.get(0).layerNorm(p.get(1), p.get(2)), by(3, 5), by(5), by(5)),
                of("layer norm of tokens", p -> p.get(0).layerNorm(p.get(1), p.get(2)), by(2, 3, 5), by(5), by(5)),
                of(
                        "layer norm of turned tokens",
                        p -> p.get(0).transpose(0, 2, 1).layerNorm(p.get(1), p.get(2)),
                        by(2, 5, 3),
                        by(5),
                        by(5)));
    }

    static Stream<Recorded> products() {
        return Stream.of(
                of("linear", p -> p.get(0).linear(p.get(1), p.get(2)), by(4, 5), by(5, 3), by(3)),
                of(
                        "linear by a weight column by column",
                        p -> p.get(0).linear(p.get(1).transpose(1, 0), p.get(2)),
                        by(4, 5),
                        by(3, 5),
                        by(3)),
                of(
                        "linear of turned rows",
                        p -> p.get(0).transpose(1, 0).linear(p.get(1), p.get(2)),
                        by(5, 4),
                        by(5, 3),
                        by(3)),
                of("batch of products", p -> p.get(0).bmm(p.get(1)), by(2, 3, 4), by(2, 4, 5)),
                of(
                        "attention",
                        p -> p.get(0).attention(p.get(1), p.get(2), Optional.empty()),
                        by(2, 3, 4),
                        by(2, 5, 4),
                        by(2, 5, 6)),
                of(
                        "attention with a mask that is learnt",
                        p -> p.get(0).attention(p.get(1), p.get(2), Optional.of(p.get(3))),
                        by(2, 3, 4),
                        by(2, 5, 4),
                        by(2, 5, 6),
                        by(3, 5)),
                of(
                        "attention of several heads",
                        p -> p.get(0).multiHeadAttention(p.get(1), p.get(2), 2),
                        by(2, 3, 4),
                        by(2, 5, 4),
                        by(2, 5, 4)),
                of(
                        "self-attention head by head",
                        p -> p.get(0).selfAttention(p.get(1), p.get(2), 3, 2),
                        by(6, 4),
                        by(4, 24),
                        by(24)),
                of(
                        "self-attention of many tokens",
                        p -> p.get(0).selfAttention(p.get(1), p.get(2), 6, 2),
                        by(12, 4),
                        by(4, 24),
                        by(24)));
    }

    private static Recorded convolution(String name, int stride, int padding, long[] images, long[] kernel) {
        return of(
                "convolution " + name,
                p -> p.get(0).conv2d(p.get(1), p.get(2), stride, padding),
                images,
                kernel,
                by(kernel[0]));
    }

    private static Recorded transposed(String name, int height, int width, long[] images, long[] kernel) {
        return of(
                "transposed convolution " + name,
                p -> p.get(0).convTranspose2d(p.get(1), p.get(2), height, width),
                images,
                kernel,
                by(kernel[0]));
    }

    static Stream<Recorded> convolutions() {
        return Stream.of(
                convolution("to few channels", 1, 1, by(2, 2, 4, 5), by(3, 2, 3, 3)),
                convolution("to many channels", 1, 1, by(2, 2, 4, 3), by(17, 2, 3, 3)),
                convolution("of stride 2", 2, 1, by(2, 2, 5, 4), by(3, 2, 3, 3)),
                convolution("of stride 2 without padding", 2, 0, by(2, 2, 5, 7), by(3, 2, 3, 3)),
                convolution("without padding", 1, 0, by(2, 2, 4, 5), by(3, 2, 3, 3)),
                convolution("5 x 5", 1, 2, by(1, 2, 5, 5), by(2, 2, 5, 5)),
                transposed("to an even size", 6, 4, by(2, 2, 3, 2), by(3, 2, 3, 3)),
                transposed("to an odd size", 5, 3, by(2, 2, 3, 2), by(3, 2, 3, 3)),
                transposed("of many places", 18, 15, by(1, 1, 9, 8), by(2, 1, 3, 3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"pointwise", "reductionsAndStructure", "products", "convolutions"})
    void theGradientIsThatOfFiniteDifferences(Recorded op) {
        SplittableRandom random = new SplittableRandom(op.name().hashCode());
        double[] values = op.values(random);
        double[] weights = random.doubles(op.shape().size()).toArray();
        double[] expected = differences(op, values, weights);
        for (Compute compute : COMPUTES) {
            float[] found = op.gradient(compute, values, weights);
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) found[i])
                        .as("%s, parameter %d", compute.matMul(), i)
                        .isCloseTo(expected[i], within(2e-5 * Math.max(1, Math.abs(expected[i]))));
            }
        }
    }

    /** Of the weighted sum of all results at each parameter. */
    private static double[] differences(Recorded op, double[] values, double[] weights) {
        List<double[]> vectors = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            for (double step : new double[] {STEP, -STEP}) {
                double[] moved = values.clone();
                moved[i] += step;
                vectors.add(moved);
            }
        }
        List<double[]> results = op.results(COMPUTES.get(0), vectors);
        return IntStream.range(0, values.length)
                .mapToDouble(i ->
                        (sum(results.get(2 * i), weights) - sum(results.get(2 * i + 1), weights)) / (2 * STEP))
                .toArray();
    }

    private static double sum(double[] values, double[] weights) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> values[i] * weights[i])
                .sum();
    }
}
