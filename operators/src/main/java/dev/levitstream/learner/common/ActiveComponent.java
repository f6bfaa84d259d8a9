package dev.levitstream.learner.common;

import ai.djl.ndarray.NDManager;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.engine.Adam;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.Losses;
import dev.levitstream.nn.model.ParameterLayout;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The component that learns: one with an optimizer and, while a change is suspected, with itself as it was before. */
public final class ActiveComponent extends Component {
    private static final double HEAD_DEVIATION = 0.02;

    private Adam adam;
    private Optional<Version> remembered = Optional.empty();

    /** The component as it was. */
    private record Version(ComponentNetwork network, float[] parameters) {}

    /**
     * A component that has learnt nothing yet.
     *
     * @param parameters as {@link ComponentFactory#parameters} makes them; borrowed
     */
    public static ActiveComponent fresh(
            int id, ComponentFactory factory, Compute compute, ComponentNetwork network, float[] parameters) {
        return new ActiveComponent(id, factory, compute, ComponentContent.fresh(network, parameters));
    }

    private ActiveComponent(int id, ComponentFactory factory, Compute compute, ComponentContent content) {
        super(id, factory, compute, content);
        TrainingOptions training = factory.training();
        float[] parameters = content.parameters();
        adam = new Adam(manager(), parameters.length, training.beta1(), training.beta2());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param seed of the learner
     */
    public static ActiveComponent read(
            int id, ComponentFactory factory, Compute compute, StateCodec.Input in, long seed) throws IOException {
        return in.isShort()
                ? new ActiveComponent(id, factory, compute, ComponentContent.readHead(in, factory, seed, id))
                : new ActiveComponent(id, factory, compute, in);
    }

    private ActiveComponent(int id, ComponentFactory factory, Compute compute, StateCodec.Input in) throws IOException {
        super(id, factory, compute, ComponentContent.read(in, factory, id - 1));
        TrainingOptions training = factory.training();
        ParameterLayout layout = network().layout();
        long updates = in.readLong();
        float[] first = in.parameters(layout);
        float[] second = in.parameters(layout);
        adam = new Adam(manager(), first, second, updates, training.beta1(), training.beta2());
        if (in.readBoolean()) {
            ComponentNetwork network = network().withClasses(in.readInt());
            remembered = Optional.of(new Version(network, in.parameters(network.layout())));
        }
    }

    /**
     * What a frozen one has, then the optimizer and the version that it remembers. Of a first component that no update
     * has changed yet only the classifier, which grows with the labels: the rest follows from the learner's seed, and a
     * key that sends few images costs kilobytes.
     */
    @Override
    public void write(DataOutputStream out) throws IOException {
        boolean untouched = id() == 1 && adam.updates() == 0 && remembered.isEmpty();
        out.writeBoolean(untouched);
        if (untouched) {
            writeHead(out);
            return;
        }
        super.write(out);
        out.writeLong(adam.updates());
        StateCodec.writeFloats(out, Tensors.values(adam.firstMoments()));
        StateCodec.writeFloats(out, Tensors.values(adam.secondMoments()));
        out.writeBoolean(remembered.isPresent());
        if (remembered.isPresent()) {
            out.writeInt(remembered.get().network().classes());
            StateCodec.writeFloats(out, remembered.get().parameters());
        }
    }

    /** Remembers itself as it is, unless it remembers an earlier version already. */
    public void remember() {
        if (remembered.isEmpty()) {
            remembered = Optional.of(version());
        }
    }

    /** Forgets the version that it remembers. */
    public void forget() {
        remembered = Optional.empty();
    }

    private Version version() {
        return new Version(network(), Tensors.read(flat()));
    }

    /** Ends training for good: the version that it remembers, else itself as it is. This one is closed. */
    public Component freeze() {
        Version last = remembered.orElseGet(this::version);
        Component frozen = frozen(last.network(), last.parameters());
        close();
        return frozen;
    }

    /** Widens the classifier; what it knew stays. */
    public void growHead(int classes, SplittableRandom random) {
        ParameterLayout layout = network().layout();
        ComponentNetwork wider = network().withClasses(classes);
        float[] values = new float[wider.layout().size()];
        ParameterLayout.Entry weight = wider.layout().entry(ComponentNetwork.HEAD_WEIGHT);
        float[] fresh = new float[weight.size()];
        Randomness.normals(random, fresh);
        for (int i = 0; i < fresh.length; i++) {
            values[weight.offset() + i] = (float) (fresh[i] * HEAD_DEVIATION);
        }
        layout.moveInto(Tensors.read(flat()), wider.layout(), values);
        adam = adam.widened(manager(), moments -> layout.movedInto(moments, wider.layout()));
        become(wider, values);
    }

    /**
     * One optimizer update. A loss that is no finite number changes nothing: parameters stay usable, whatever the data.
     *
     * @return the losses before it
     */
    Losses update(MiniBatch batch) {
        try (NDManager scope = manager().newSubManager()) {
            TrainingBatch arrays = batch.arrays(scope, factory().input(), network());
            return program().update(scope, flat(), arrays, adam, rates());
        }
    }

    private List<Adam.Rate> rates() {
        TrainingOptions training = factory().training();
        ParameterLayout layout = network().layout();
        Adam.Rate frozen = new Adam.Rate(0, kept(), 0);
        if (!layout.contains(KnowledgeFusion.LOGITS)) {
            return List.of(frozen, new Adam.Rate(kept(), layout.size(), training.learningRate()));
        }
        ParameterLayout.Entry gates = layout.entry(KnowledgeFusion.LOGITS);
        int end = gates.offset() + gates.size();
        return List.of(
                frozen,
                new Adam.Rate(kept(), gates.offset(), training.learningRate()),
                new Adam.Rate(gates.offset(), end, training.gateLearningRate()),
                new Adam.Rate(end, layout.size(), training.learningRate()));
    }
}
