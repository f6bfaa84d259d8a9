package dev.levitstream.learner;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.Adam;
import dev.levitstream.nn.ComponentNetwork;
import dev.levitstream.nn.Compute;
import dev.levitstream.nn.ImageShape;
import dev.levitstream.nn.KnowledgeFusion;
import dev.levitstream.nn.NetworkFunction;
import dev.levitstream.nn.ParameterLayout;
import dev.levitstream.nn.Program;
import dev.levitstream.nn.Randomness;
import dev.levitstream.nn.Tensors;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * One expert: network, parameters and, while it is active, optimizer. Owns one native array, the flat parameter vector;
 * every other native array lives inside one call.
 */
final class Component implements AutoCloseable {
    private static final double HEAD_DEVIATION = 0.02;

    private final int id;
    private final ImageShape image;
    private final Compute compute;
    private final NDManager manager;
    private ComponentNetwork network;
    private Program program;
    private NDArray flat;
    private Optional<Training> training;
    private Optional<Version> remembered = Optional.empty();
    private double usualNovelty = Double.NaN;
    private long imagesSeen;
    private int kept;

    /**
     * What only the active component has: its parameters on the Java side, where the optimizer works, and the
     * optimizer.
     */
    private record Training(float[] values, float[] gradient, Adam adam) {}

    /** The component as it was. */
    private record Version(ComponentNetwork network, float[] values) {}

    /**
     * Errors of images under the VAE at the mean code.
     *
     * @param reconstruction reconstruction error per row
     * @param divergence KL divergence per row
     */
    record Densities(float[] reconstruction, float[] divergence) {}

    private Component(int id, ImageShape image, Compute compute, ComponentNetwork network, float[] values) {
        this.id = id;
        this.image = image;
        this.compute = compute;
        this.manager = compute.newManager();
        this.network = network;
        this.program = compute.program(network);
        this.flat = Tensors.of(manager, values, new Shape(values.length));
        this.training = Optional.empty();
    }

    /** A component that learns; takes {@code values}. */
    static Component active(
            int id, ImageShape image, Compute compute, ComponentNetwork network, float[] values, Adam adam) {
        return frozen(id, image, compute, network, values).learning(values, adam);
    }

    private Component learning(float[] values, Adam adam) {
        flat.setRequiresGradient(true);
        training = Optional.of(new Training(values, new float[values.length], adam));
        return this;
    }

    /** A component that never changes again; borrows {@code values}. */
    static Component frozen(int id, ImageShape image, Compute compute, ComponentNetwork network, float[] values) {
        return new Component(id, image, compute, network, values);
    }

    /**
     * Reads what {@link #write} wrote of a frozen component.
     *
     * @param networks the network for a number of classes
     */
    static Component readFrozen(
            DataInputStream in, int id, LearnerOptions options, Compute compute, IntFunction<ComponentNetwork> networks)
            throws IOException {
        ComponentNetwork network = networks.apply(in.readInt());
        double usualNovelty = in.readDouble();
        long imagesSeen = in.readLong();
        Component component = frozen(id, options.image(), compute, network, StateCodec.readFloats(in));
        component.usualNovelty = usualNovelty;
        component.imagesSeen = imagesSeen;
        if (options.network().sharedEmbedding() && id > 1) {
            component.keepEmbedding();
        }
        return component;
    }

    /** Reads what {@link #write} wrote of an active component: what a frozen one has, then the optimizer. */
    static Component readActive(
            DataInputStream in, int id, LearnerOptions options, Compute compute, IntFunction<ComponentNetwork> networks)
            throws IOException {
        Component component = readFrozen(in, id, options, compute, networks);
        long updates = in.readLong();
        float beta1 = (float) options.training().beta1();
        float beta2 = (float) options.training().beta2();
        Adam adam = new Adam(StateCodec.readFloats(in), StateCodec.readFloats(in), updates, beta1, beta2);
        if (in.readBoolean()) {
            component.remembered = Optional.of(new Version(networks.apply(in.readInt()), StateCodec.readFloats(in)));
        }
        return component.learning(Tensors.read(component.flat), adam);
    }

