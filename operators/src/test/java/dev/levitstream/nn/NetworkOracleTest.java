package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.engine.Compute.Path;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.testing.NaiveNetwork;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values and gradients of every path against an implementation that shares no line with ours, and against finite
 * differences.
 */
class NetworkOracleTest {
    private static final int IMAGES = 4;
    private static final int CLASSES = 3;
    private static final double KL_WEIGHT = 0.7;
    private static final int FROZEN = 2;

    private final Compute compute = new Compute("cpu", Path.SCRIPT, Products.ONEDNN, true);
    /** What one maker's processors do instead. */
    private final Compute mkl = new Compute("cpu", Path.SCRIPT, Products.MKL, true);
    /** The slowest scripts, that run anywhere. */
    private final Compute plain = new Compute("cpu", Path.SCRIPT, Products.PLAIN, false);

    @AfterEach
    void close() {
        compute.close();
        mkl.close();
        plain.close();
    }

    /** One network with random parameters, random images, and its naive twin. */
    private static final class Pair {
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
            this(
                    level,
                    gates,
                    convolutional,
                    convolutional ? new ImageShape(6, 10, 3) : new ImageShape(8, 4, 1),
                    frozen,
                    seed);
        }

        Pair(Level level, Gates gates, boolean convolutional, ImageShape shape, int frozen, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            vit = new VitOptions(shape, 2, 5, 2, List.of(6, 4));
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
            ImageShape s = vit.image();
            return Tensors.of(scope, flat(images), new Shape(IMAGES, s.height(), s.width(), s.channels()));
        }

        Optional<NDArray> prior(NDManager scope) {
            int width = fusion.knowledgeWidth(body);
            return fusion.fuses(network.fused())
                    ? Optional.of(Tensors.of(scope, flat(knowledge), new Shape(IMAGES, network.fused(), width)))
                    : Optional.empty();
        }

