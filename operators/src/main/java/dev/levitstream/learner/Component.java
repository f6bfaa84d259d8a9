package dev.levitstream.learner;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.Adam;
import dev.levitstream.nn.Backward;
import dev.levitstream.nn.ComponentNetwork;
import dev.levitstream.nn.ImageShape;
import dev.levitstream.nn.KnowledgeFusion;
import dev.levitstream.nn.ParameterLayout;
import dev.levitstream.nn.Parameters;
import dev.levitstream.nn.Randomness;
import dev.levitstream.nn.Tensors;
import dev.levitstream.nn.Vae;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/**
 * One expert: network, parameters and, while it is active, optimizer. Owns one native array, the flat parameter vector;
 * every other native array lives inside one call.
 */
final class Component implements AutoCloseable {
    private static final double HEAD_DEVIATION = 0.02;

    private final int id;
    private final ImageShape image;
    private final NDManager manager;
    private ComponentNetwork network;
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

    private Component(int id, ImageShape image, NDManager manager, ComponentNetwork network, NDArray flat) {
        this.id = id;
        this.image = image;
        this.manager = manager;
        this.network = network;
        this.flat = flat;
        this.training = Optional.empty();
    }

    /** A component that learns; takes {@code values}. */
    static Component active(
            int id, ImageShape image, NDManager parent, ComponentNetwork network, float[] values, Adam adam) {
        return frozen(id, image, parent, network, values).learning(values, adam);
    }

    private Component learning(float[] values, Adam adam) {
        flat.setRequiresGradient(true);
        training = Optional.of(new Training(values, new float[values.length], adam));
        return this;
    }

    /** A component that never changes again; borrows {@code values}. */
    static Component frozen(int id, ImageShape image, NDManager parent, ComponentNetwork network, float[] values) {
        NDManager manager = parent.newSubManager();
        NDArray flat = Tensors.of(manager, values, new Shape(network.layout().size()));
        return new Component(id, image, manager, network, flat);
    }

    /**
     * Reads what {@link #write} wrote of a frozen component.
     *
     * @param networks the network for a number of classes
     */
    static Component readFrozen(
            DataInputStream in,
            int id,
            LearnerOptions options,
            NDManager parent,
            IntFunction<ComponentNetwork> networks)
            throws IOException {
        ComponentNetwork network = networks.apply(in.readInt());
        double usualNovelty = in.readDouble();
        long imagesSeen = in.readLong();
        Component component = frozen(id, options.image(), parent, network, StateCodec.readFloats(in));
        component.usualNovelty = usualNovelty;
        component.imagesSeen = imagesSeen;
        if (options.network().sharedEmbedding() && id > 1) {
            component.keepEmbedding();
        }
        return component;
    }

    /** Reads what {@link #write} wrote of an active component: what a frozen one has, then the optimizer. */
    static Component readActive(
            DataInputStream in,
            int id,
            LearnerOptions options,
            NDManager parent,
            IntFunction<ComponentNetwork> networks)
            throws IOException {
        Component component = readFrozen(in, id, options, parent, networks);
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
        training = Optional.of(new Training(values, new float[values.length], adam));
    }

    /** How well the VAE explains images, all at once. */
    Densities densities(List<byte[]> pixels) {
        return evaluate((scope, p) -> densities(p, MiniBatch.images(scope, image, pixels)));
    }

    /** How well the VAE explains each image, one by one. */
    List<Densities> densitiesOfEach(List<byte[]> pixels) {
        return oneByOne(pixels, (i, p, one) -> densities(p, one));
    }

    private Densities densities(Parameters p, NDArray images) {
        Vae vae = network.vae();
        Vae.Posterior posterior = vae.encode(p, images);
        return new Densities(
                Tensors.read(vae.reconstructionError(p, images, posterior.mean())),
                Tensors.read(vae.divergence(posterior)));
    }

    /** What a later component fuses of images, all at once: images times knowledge width. */
    float[] knowledge(List<byte[]> pixels) {
        return evaluate((scope, p) -> Tensors.read(network.knowledge(p, MiniBatch.images(scope, image, pixels))));
    }

