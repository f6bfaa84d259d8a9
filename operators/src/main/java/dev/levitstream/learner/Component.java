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
    /** What only the active component has. */
    private Optional<Adam> adam = Optional.empty();

    private Optional<Version> remembered = Optional.empty();
    private double usualNovelty = Double.NaN;
    private long imagesSeen;
    private int kept;

    /** The component as it was. */
    private record Version(ComponentNetwork network, float[] values) {}

    /**
     * Errors of images under the VAE at the mean code.
     *
     * @param reconstruction reconstruction error per row
     * @param divergence KL divergence per row
     */
    record Densities(float[] reconstruction, float[] divergence) {}

    /**
     * What a component makes of images.
     *
     * @param knowledge what a later component fuses of each, (knowledge width); empty if nothing fuses it
     */
    record Sight(List<float[]> knowledge, Densities densities) {}

    private Component(int id, ImageShape image, Compute compute, ComponentNetwork network, float[] values) {
        this.id = id;
        this.image = image;
        this.compute = compute;
        this.manager = compute.newManager();
        this.network = network;
        this.program = compute.program(network);
        this.flat = Tensors.of(manager, values, new Shape(values.length));
    }

    /** A component that learns; borrows {@code values}. */
    static Component active(int id, LearnerOptions options, Compute compute, ComponentNetwork network, float[] values) {
        Component component = frozen(id, options.image(), compute, network, values);
        TrainingOptions training = options.training();
        return component.learning(new Adam(component.manager, values.length, training.beta1(), training.beta2()));
    }

    private Component learning(Adam optimizer) {
        flat.setRequiresGradient(true);
        adam = Optional.of(optimizer);
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
            StateCodec.Input in,
            int id,
            LearnerOptions options,
            Compute compute,
            IntFunction<ComponentNetwork> networks)
            throws IOException {
        ComponentNetwork network = networks.apply(in.readInt());
        double usualNovelty = in.readDouble();
        long imagesSeen = in.readLong();
        Component component = frozen(id, options.image(), compute, network, in.parameters(network.layout()));
        component.usualNovelty = usualNovelty;
        component.imagesSeen = imagesSeen;
        if (options.network().sharedEmbedding() && id > 1) {
            component.keepEmbedding();
        }
        return component;
    }

    /** Reads what {@link #write} wrote of an active component: what a frozen one has, then the optimizer. */
    static Component readActive(
            StateCodec.Input in,
            int id,
            LearnerOptions options,
            Compute compute,
            IntFunction<ComponentNetwork> networks)
            throws IOException {
        Component component = readFrozen(in, id, options, compute, networks);
        long updates = in.readLong();
        TrainingOptions training = options.training();
        Adam adam = new Adam(
                component.manager,
                in.parameters(component.network.layout()),
                in.parameters(component.network.layout()),
                updates,
                training.beta1(),
                training.beta2());
        if (in.readBoolean()) {
            ComponentNetwork network = networks.apply(in.readInt());
            component.remembered = Optional.of(new Version(network, in.parameters(network.layout())));
        }
        return component.learning(adam);
    }

    /** Classes, figures and parameters; while active, also the optimizer. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(network.classes());
        out.writeDouble(usualNovelty);
        out.writeLong(imagesSeen);
        StateCodec.writeFloats(out, Tensors.values(flat));
        if (adam.isPresent()) {
            out.writeLong(adam.get().updates());
            StateCodec.writeFloats(out, Tensors.values(adam.get().firstMoments()));
            StateCodec.writeFloats(out, Tensors.values(adam.get().secondMoments()));
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
            remembered = Optional.of(new Version(network, Tensors.read(flat)));
        }
    }

    /** Forgets the version that it remembers. */
    void forget() {
        remembered = Optional.empty();
    }

    /** Ends training for good: as the version that it remembers, else as it is. */
    void freeze() {
        Version last = remembered.orElseGet(() -> new Version(network, Tensors.read(flat)));
        optimizer().close();
        adam = Optional.empty();
        remembered = Optional.empty();
        become(last.network(), last.values());
    }

    private void become(ComponentNetwork other, float[] values) {
        flat.close();
        flat = Tensors.of(manager, values, new Shape(values.length));
        network = other;
        program = compute.program(other);
    }

    /** Widens the classifier; what it knew stays. */
    void growHead(int classes, SplittableRandom random) {
        ComponentNetwork wider = network.withClasses(classes);
        ParameterLayout layout = wider.layout();
        float[] values = new float[layout.size()];
        ParameterLayout.Entry weight = layout.entry(ComponentNetwork.HEAD_WEIGHT);
        float[] fresh = new float[weight.size()];
        Randomness.normals(random, fresh);
        for (int i = 0; i < fresh.length; i++) {
            values[weight.offset() + i] = (float) (fresh[i] * HEAD_DEVIATION);
        }
        network.layout().moveInto(Tensors.read(flat), layout, values);
        Adam moved = optimizer().moved(manager, network.layout(), layout);
        become(wider, values);
        learning(moved);
    }

    /** How well the VAE explains images, all at once. */
    Densities densities(List<byte[]> pixels) {
        return inScope(scope -> densities(program.call(scope, NetworkFunction.DENSITIES, flat, images(scope, pixels))));
    }

    /**
     * What it makes of images, each by itself.
     *
     * @param fused whether knowledge is wanted; else the VAE alone looks at them
     */
    Sight sightOfEach(List<byte[]> pixels, boolean fused) {
        return inScope(scope -> {
            NDArray images = images(scope, pixels);
            if (!fused) {
                return new Sight(List.of(), densities(program.each(scope, NetworkFunction.DENSITIES, flat, images)));
            }
            NDList seen = program.each(scope, NetworkFunction.SIGHT, flat, images);
            return new Sight(rows(seen.get(0), pixels.size()), densities(seen.subNDList(1)));
        });
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
        return MiniBatch.images(scope, image, pixels);
    }

    /** What a later component fuses of images, all at once: (images, knowledge width). */
    float[] knowledge(List<byte[]> pixels) {
        return inScope(scope -> Tensors.read(program.call(scope, NetworkFunction.KNOWLEDGE, flat, images(scope, pixels))
                .singletonOrThrow()));
    }

    /** What a later component fuses of images, each by itself: (knowledge width) per image; at least one image. */
    List<float[]> knowledgeOfEach(List<byte[]> pixels) {
        return inScope(scope -> rows(
                program.each(scope, NetworkFunction.KNOWLEDGE, flat, images(scope, pixels))
                        .singletonOrThrow(),
                pixels.size()));
    }

    /**
     * Probability of each class for images, each by itself.
     *
     * @param own {@link #knowledgeOfEach} of the images: (knowledge width) per image
     * @param prior (J, knowledge width) of the components before this one, per image; empty if nothing is fused
     */
    List<float[]> probabilitiesOfEach(List<float[]> own, List<float[]> prior) {
        boolean fuses = prior.get(0).length > 0;
        return inScope(scope -> {
            int width = own.get(0).length;
            NDArray rows = joined(scope, own, width);
            NDArray[] inputs =
                    fuses ? new NDArray[] {rows, joined(scope, prior, network.frozen(), width)} : new NDArray[] {rows};
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
        Adam optimizer = optimizer();
        return inScope(scope -> {
            ComponentNetwork.TrainingBatch arrays = batch.arrays(scope, image, network.classes());
            return program.update(scope, flat, arrays, optimizer, rates(options));
        });
    }

    /** Copies the patch embedding to where it lies in another component's values. */
    void copyEmbedding(float[] values) {
        System.arraycopy(Tensors.read(flat), 0, values, 0, network.embeddingSize());
    }

    /** Leaves the patch embedding as it is from now on (ambiguity A7). */
    void keepEmbedding() {
        kept = network.embeddingSize();
    }

    private List<Adam.Rate> rates(TrainingOptions options) {
        int size = network.layout().size();
        Adam.Rate frozen = new Adam.Rate(0, kept, 0);
        if (!network.layout().contains(KnowledgeFusion.LOGITS)) {
            return List.of(frozen, new Adam.Rate(kept, size, options.learningRate()));
        }
        ParameterLayout.Entry gates = network.layout().entry(KnowledgeFusion.LOGITS);
        int end = gates.offset() + gates.size();
        return List.of(
                frozen,
                new Adam.Rate(kept, gates.offset(), options.learningRate()),
                new Adam.Rate(gates.offset(), end, options.gateLearningRate()),
                new Adam.Rate(end, size, options.learningRate()));
    }

    private <T> T inScope(Function<NDManager, T> function) {
        try (NDManager scope = manager.newSubManager()) {
            return function.apply(scope);
        }
    }

    private Adam optimizer() {
        return adam.orElseThrow(() -> new IllegalStateException("component " + id + " is frozen"));
    }

    @Override
    public void close() {
        manager.close();
    }
}