        Loss loss(Program program, Compute compute) {
            try (NDManager scope = compute.newManager();
                    NDArray leaf = Tensors.of(scope, parameters, new Shape(parameters.length))) {
                leaf.setRequiresGradient(true);
                float[] gradient = new float[parameters.length];
                float value = program.gradient(scope, leaf, batch(scope), gradient);
                return new Loss(value, gradient);
            }
        }
    }

    private record Loss(float value, float[] gradient) {}

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
        for (Program program : programs(pair)) {
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                NDArray images = pair.imageArray(scope);
                NDArray[] prior = pair.prior(scope).stream().toArray(NDArray[]::new);
                NDArray own = program.call(scope, NetworkFunction.KNOWLEDGE, flat, images)
                        .singletonOrThrow();
                NDArray[] both =
                        Stream.concat(Stream.of(own), Arrays.stream(prior)).toArray(NDArray[]::new);
                float[] knowledge = Tensors.read(own);
                float[] probabilities = only(program.call(scope, NetworkFunction.PROBABILITIES, flat, both));
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
                    assertClose(Tensors.read(codes.get(1)), i, naive.deviation(image));
                    assertClose(errors, i, new double[] {naive.reconstructionError(image, mean)});
                    assertClose(divergences, i, new double[] {NaiveNetwork.divergence(mean, naive.deviation(image))});
                }
            }
            assertThat((double) pair.loss(program, compute).value())
                    .isCloseTo(pair.naiveLoss(doubles(pair.parameters)), within(1e-3));
        }
    }

    /** What an image gets does not depend on its batch mates or on its place among them, and both programs agree. */
    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void oneByOneAnImageGetsTheSameBitsInAnyCompany(Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        for (Program program : programs(pair)) {
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

    /** The raw path is the oracle: 1e-6 of the largest value. */
    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void scriptsAndArraysGiveTheSameLossAndGradient(Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        Loss arrays = pair.loss(new ArrayProgram(pair.network), compute);
        assertScriptsGive(arrays, pair);
    }

    /** Of so many places that transposed convolutions are the engine's, of 20 channels at once and of 3. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void scriptsAndArraysGiveTheSameForLargeImages(long seed) {
        for (int channels : List.of(3, 20)) {
            Pair pair = new Pair(Level.FEATURES, Gates.LEARNT, true, new ImageShape(22, 18, channels), FROZEN, seed);
            assertScriptsGive(pair.loss(new ArrayProgram(pair.network), compute), pair);
        }
    }

    /** A product that is computed with its factors exchanged. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void scriptsAndArraysGiveTheSameForManyLongRows(long seed) {
        int many = 20;
        SplittableRandom random = new SplittableRandom(seed);
        Pair pair = new Pair(Level.FEATURES, Gates.LEARNT, false, new ImageShape(64, 64, 1), 0, seed);
        float[] pixels = new float[many * 64 * 64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        float[] noise = new float[many * 3];
        Randomness.normals(random, noise);
        List<Loss> losses = new ArrayList<>();
        for (Program program : programs(pair)) {
            try (NDManager scope = compute.newManager()) {
                NDArray flat = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length));
                flat.setRequiresGradient(true);
                TrainingBatch batch = new TrainingBatch(
                        Tensors.of(scope, pixels, new Shape(many, 64, 64, 1)),
                        Optional.empty(),
                        Optional.empty(),
                        Tensors.of(scope, noise, new Shape(many, 3)));
                float[] gradient = new float[pair.parameters.length];
                losses.add(new Loss(program.gradient(scope, flat, batch, gradient), gradient));
            }
        }
        Loss expected = losses.get(losses.size() - 1);
        for (Loss found : losses) {
            assertThat(found.value()).isCloseTo(expected.value(), within(1e-6f * Math.abs(expected.value())));
            assertSame(found.gradient(), expected.gradient());
        }
    }

    private void assertScriptsGive(Loss expected, Pair pair) {
        for (Compute either : List.of(compute, mkl, plain)) {
            Loss script = pair.loss(either.program(pair.network), compute);
            assertThat(script.value()).isCloseTo(expected.value(), within(1e-6f * Math.abs(expected.value())));
            assertSame(script.gradient(), expected.gradient());
        }
    }

    /**
     * An update in one script is the oracle's: of parameters that the loss reaches and of others, labelled or not; a
     * loss that is no number changes nothing.
     */
    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void aScriptUpdatesAsAdamDoesWithItsGradient(Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        int size = pair.parameters.length;
        int kept = pair.network.embeddingSize();
        List<Adam.Rate> rates = List.of(new Adam.Rate(0, kept, 0), new Adam.Rate(kept, size, 1e-3));
        for (Program program : programs(pair)) {
            try (NDManager owner = compute.newManager()) {
                NDArray flat = Tensors.of(owner, pair.parameters, new Shape(size));
                flat.setRequiresGradient(true);
                NDArray expected = Tensors.of(owner, pair.parameters, new Shape(size));
                Adam adam = new Adam(owner, size, 0.5, 0.999);
                Adam oracle = new Adam(owner, size, 0.5, 0.999);
                for (int t = 0; t < 8; t++) {
                    try (NDManager scope = compute.newManager()) {
                        TrainingBatch batch = given(t, pair.batch(scope));
                        float[] gradient = new float[size];
                        Float loss = program.gradient(scope, flat, batch, gradient); // boxed: NaN equals itself
                        assertThat(program.update(scope, flat, batch, adam, rates))
                                .isEqualTo(loss);
                        if (!loss.isNaN()) {
                            oracle.update(expected, gradient, rates);
                        }
                    }
                    assertSame(Tensors.read(flat), Tensors.read(expected));
                    assertSame(Tensors.read(adam.firstMoments()), Tensors.read(oracle.firstMoments()));
                    assertSame(Tensors.read(adam.secondMoments()), Tensors.read(oracle.secondMoments()));
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

    /** Up to 1e-6 of the largest value. */
    private static void assertSame(float[] found, float[] expected) {
        assertSame(found, expected, 1e-6f);
    }

    private static void assertSame(float[] found, float[] expected, float precision) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(precision * largest));
        }
    }

    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void gradientsAgreeWithFiniteDifferencesOfTheNaiveImplementation(
            Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        for (Program program : programs(pair)) {
            float[] gradient = pair.loss(program, compute).gradient();
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

    /**
     * On this engine a constant of a {@code Number} overload may be freed by a collection in between; ours must not.
     */
    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void garbageCollectionBetweenForwardAndBackwardChangesNoBitOfTheGradient(
            Level level, Gates gates, boolean conv, int frozen, long seed) {
        Pair pair = new Pair(level, gates, conv, frozen, seed);
        float[] undisturbed = pair.loss(new ArrayProgram(pair.network), compute).gradient();
        try (NDManager scope = compute.newManager();
                NDArray leaf = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length))) {
            leaf.setRequiresGradient(true);
            float[] gradient = new float[pair.parameters.length];
            TrainingBatch batch = pair.batch(scope);
            List<Array> inputs =
                    Arrays.stream(batch.inputs()).<Array>map(EngineArray::new).toList();
            Backward.gradient(
                    scope,
                    leaf,
                    flat -> {
                        Parameters p = pair.network.layout().split(flat);
                        Array loss = batch.loss().apply(pair.network, p, inputs).get(0);
                        collectGarbage();
                        return ((EngineArray) loss).nd();
                    },
                    gradient);
            assertThat(gradient).isEqualTo(undisturbed);
        }
    }

    /**
     * One step of a fleet is one step of each of its components; one of them has a loss that is no number. Moments tell
     * the gradient. All at once it is rounded otherwise, and where it is near 0 the optimizer makes a step of that, so
     * that parameters are compared with what the same gradient does elsewhere.
     */
    @ParameterizedTest(name = "{0} {1}, convolutional {2}, {3} frozen, seed {4}")
    @MethodSource("pathsAndSeeds")
    void aFleetLearnsAsItsComponentsDoOneByOne(Level level, Gates gates, boolean conv, int frozen, long seed) {
        List<Pair> pairs = LongStream.range(0, 3)
                .mapToObj(k -> new Pair(level, gates, conv, frozen, 100 * seed + k))
                .toList();
        int size = pairs.get(0).parameters.length;
        int kept = pairs.get(0).network.embeddingSize();
        List<Adam.Rate> rates = List.of(new Adam.Rate(0, kept, 0), new Adam.Rate(kept, size, 1e-3));
        Program oracle = new ArrayProgram(pairs.get(0).network);
        Program together = plain.program(pairs.get(0).network);
        for (Program program :
                List.of(together, compute.program(pairs.get(0).network), mkl.program(pairs.get(0).network), oracle)) {
            boolean batched = program == together;
            try (NDManager owner = compute.newManager()) {
                List<NDArray> flats = pairs.stream()
                        .map(pair -> Tensors.of(owner, pair.parameters, new Shape(size)))
                        .toList();
                List<NDArray> fleet = pairs.stream()
                        .map(pair -> Tensors.of(owner, pair.parameters, new Shape(size)))
                        .toList();
                flats.forEach(flat -> flat.setRequiresGradient(true));
                fleet.forEach(flat -> flat.setRequiresGradient(true));
                List<Adam> adams = adams(owner, size);
                List<Adam> fleetAdams = adams(owner, size);
                int steps = batched ? 1 : 3;
                for (int t = 0; t < steps; t++) {
                    boolean labelled = t < 2;
                    try (NDManager scope = compute.newManager()) {
                        List<TrainingBatch> batches = IntStream.range(0, pairs.size())
                                .mapToObj(g -> fleetBatch(pairs.get(g).batch(scope), labelled, g == 1))
                                .toList();
                        List<Program.Member> members = IntStream.range(0, pairs.size())
                                .mapToObj(g -> new Program.Member(fleet.get(g), batches.get(g), fleetAdams.get(g)))
                                .toList();
                        float[] losses = program.updateTogether(scope, members, rates);
                        for (int g = 0; g < losses.length; g++) {
                            float own = program.update(scope, flats.get(g), batches.get(g), adams.get(g), rates);
                            if (g == 1) {
                                assertThat(losses[g]).isNaN();
                                assertThat(own).isNaN();
                            } else {
                                assertThat(losses[g]).isCloseTo(own, within(1e-6f * Math.abs(own)));
                            }
                        }
                    }
                }
                for (int g = 0; g < pairs.size(); g++) {
                    assertThat(fleetAdams.get(g).updates())
                            .isEqualTo(adams.get(g).updates());
                    float[] first = Tensors.read(fleetAdams.get(g).firstMoments());
                    assertSame(first, Tensors.read(adams.get(g).firstMoments()));
                    assertSame(
                            Tensors.read(fleetAdams.get(g).secondMoments()),
                            Tensors.read(adams.get(g).secondMoments()),
                            2e-6f); // squares
                    NDArray expected = flats.get(g);
                    if (batched && g != 1) {
                        Tensors.write(pairs.get(g).parameters, expected);
                        for (int i = 0; i < size; i++) {
                            first[i] *= 2; // the first update's gradient, beta1 being a half
                        }
                        stepsBefore(g, new Adam(owner, size, 0.5, 0.999)).update(expected, first, rates);
                    }
                    assertSame(Tensors.read(fleet.get(g)), Tensors.read(expected));
                }
            }
        }
    }

    /** Of components that have made different numbers of updates, with moments 0 all the same. */
    private static List<Adam> adams(NDManager owner, int size) {
        return IntStream.range(0, 3)
                .mapToObj(g -> stepsBefore(g, new Adam(owner, size, 0.5, 0.999)))
                .toList();
    }

    private static Adam stepsBefore(int steps, Adam adam) {
        for (int i = 0; i < steps; i++) {
            adam.updated();
        }
        return adam;
    }

    private static TrainingBatch fleetBatch(TrainingBatch batch, boolean labelled, boolean broken) {
        return new TrainingBatch(
                broken ? batch.images().log().log() : batch.images(),
                batch.knowledge(),
                labelled ? batch.targets() : Optional.empty(),
                batch.noise());
    }

    /** Any number of threads may train at once. */
    @Test
    void twoThreadsGetTheGradientsThatEachWouldGetAlone() throws Exception {
        List<Pair> pairs = List.of(
                new Pair(Level.FEATURES, Gates.LEARNT, false, FROZEN, 1),
                new Pair(Level.FEATURES, Gates.LEARNT, true, FROZEN, 2));
        ExecutorService threads = Executors.newFixedThreadPool(pairs.size());
        try {
            List<Future<List<float[]>>> together = new ArrayList<>();
            for (Pair pair : pairs) {
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

    /** Many, each of other parameters, of both programs. */
    private static List<float[]> gradients(Pair pair) {
        List<float[]> gradients = new ArrayList<>();
        try (Compute own = new Compute("cpu", Path.SCRIPT)) {
            List<Program> programs = List.of(own.program(pair.network), new ArrayProgram(pair.network));
            try (NDManager scope = own.newManager();
                    NDArray leaf = Tensors.of(scope, pair.parameters, new Shape(pair.parameters.length))) {
                leaf.setRequiresGradient(true);
                float[] p = pair.parameters.clone();
                for (int step = 0; step < 200; step++) {
                    float[] gradient = new float[p.length];
                    try (NDManager inner = own.newManager()) {
                        programs.get(step % 2).gradient(inner, leaf, pair.batch(inner), gradient);
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

    private List<Program> programs(Pair pair) {
        return List.of(
                compute.program(pair.network),
                mkl.program(pair.network),
                plain.program(pair.network),
                new ArrayProgram(pair.network));
    }

    private static float[] only(NDList results) {
        return Tensors.read(results.singletonOrThrow());
    }

    private static double[] softmax(double[] logits) {
        double[] exponentials = Arrays.stream(logits).map(Math::exp).toArray();
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(value -> value / sum).toArray();
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