    /** Classes, figures and parameters; while active, also the optimizer. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(network.classes());
        out.writeDouble(usualNovelty);
        out.writeLong(imagesSeen);
        StateCodec.writeFloats(out, training.map(Training::values).orElseGet(() -> Tensors.read(flat)));
        if (training.isPresent()) {
            Adam adam = training.get().adam();
            out.writeLong(adam.updates());
            StateCodec.writeFloats(out, adam.firstMoments());
            StateCodec.writeFloats(out, adam.secondMoments());
            out.writeBoolean(remembered.isPresent());
            if (remembered.isPresent()) {
                out.writeInt(remembered.get().network().classes());
                StateCodec.writeFloats(out, remembered.get().values());
            }
        }
    }

    int id() {
        return id;
    }

    ComponentNetwork network() {
        return network;
    }

    /** Images learnt from while active (count). */
    long imagesSeen() {
        return imagesSeen;
    }

    void sawImage() {
        imagesSeen++;
    }

    /** Novelty of the images that are this component's own; NaN until it is known. */
    double usualNovelty() {
        return usualNovelty;
    }

    void setUsualNovelty(double usual) {
        usualNovelty = usual;
    }

    /** Remembers itself as it is, unless it remembers an earlier version already. */
    void remember() {
        if (remembered.isEmpty()) {
            remembered = Optional.of(new Version(network, training().values().clone()));
        }
    }

    /** Forgets the version that it remembers. */
    void forget() {
        remembered = Optional.empty();
    }

    /** Ends training for good: as the version that it remembers, else as it is. */
    void freeze() {
        Version last = remembered.orElse(new Version(network, training().values()));
        NDArray values = Tensors.of(manager, last.values(), new Shape(last.values().length));
        flat.close();
        flat = values;
        network = last.network();
        program = compute.program(network);
        training = Optional.empty();
        remembered = Optional.empty();
    }

    /** Widens the classifier; what it knew stays. */
    void growHead(int classes, SplittableRandom random) {
        Training old = training();
        ComponentNetwork wider = network.withClasses(classes);
        ParameterLayout layout = wider.layout();
        float[] values = new float[layout.size()];
        ParameterLayout.Entry weight = layout.entry(ComponentNetwork.HEAD_WEIGHT);
        float[] fresh = new float[weight.size()];
        Randomness.normals(random, fresh);
        for (int i = 0; i < fresh.length; i++) {
            values[weight.offset() + i] = (float) (fresh[i] * HEAD_DEVIATION);
        }
        network.layout().moveInto(old.values(), layout, values);
        Adam adam = old.adam().moved(network.layout(), layout);
        NDArray grown = Tensors.of(manager, values, new Shape(values.length));
        flat.close();
        flat = grown;
        flat.setRequiresGradient(true);
        network = wider;
        program = compute.program(network);
        training = Optional.of(new Training(values, new float[values.length], adam));
    }

    /** How well the VAE explains images, all at once. */
    Densities densities(List<byte[]> pixels) {
        return inScope(scope -> densities(program.call(scope, NetworkFunction.DENSITIES, flat, images(scope, pixels))));
    }

    /** How well the VAE explains images, each by itself. */
    Densities densitiesOfEach(List<byte[]> pixels) {
        return inScope(scope -> densities(program.each(scope, NetworkFunction.DENSITIES, flat, images(scope, pixels))));
    }

    private static Densities densities(NDList results) {
        return new Densities(Tensors.read(results.get(0)), Tensors.read(results.get(1)));
    }

    private NDArray images(NDManager scope, List<byte[]> pixels) {
        return MiniBatch.images(scope, image, pixels);
    }

    /** What a later component fuses of images, all at once: (images, knowledge width). */
    float[] knowledge(List<byte[]> pixels) {
        return inScope(scope -> Tensors.read(program.call(scope, NetworkFunction.KNOWLEDGE, flat, images(scope, pixels))
                .singletonOrThrow()));
    }

    /** What a later component fuses of images, each by itself: (knowledge width) per image; at least one image. */
    List<float[]> knowledgeOfEach(List<byte[]> pixels) {
        float[] all = inScope(
                scope -> Tensors.read(program.each(scope, NetworkFunction.KNOWLEDGE, flat, images(scope, pixels))
                        .singletonOrThrow()));
        int width = all.length / pixels.size();
        return IntStream.range(0, pixels.size())
                .mapToObj(i -> Arrays.copyOfRange(all, i * width, (i + 1) * width))
                .toList();
    }

