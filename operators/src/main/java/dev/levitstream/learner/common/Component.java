package dev.levitstream.learner.common;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.ComponentProfile;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.NetworkFunction;
import dev.levitstream.nn.model.Program;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One expert: a network, its parameters and what it makes of images. It is frozen, unless it is an
 * {@link ActiveComponent}. Owns one native array, the flat parameter vector; every other native array lives inside one
 * call.
 */
public sealed class Component implements AutoCloseable permits ActiveComponent {
    private final int id;
    private final ComponentFactory factory;
    private final Compute compute;
    private final NDManager manager;
    private ComponentNetwork network;
    private Program program;
    private NDArray flat;
    private double usualNovelty;
    private long imagesSeen;

    /**
     * Errors of images under the VAE at the mean code.
     *
     * @param reconstruction reconstruction error per row
     * @param divergence KL divergence per row
     */
    public record Densities(float[] reconstruction, float[] divergence) {}

    Component(int id, ComponentFactory factory, Compute compute, ComponentContent content) {
        this.id = id;
        this.factory = factory;
        this.compute = compute;
        this.manager = compute.newManager();
        this.usualNovelty = content.usualNovelty();
        this.imagesSeen = content.imagesSeen();
        this.network = content.network();
        this.program = new Program(network, compute);
        this.flat = Tensors.of(manager, content.parameters(), new Shape(content.parameters().length));
    }

    /**
     * A frozen one from what {@link #write} wrote.
     *
     * @param id its number, the first is 1: as many as come before it, and one
     */
    public static Component read(int id, ComponentFactory factory, Compute compute, StateCodec.Input in)
            throws IOException {
        return new Component(id, factory, compute, ComponentContent.read(in, factory, id - 1));
    }

    /** The same component, with other parameters, frozen. */
    Component frozen(ComponentNetwork as, float[] parameters) {
        return new Component(id, factory, compute, new ComponentContent(as, usualNovelty, imagesSeen, parameters));
    }

    /** Other parameters than before, of a network with other classes. */
    void become(ComponentNetwork other, float[] parameters) {
        flat.close();
        flat = Tensors.of(manager, parameters, new Shape(parameters.length));
        network = other;
        program = new Program(other, compute);
    }