    /** What a later component fuses of each image, one by one. */
    List<float[]> knowledgeOfEach(List<byte[]> pixels) {
        return oneByOne(pixels, (i, p, one) -> Tensors.read(network.knowledge(p, one)));
    }

    /**
     * Probability of each class for each image, one by one.
     *
     * @param knowledge (J, knowledge width) of the components before this one, per image; empty if nothing is fused
     */
    List<float[]> probabilitiesOfEach(List<byte[]> pixels, List<float[]> knowledge) {
        return oneByOne(pixels, (i, p, one) -> {
            float[] prior = knowledge.get(i);
            Optional<NDArray> fused = prior.length == 0
                    ? Optional.empty()
                    : Optional.of(Tensors.of(
                            one.getManager(), prior, new Shape(1, network.frozen(), prior.length / network.frozen())));
            return Tensors.read(network.logits(p, one, fused).softmax(1));
        });
    }

    /** Images generated from standard normal codes, as (rows, D) values near [0, 1]. */
    float[] generate(int rows, SplittableRandom random) {
        return evaluate((scope, p) -> {
            float[] codes = new float[rows * network.vae().latentWidth()];
            Randomness.normals(random, codes);
            NDArray code =
                    Tensors.of(scope, codes, new Shape(rows, network.vae().latentWidth()));
            return Tensors.read(network.vae().decode(p, code));
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
        float[] gates = evaluate(
                (scope, p) -> network.gates(p, scope).map(Tensors::read).orElse(new float[0]));
        long vae = network.vaeSize();
        return new ComponentProfile(id, imagesSeen, network.layout().size() - vae - kept, vae, gates, drawn);
    }

    /**
     * Codes of images given as values: (rows, D) to (rows, d); sampled from the posterior if a generator is given, else
     * its means.
     */
    float[] codes(float[] values, int rows, Optional<SplittableRandom> sampling) {
        return evaluate((scope, p) -> {
            Shape shape = new Shape(rows, image.height(), image.width(), image.channels());
            Vae.Posterior posterior = network.vae().encode(p, Tensors.of(scope, values, shape));
            if (sampling.isEmpty()) {
                return Tensors.read(posterior.mean());
            }
            float[] noise = new float[(int) posterior.mean().size()];
            Randomness.normals(sampling.get(), noise);
            NDArray eps = Tensors.of(scope, noise, posterior.mean().getShape());
            return Tensors.read(posterior.mean().add(posterior.deviation().mul(eps)));
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
            float loss = Backward.gradient(
                    scope,
                    flat,
                    leaf -> network.loss(network.layout().split(leaf), arrays, options.klWeight()),
                    state.gradient());
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

    private <T> T evaluate(BiFunction<NDManager, Parameters, T> function) {
        return Backward.without(() -> {
            try (NDManager scope = manager.newSubManager()) {
                flat.tempAttach(scope);
                return function.apply(scope, network.layout().split(flat));
            }
        });
    }

    /** A function of the parameters and image {@code i}, (1, H, W, C). */
    private interface OfOne<T> {
        T apply(int i, Parameters p, NDArray one);
    }

    /**
     * Never several images in one product: the rounding of a matrix product depends on where a row stands in it, on
     * every engine and for shapes that nobody can foresee, and then an answer would depend on its batch mates in its
     * last bits. Images of one call share the views of the parameters, and find them in the processor's cache.
     */
    private <T> List<T> oneByOne(List<byte[]> pixels, OfOne<T> function) {
        return evaluate((scope, p) -> {
            List<T> results = new ArrayList<>(pixels.size());
            for (int i = 0; i < pixels.size(); i++) {
                try (NDManager own = scope.newSubManager()) {
                    results.add(function.apply(i, p, MiniBatch.images(own, image, List.of(pixels.get(i)))));
                }
            }
            return results;
        });
    }

    private Training training() {
        return training.orElseThrow(() -> new IllegalStateException("component " + id + " is frozen"));
    }

    @Override
    public void close() {
        manager.close();
    }
}