    /**
     * Probability of each class for images, each by itself.
     *
     * @param own {@link #knowledgeOfEach} of the images: (knowledge width) per image
     * @param prior (J, knowledge width) of the components before this one, per image; empty if nothing is fused
     */
    List<float[]> probabilitiesOfEach(List<float[]> own, List<float[]> prior) {
        boolean fuses = prior.get(0).length > 0;
        float[] all = inScope(scope -> {
            int width = own.get(0).length;
            NDArray rows = joined(scope, own, width);
            NDArray[] inputs =
                    fuses ? new NDArray[] {rows, joined(scope, prior, network.frozen(), width)} : new NDArray[] {rows};
            return Tensors.read(program.each(scope, NetworkFunction.PROBABILITIES, flat, inputs)
                    .singletonOrThrow());
        });
        int classes = network.classes();
        return IntStream.range(0, own.size())
                .mapToObj(i -> Arrays.copyOfRange(all, i * classes, (i + 1) * classes))
                .toList();
    }

    private static NDArray joined(NDManager scope, List<float[]> rows, long... shape) {
        int width = rows.get(0).length;
        float[] joined = new float[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, joined, i * width, width);
        }
        return Tensors.of(scope, joined, new Shape(rows.size()).addAll(new Shape(shape)));
    }

    /** Images generated from standard normal codes, as (rows, D) values near [0, 1]. */
    float[] generate(int rows, SplittableRandom random) {
        int width = network.vae().latentWidth();
        float[] codes = new float[rows * width];
        Randomness.normals(random, codes);
        return inScope(scope -> {
            NDArray code = Tensors.of(scope, codes, new Shape(rows, width));
            return Tensors.read(
                    program.call(scope, NetworkFunction.PIXELS, flat, code).singletonOrThrow());
        });
    }

    /** What there is to see of it; {@code random} draws the codes of what it generates. */
    ComponentProfile profile(int generated, SplittableRandom random) {
        List<byte[]> drawn = new ArrayList<>(generated);
        float[] values = generated == 0 ? new float[0] : generate(generated, random);
        for (int i = 0; i < generated; i++) {
            byte[] pixels = new byte[image.size()];
            for (int k = 0; k < pixels.length; k++) {
                float value = values[i * pixels.length + k];
                pixels[k] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
            }
            drawn.add(pixels);
        }
        float[] gates = network.gates(Tensors.read(flat));
        long vae = network.vaeSize();
        return new ComponentProfile(id, imagesSeen, network.layout().size() - vae - kept, vae, gates, drawn);
    }

    /**
     * Codes of images given as values: (rows, D) to (rows, d); sampled from the posterior if a generator is given, else
     * its means.
     */
    float[] codes(float[] values, int rows, Optional<SplittableRandom> sampling) {
        Shape shape = new Shape(rows, image.height(), image.width(), image.channels());
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

    /**
     * One optimizer update. A loss that is no finite number changes nothing: parameters stay usable, whatever the data.
     *
     * @return the loss
     */
    float update(MiniBatch batch, TrainingOptions options) {
        Training state = training();
        try (NDManager scope = manager.newSubManager()) {
            ComponentNetwork.TrainingBatch arrays = batch.arrays(scope, image, network.classes());
            float loss = program.gradient(scope, flat, arrays, state.gradient());
            if (Float.isFinite(loss)) {
                state.adam().update(state.values(), state.gradient(), rates(options));
                Tensors.write(state.values(), flat);
            }
            return loss;
        }
    }

    /** Copies the patch embedding to where it lies in another component's values. */
    void copyEmbedding(float[] values) {
        System.arraycopy(Tensors.read(flat), 0, values, 0, network.embeddingSize());
    }

    /** Leaves the patch embedding as it is from now on (ambiguity A7). */
    void keepEmbedding() {
        kept = network.embeddingSize();
    }

    private Adam.Rate[] rates(TrainingOptions options) {
        int size = network.layout().size();
        if (!network.layout().contains(KnowledgeFusion.LOGITS)) {
            return new Adam.Rate[] {new Adam.Rate(0, kept, 0), new Adam.Rate(kept, size, options.learningRate())};
        }
        ParameterLayout.Entry gates = network.layout().entry(KnowledgeFusion.LOGITS);
        int end = gates.offset() + gates.size();
        return new Adam.Rate[] {
            new Adam.Rate(0, kept, 0),
            new Adam.Rate(kept, gates.offset(), options.learningRate()),
            new Adam.Rate(gates.offset(), end, options.gateLearningRate()),
            new Adam.Rate(end, size, options.learningRate())
        };
    }

    private <T> T inScope(Function<NDManager, T> function) {
        try (NDManager scope = manager.newSubManager()) {
            return function.apply(scope);
        }
    }

    private Training training() {
        return training.orElseThrow(() -> new IllegalStateException("component " + id + " is frozen"));
    }

    @Override
    public void close() {
        manager.close();
    }
}
