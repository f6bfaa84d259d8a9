package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Form;
import dev.levitstream.nn.graph.Gradients;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.SymbolicShape;
import dev.levitstream.testing.NaiveVit;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tokens and gradients of a ViT with prefixes: against loops over doubles and their finite differences, and, where the
 * reference data lie beside the project, against what PyTorch gave.
 */
class PretrainedVitTest {
    private static final Path REFERENCE = Path.of("../../shared/backbone");
    private static final int PREFIX = 2;

    /** A ViT with random weights, three images and the prefixes of its blocks. */
    record Case(
            String name,
            PretrainedVit vit,
            Map<String, float[]> weights,
            float[] images,
            Map<String, float[]> expected) {
        private int count() {
            return images.length
                    / (vit.sizes().channels() * vit.sizes().side() * vit.sizes().side());
        }

        private float[] prefix(String which, int block) {
            return get(weights, which + block);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static <T> T get(Map<String, T> map, String name) {
        return Objects.requireNonNull(map.get(name), name);
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        for (long seed = 0; seed < 5; seed++) {
            cases.add(random("two heads, seed " + seed, new PretrainedVit.Sizes(3, 2, 2, 8, 12, 2, 2), seed));
            cases.add(random("grey, one head, seed " + seed, new PretrainedVit.Sizes(1, 3, 3, 6, 10, 3, 1), seed));
        }
        if (Files.exists(REFERENCE)) {
            cases.add(reference());
        }
        return cases.stream();
    }

    private static Case random(String name, PretrainedVit.Sizes sizes, long seed) {
        PretrainedVit vit = new PretrainedVit(sizes);
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        vit.weights().forEach((weight, shape) -> {
            float middle = weight.contains("norm") && weight.endsWith("weight") ? 1 : 0;
            weights.put(weight, normals(random, (int) shape.size(), middle, 0.4f));
        });
        for (int i = 0; i < sizes.blocks(); i++) {
            weights.put("pk" + i, normals(random, PREFIX * sizes.width(), 0, 1));
            weights.put("pv" + i, normals(random, PREFIX * sizes.width(), 0, 1));
        }
        float[] images = normals(random, 3 * sizes.channels() * sizes.side() * sizes.side(), 0, 1);
        return new Case(name, vit, weights, images, Map.of());
    }

    private static float[] normals(SplittableRandom random, int size, float mean, float std) {
        float[] values = new float[size];
        Randomness.normals(random, values);
        for (int i = 0; i < size; i++) {
            values[i] = mean + std * values[i];
        }
        return values;
    }

    /** Its images are pixels, to be scaled to -1 to 1. */
    private static Case reference() throws IOException {
        Map<String, float[]> weights = decoded("vit-tiny-random.safetensors");
        Map<String, float[]> golden = decoded("vit-tiny-golden.safetensors");
        weights.putAll(golden);
        float[] images = get(golden, "x").clone();
        for (int i = 0; i < images.length; i++) {
            images[i] = images[i] * 2 - 1;
        }
        PretrainedVit vit = new PretrainedVit(new PretrainedVit.Sizes(3, 4, 8, 64, 256, 3, 4));
        return new Case("PyTorch's", vit, weights, images, golden);
    }

    private static Map<String, float[]> decoded(String file) throws IOException {
        Map<String, float[]> arrays = new HashMap<>();
        try (Compute compute = new Compute("cpu");
                NDManager scope = compute.newManager();
                InputStream in = Files.newInputStream(REFERENCE.resolve(file))) {
            for (NDArray array : NDList.decode(scope, in)) {
                arrays.put(array.getName(), Tensors.read(array));
            }
        }
        return arrays;
    }

    /** Tokens of all images and the gradient of the sum of the class tokens' squares. */
    private record Result(float[] tokens, Map<String, float[]> gradients) {}

    /** All weights and prefixes are parameters. */
    private static Result run(Case c, Compute compute, MatMul matMul) {
        Map<String, Shape> shapes = shapes(c);
        int size =
                shapes.values().stream().mapToInt(shape -> (int) shape.size()).sum();
        float[] flat = new float[size];
        Graph graph = new Graph(Form.TRAINING, matMul, c.count());
        graph.input("flat", SymbolicShape.of(size));
        Map<String, Array> parameters = new LinkedHashMap<>();
        int at = 0;
        for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
            float[] values = get(c.weights(), entry.getKey());
            parameters.put(
                    entry.getKey(),
                    graph.parameter(at, SymbolicShape.of(entry.getValue().getShape())));
            System.arraycopy(values, 0, flat, at, values.length);
            at += values.length;
        }
        int side = c.vit().sizes().side();
        Array images =
                graph.input("images", SymbolicShape.of(-1, c.vit().sizes().channels(), side, side));
        Array tokens = c.vit().tokens(parameters::get, images, prefixes(c, parameters));
        Gradients gradients = Gradients.of(c.vit().classToken(tokens).square().sum());
        List<Array> results = new ArrayList<>(List.of(tokens));
        parameters.values().forEach(parameter -> results.add(gradients.at(parameter)));
        try (NDManager scope = compute.newManager()) {
            NDList arguments = new NDList(
                    Tensors.of(scope, flat, new Shape(size)),
                    Tensors.of(
                            scope,
                            c.images(),
                            new Shape(c.count(), c.vit().sizes().channels(), side, side)));
            NDList found = GradMode.off(() -> Compute.run(compute.compile(graph.text(results)), arguments));
            Map<String, float[]> read = new HashMap<>();
            int r = 1;
            for (String name : parameters.keySet()) {
                read.put(name, Tensors.read(found.get(r++)));
            }
            return new Result(Tensors.read(found.get(0)), read);
        }
    }

    private static Map<String, Shape> shapes(Case c) {
        Map<String, Shape> shapes = c.vit().weights();
        int width = c.vit().sizes().width();
        for (int i = 0; i < c.vit().sizes().blocks(); i++) {
            for (String which : List.of("pk", "pv")) {
                shapes.put(which + i, new Shape(c.prefix(which, i).length / width, width));
            }
        }
        return shapes;
    }

    private static List<PretrainedVit.Prefix> prefixes(Case c, Map<String, Array> arrays) {
        List<PretrainedVit.Prefix> prefixes = new ArrayList<>();
        for (int i = 0; i < c.vit().sizes().blocks(); i++) {
            prefixes.add(new PretrainedVit.Prefix(get(arrays, "pk" + i), get(arrays, "pv" + i)));
        }
        return prefixes;
    }

    private static double[][][] naive(Case c, Map<String, double[]> weights) {
        int width = c.vit().sizes().width();
        List<double[][]> keys = new ArrayList<>();
        List<double[][]> values = new ArrayList<>();
        for (int i = 0; i < c.vit().sizes().blocks(); i++) {
            keys.add(rows(get(weights, "pk" + i), width));
            values.add(rows(get(weights, "pv" + i), width));
        }
        NaiveVit vit = new NaiveVit(c.vit().sizes(), weights);
        double[][] images = rows(doubles(c.images()), c.images().length / c.count());
        return Stream.of(images).map(image -> vit.tokens(image, keys, values)).toArray(double[][][]::new);
    }

    private static double loss(double[][][] tokens) {
        return Stream.of(tokens)
                .flatMapToDouble(image -> Arrays.stream(image[0]))
                .map(value -> value * value)
                .sum();
    }

    private static double[][] rows(double[] values, int width) {
        double[][] rows = new double[values.length / width][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
        }
        return rows;
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void tokensAndGradientsAreThoseOfTheDefinition(Case c) {
        Map<String, double[]> weights = new HashMap<>();
        c.weights().forEach((name, values) -> weights.put(name, doubles(values)));
        double[] expected = Stream.of(naive(c, weights))
                .flatMap(Stream::of)
                .flatMapToDouble(Arrays::stream)
                .toArray();
        SplittableRandom random = new SplittableRandom(7);
        Map<String, Integer> places = new LinkedHashMap<>();
        Map<String, Double> differences = new HashMap<>();
        shapes(c).forEach((name, shape) -> { // one value of each array
            if (!c.expected().isEmpty()) {
                return; // the engine's gradients are there, and differences of a network so large take long
            }
            int place = random.nextInt((int) shape.size());
            places.put(name, place);
            differences.put(name, difference(c, weights, name, place));
        });
        try (Compute compute = new Compute("cpu")) {
            for (MatMul matMul : MatMul.values()) {
                Result found = run(c, compute, matMul);
                assertThat(found.tokens()).hasSameSizeAs(expected);
                for (int i = 0; i < expected.length; i++) {
                    assertThat((double) found.tokens()[i]).isCloseTo(expected[i], within(2e-5));
                }
                places.forEach((name, place) -> {
                    double difference = get(differences, name);
                    assertThat((double) get(found.gradients(), name)[place])
                            .as(matMul + " " + name + " " + place)
                            .isCloseTo(difference, within(1e-4 * Math.max(1, Math.abs(difference))));
                });
                assertIsAsTheEngineGave(c, found);
            }
        }
    }

    private static double difference(Case c, Map<String, double[]> weights, String name, int place) {
        double step = 1e-5;
        Map<String, double[]> moved = new HashMap<>(weights);
        double[] values = get(weights, name).clone();
        moved.put(name, values);
        values[place] += step;
        double above = loss(naive(c, moved));
        values[place] -= 2 * step;
        return (above - loss(naive(c, moved))) / (2 * step);
    }

    /** To 1e-5 of the largest value. */
    private static void assertIsAsTheEngineGave(Case c, Result found) {
        c.expected().forEach((name, expected) -> {
            if (name.equals("y")) {
                RandomNetwork.assertSame(found.tokens(), expected, 1e-5f);
            } else if (name.startsWith("g")) {
                RandomNetwork.assertSame(get(found.gradients(), name.substring(1)), expected, 1e-5f);
            }
        });
    }
}