    /** Classes, figures and parameters. */
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(network.fused());
        out.writeInt(network.classes());
        out.writeDouble(usualNovelty);
        out.writeLong(imagesSeen);
        StateCodec.writeFloats(out, Tensors.values(flat));
    }

    /** The same, but of the parameters only the classifier's, which lie last. */
    void writeHead(DataOutputStream out) throws IOException {
        out.writeInt(network.fused());
        out.writeInt(network.classes());
        out.writeDouble(usualNovelty);
        out.writeLong(imagesSeen);
        float[] all = Tensors.read(flat);
        StateCodec.writeFloats(out, Arrays.copyOfRange(all, all.length - network.headSize(), all.length));
    }

    public int id() {
        return id;
    }

    ComponentFactory factory() {
        return factory;
    }

    public ComponentNetwork network() {
        return network;
    }

    /** Images learnt from while active (count). */
    public long imagesSeen() {
        return imagesSeen;
    }

    public void sawImage() {
        imagesSeen++;
    }

    /** Novelty of the images that are this component's own; NaN until it is known. */
    public double usualNovelty() {
        return usualNovelty;
    }

    public void setUsualNovelty(double usual) {
        usualNovelty = usual;
    }

    Program program() {
        return program;
    }

    /** Owner of what lives as long as this component. */
    NDManager manager() {
        return manager;
    }

    /** All parameters, (size); borrowed. */
    NDArray flat() {
        return flat;
    }

    /** How well the VAE explains images, all at once. */
    public Densities densities(List<byte[]> pixels) {
        return inScope(scope -> densities(program.call(scope, NetworkFunction.DENSITIES, flat, images(scope, pixels))));
    }

    /** How well the VAE explains images, each by itself; at least one image. */
    public Densities densitiesOfEach(List<byte[]> pixels) {
        return inScope(scope -> densities(program.each(scope, NetworkFunction.DENSITIES, flat, images(scope, pixels))));
    }

    private static Densities densities(NDList results) {
        return new Densities(Tensors.read(results.get(0)), Tensors.read(results.get(1)));
    }

    private static List<float[]> rows(NDArray array, int count) {
        float[] all = Tensors.read(array);
        int width = all.length / count;
        return IntStream.range(0, count)
                .mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width))
                .toList();
    }

    private NDArray images(NDManager scope, List<byte[]> pixels) {
        return MiniBatch.images(scope, factory.input(), pixels);
    }

    /** What a later component fuses of images, all at once: (knowledge width) per image; at least one image. */
    public List<float[]> knowledge(List<byte[]> pixels) {
        return inScope(scope -> rows(
                program.call(scope, NetworkFunction.KNOWLEDGE, flat, images(scope, pixels))
                        .singletonOrThrow(),
                pixels.size()));
    }

    /** What a later component fuses of images, each by itself: (knowledge width) per image; at least one image. */
    public List<float[]> knowledgeOfEach(List<byte[]> pixels) {
        return inScope(scope -> rows(
                program.each(scope, NetworkFunction.KNOWLEDGE, flat, images(scope, pixels))
                        .singletonOrThrow(),
                pixels.size()));
    }

    /**
     * Probability of each class for images, each by itself.
     *
     * @param own {@link #knowledgeOfEach} of the images: (knowledge width) per image
     * @param prior (J, knowledge width) of the components that this one fuses, per image; empty if none is
     */
    public List<float[]> probabilitiesOfEach(List<float[]> own, List<float[]> prior) {
        boolean fuses = prior.get(0).length > 0;
        return inScope(scope -> {
            int width = own.get(0).length;
            NDArray rows = joined(scope, own, width);
            NDArray[] inputs =
                    fuses ? new NDArray[] {rows, joined(scope, prior, network.fused(), width)} : new NDArray[] {rows};
            return rows(
                    program.each(scope, NetworkFunction.PROBABILITIES, flat, inputs)
                            .singletonOrThrow(),
                    own.size());
        });
    }

    private static NDArray joined(NDManager scope, List<float[]> rows, long... shape) {
        int width = rows.get(0).length;
        float[] joined = new float[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, joined, i * width, width);
        }
        return Tensors.of(scope, joined, new Shape(rows.size()).addAll(new Shape(shape)));
    }

    /**
     * Inputs generated from standard normal codes, (rows, H W C): of images values near [0, 1]; of tokens, of which the
     * VAE knows the mean alone, each has tokens that are all that mean.
     */
    public float[] generate(int rows, SplittableRandom random) {
        int width = network.vae().latentWidth();
        float[] codes = new float[rows * width];
        Randomness.normals(random, codes);
        return inScope(scope -> {
            NDArray code = Tensors.of(scope, codes, new Shape(rows, width));
            float[] decoded = Tensors.read(
                    program.call(scope, NetworkFunction.DECODED, flat, code).singletonOrThrow());
            return factory.input() instanceof TokenShape tokens ? repeated(decoded, rows, tokens.tokens()) : decoded;
        });
    }

    private static float[] repeated(float[] rows, int count, int times) {
        int width = rows.length / count;
        float[] repeated = new float[rows.length * times];
        for (int i = 0; i < count * times; i++) {
            System.arraycopy(rows, i / times * width, repeated, i * width, width);
        }
        return repeated;
    }

    /** What there is to see of it; {@code random} draws the codes of what it generates. No image shows tokens. */
    public ComponentProfile profile(int generated, SplittableRandom random) {
        boolean draws = generated > 0 && factory.input() instanceof ImageShape;
        List<byte[]> drawn = draws ? drawn(generated, random) : List.of();
        float[] gates = network.gates(Tensors.read(flat));
        long vae = network.vaeSize();
        return new ComponentProfile(id, imagesSeen, network.layout().size() - vae - kept(), vae, gates, drawn);
    }

    private List<byte[]> drawn(int count, SplittableRandom random) {
        List<byte[]> drawn = new ArrayList<>(count);
        float[] values = generate(count, random);
        for (int i = 0; i < count; i++) {
            byte[] pixels = new byte[factory.input().size()];
            for (int k = 0; k < pixels.length; k++) {
                float value = values[i * pixels.length + k];
                pixels[k] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
            }
            drawn.add(pixels);
        }
        return drawn;
    }

    /**
     * Codes of inputs given as values: (rows, H W C) to (rows, d); sampled from the posterior if a generator is given,
     * else its means.
     */
    public float[] codes(float[] values, int rows, Optional<SplittableRandom> sampling) {
        InputShape input = factory.input();
        Shape shape = new Shape(rows, input.height(), input.width(), input.channels());
        return inScope(scope -> {
            NDList codes = program.call(scope, NetworkFunction.CODES, flat, Tensors.of(scope, values, shape));
            float[] sampled = Tensors.read(codes.get(0));
            if (sampling.isPresent()) {
                float[] deviations = Tensors.read(codes.get(1));
                float[] noise = new float[sampled.length];
                Randomness.normals(sampling.get(), noise);
                for (int i = 0; i < sampled.length; i++) {
                    sampled[i] += deviations[i] * noise[i];
                }
            }
            return sampled;
        });
    }

    /** Copies the patch embedding to where it lies in another component's values. */
    public void copyEmbedding(float[] values) {
        System.arraycopy(Tensors.read(flat), 0, values, 0, network.embeddingSize());
    }

    /** First parameters that never change (count): a patch embedding that all components share (ambiguity A7). */
    public int kept() {
        return id > 1 && factory.sharedEmbedding() ? network.embeddingSize() : 0;
    }

    private <T> T inScope(Function<NDManager, T> function) {
        try (NDManager scope = manager.newSubManager()) {
            return function.apply(scope);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
