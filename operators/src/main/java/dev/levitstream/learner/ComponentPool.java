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

    /** Judges images; each answer depends on that image alone, because every chunk has one fixed shape. */
    List<Judgement> judge(List<byte[]> pixels) {
        List<Judgement> judgements = new ArrayList<>(pixels.size());
        int rows = options.batchSize();
        for (int from = 0; from < pixels.size(); from += rows) {
            judgements.addAll(judgeChunk(pixels.subList(from, Math.min(pixels.size(), from + rows)), rows));
        }
        return judgements;
    }

    /** The frozen components' part of {@link #judge}, bit for bit. */
    List<FrozenView> views(List<byte[]> pixels) {
        List<FrozenView> views = new ArrayList<>(pixels.size());
        int rows = options.batchSize();
        for (int from = 0; from < pixels.size(); from += rows) {
            List<byte[]> chunk = pixels.subList(from, Math.min(pixels.size(), from + rows));
            float[][] knowledge = knowledge(chunk, rows);
            float[][] errors = new float[frozen().size()][];
            for (int j = 0; j < errors.length; j++) {
                errors[j] = get(j).densities(chunk, rows).reconstruction();
            }
            for (int row = 0; row < chunk.size(); row++) {
                views.add(view(knowledge, errors, row));
            }
        }
        return views;
    }

    private List<Judgement> judgeChunk(List<byte[]> chunk, int rows) {
        float[][] errors = new float[size()][];
        float[][] scores = new float[size()][rows];
        for (int c = 0; c < size(); c++) {
            Component.Densities densities = get(c).densities(chunk, rows);
            errors[c] = densities.reconstruction();
            for (int row = 0; row < rows; row++) {
                scores[c][row] = router.score(errors[c][row], densities.divergence()[row]);
            }
        }
        float[][] knowledge = knowledge(chunk, rows);
        float[][] probabilities = new float[size()][];
        List<Judgement> judgements = new ArrayList<>(chunk.size());
        for (int row = 0; row < chunk.size(); row++) {
            float[] rowScores = column(scores, row);
            int routed = Router.best(rowScores);
            int classes = get(routed).network().classes();
            if (probabilities[routed] == null) {
                probabilities[routed] = classes == 0
                        ? new float[0]
                        : get(routed).probabilities(chunk, rows, prior(knowledge, routed, rows));
            }
            float[] own = Arrays.copyOfRange(probabilities[routed], row * classes, (row + 1) * classes);
            FrozenView view = view(knowledge, Arrays.copyOf(errors, size() - 1), row);
            judgements.add(new Judgement(column(errors, row), rowScores, routed, own, view));
        }
        return judgements;
    }

    /** What each frozen component contributes, rows times width; no arrays where nothing is fused. */
    private float[][] knowledge(List<byte[]> chunk, int rows) {
        if (blueprint.knowledgeWidth() == 0) {
            return new float[0][];
        }
        return frozen().stream()
                .map(component -> component.knowledge(chunk, rows))
                .toArray(float[][]::new);
    }

    /** Knowledge that the component at {@code index} was trained on: (rows, index, width). */
    private float[] prior(float[][] knowledge, int index, int rows) {
        if (knowledge.length == 0) {
            return new float[0];
        }
        int width = blueprint.knowledgeWidth();
        float[] prior = new float[rows * index * width];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < index; j++) {
                System.arraycopy(knowledge[j], row * width, prior, (row * index + j) * width, width);
            }
        }
        return prior;
    }

    private FrozenView view(float[][] knowledge, float[][] frozenErrors, int row) {
        int width = blueprint.knowledgeWidth();
        float[] joined = new float[knowledge.length * width];
        for (int j = 0; j < knowledge.length; j++) {
            System.arraycopy(knowledge[j], row * width, joined, j * width, width);
        }
        return new FrozenView(joined, column(frozenErrors, row));
    }

    private static float[] column(float[][] rows, int index) {
        float[] column = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            column[i] = rows[i][index];
        }
        return column;
    }

    /** One write-once entry per frozen component and one for the active one with its optimizer. */
    List<StateEntry> entries(long revision) {
        List<StateEntry> entries = new ArrayList<>();
        for (Component component : frozen()) {
            entries.add(new StateEntry(
                    String.format(FROZEN, component.id()),
                    0,
                    true,
                    () -> StateCodec.seal(out -> {
                        out.writeInt(component.network().classes());
                        out.writeDouble(component.usualNovelty());
                        out.writeLong(component.imagesSeen());
                        StateCodec.writeFloats(out, component.values());
                    })));
        }
        Component active = active();
        entries.add(new StateEntry(
                ACTIVE,
                revision,
                false,
                () -> StateCodec.seal(out -> {
                    out.writeInt(active.network().classes());
                    out.writeDouble(active.usualNovelty());
                    out.writeLong(active.imagesSeen());
                    StateCodec.writeFloats(out, active.values());
                    out.writeLong(active.adam().updates());
                    StateCodec.writeFloats(out, active.adam().firstMoments());
                    StateCodec.writeFloats(out, active.adam().secondMoments());
                })));
        return entries;
    }

    /** Rebuilds {@code count} components from their entries. */
    void restore(Map<String, byte[]> state, int count) {
        for (int id = 1; id <= count; id++) {
            String name = id < count ? String.format(FROZEN, id) : ACTIVE;
            byte[] sealed = state.get(name);
            if (sealed == null) {
                throw new IllegalStateException("state entry " + name + " is missing of " + state.keySet());
            }
            int componentId = id;
            boolean active = id == count;
            components.add(StateCodec.open(name, sealed, in -> {
                ComponentNetwork network = blueprint.network(componentId - 1, in.readInt());
                double usualNovelty = in.readDouble();
                long imagesSeen = in.readLong();
                float[] values = StateCodec.readFloats(in);
                Component component;
                if (active) {
                    long updates = in.readLong();
                    Adam adam = new Adam(
                            StateCodec.readFloats(in),
                            StateCodec.readFloats(in),
                            updates,
                            (float) options.training().beta1(),
                            (float) options.training().beta2());
                    component = Component.active(componentId, options.image(), manager, network, values, adam);
                } else {
                    component = Component.frozen(componentId, options.image(), manager, network, values);
                }
                component.restoreFigures(usualNovelty, imagesSeen);
                return component;
            }));
        }
    }

    @Override
    public void close() {
        components.forEach(Component::close);
    }
}
