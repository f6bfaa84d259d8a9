package dev.levitstream.learner;

import ai.djl.ndarray.NDManager;
import dev.levitstream.nn.Adam;
import dev.levitstream.nn.ComponentNetwork;
import dev.levitstream.nn.Randomness;
import dev.levitstream.nn.Randomness.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** All components of one learner, oldest first; the last is active, the others frozen. */
final class ComponentPool implements AutoCloseable {
    private static final String FROZEN = "component/%04d";
    private static final String ACTIVE = "active";

    private final LearnerOptions options;
    private final Blueprint blueprint;
    private final Router router;
    private final NDManager manager;
    private final List<Component> components = new ArrayList<>();

    ComponentPool(LearnerOptions options, Blueprint blueprint, NDManager manager) {
        this.options = options;
        this.blueprint = blueprint;
        this.manager = manager;
        this.router = new Router(options.routing(), options.training().klWeight());
    }

    int size() {
        return components.size();
    }

    Component get(int index) {
        return components.get(index);
    }

    Component active() {
        return components.get(components.size() - 1);
    }

    /** The frozen components, oldest first. */
    List<Component> frozen() {
        return components.subList(0, components.size() - 1);
    }

    long parameters() {
        return components.stream()
                .mapToLong(component -> component.network().layout().size())
                .sum();
    }

    /** Freezes the active component, if there is one, and appends a fresh one with a new optimizer. */
    void grow(long seed, int classes) {
        if (!components.isEmpty()) {
            active().freeze();
        }
        ComponentNetwork network = blueprint.network(components.size(), classes);
        int id = components.size() + 1;
        float[] values = network.layout().initialise(Randomness.at(seed, Purpose.INITIALISE, id));
        Adam adam = Blueprint.adam(values.length, options.training());
        components.add(Component.active(id, options.image(), manager, network, values, adam));
    }

    /**
     * Judges one image by itself. Never several at once: the rounding of a matrix product depends on where a row stands
     * in it, on every engine and for shapes that nobody can foresee, and then an answer would depend on its batch mates
     * in its last bits.
     */
    Judgement judge(byte[] pixels) {
        float[] errors = new float[size()];
        float[] scores = new float[size()];
        List<byte[]> image = List.of(pixels);
        for (int c = 0; c < size(); c++) {
            Component.Densities densities = get(c).densities(image);
            errors[c] = densities.reconstruction()[0];
            scores[c] = router.score(errors[c], densities.divergence()[0]);
        }
        FrozenView view = new FrozenView(knowledge(image), Arrays.copyOf(errors, size() - 1));
        int routed = Router.best(scores);
        float[] probabilities = new float[0];
        if (get(routed).network().classes() > 0) {
            float[] prior = Arrays.copyOf(view.knowledge(), routed * blueprint.knowledgeWidth());
            probabilities = get(routed).probabilities(image, prior);
        }
        return new Judgement(errors, scores, routed, probabilities, view);
    }

    /** The frozen components' part of {@link #judge}, bit for bit. */
    FrozenView view(byte[] pixels) {
        List<byte[]> image = List.of(pixels);
        float[] errors = new float[frozen().size()];
        for (int j = 0; j < errors.length; j++) {
            errors[j] = get(j).densities(image).reconstruction()[0];
        }
        return new FrozenView(knowledge(image), errors);
    }

    /** What the frozen components contribute, one after the other; empty where nothing is fused. */
    private float[] knowledge(List<byte[]> image) {
        int width = blueprint.knowledgeWidth();
        if (width == 0) {
            return new float[0];
        }
        float[] joined = new float[frozen().size() * width];
        for (int j = 0; j < frozen().size(); j++) {
            System.arraycopy(get(j).knowledge(image), 0, joined, j * width, width);
        }
        return joined;
    }

    /** One write-once entry per frozen component and one for the active one with its optimizer. */
    List<StateEntry> entries(long revision) {
        List<StateEntry> entries = new ArrayList<>();
        for (Component component : frozen()) {
            String name = String.format(FROZEN, component.id());
            entries.add(new StateEntry(name, 0, true, () -> StateCodec.seal(component::write)));
        }
        Component active = active();
        entries.add(new StateEntry(ACTIVE, revision, false, () -> StateCodec.seal(active::write)));
        return entries;
    }

    /** Rebuilds {@code count} components from their entries. */
    void restore(Map<String, byte[]> state, int count) {
        for (int id = 1; id <= count; id++) {
            int number = id;
            IntFunction<ComponentNetwork> networks = classes -> blueprint.network(number - 1, classes);
            Component component = number < count
                    ? StateCodec.open(
                            String.format(FROZEN, number),
                            state,
                            in -> Component.readFrozen(in, number, options, manager, networks))
                    : StateCodec.open(
                            ACTIVE, state, in -> Component.readActive(in, number, options, manager, networks));
            components.add(component);
        }
    }

    @Override
    public void close() {
        components.forEach(Component::close);
    }
}
