package dev.levitstream.learner;

import dev.levitstream.learner.Component.Content;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.RandomPatches;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** All components of one learner, oldest first; the last is active, the others frozen. */
final class ComponentPool implements AutoCloseable {
    private static final String FROZEN = "component/%04d";
    private static final String ACTIVE = "active";
    private static final String ROUTER = "router";
    private static final float[] NOTHING = new float[0];

    private final LearnerOptions options;
    private final Blueprint blueprint;
    private final Router router;
    private final Optional<DiscriminantRouter> discriminant;
    private final Compute compute;
    private final List<Component> frozen = new ArrayList<>();
    /** Present once the pool has grown or was restored. */
    private Optional<ActiveComponent> active = Optional.empty();

    ComponentPool(LearnerOptions options, Blueprint blueprint, Compute compute) {
        this.options = options;
        this.blueprint = blueprint;
        this.compute = compute;
        RoutingOptions routing = options.routing();
        this.router = new Router(routing.score(), options.training().klWeight());
        this.discriminant = routing.router() != RoutingOptions.Method.VAE
                ? Optional.of(new DiscriminantRouter(
                        new RandomPatches(options.image(), routing.filters()), routing.shrinkage(), compute))
                : Optional.empty();
    }

    int size() {
        return frozen.size() + 1;
    }

    Component get(int index) {
        return index < frozen.size() ? frozen.get(index) : active();
    }

    ActiveComponent active() {
        return active.orElseThrow();
    }

    /** The frozen components, oldest first. */
    List<Component> frozen() {
        return Collections.unmodifiableList(frozen);
    }

    private List<Component> components() {
        return IntStream.range(0, size()).mapToObj(this::get).toList();
    }

    long parameters() {
        return components().stream()
                .mapToLong(component -> component.network().layout().size())
                .sum();
    }

    /** Freezes the active component, if there is one, and appends a fresh one with a new optimizer. */
    void grow(long seed, int classes) {
        active.map(ActiveComponent::freeze).ifPresent(frozen::add);
        ComponentNetwork network = blueprint.network(options.fusion().fused(frozen.size()), classes);
        int id = frozen.size() + 1;
        float[] parameters = new Initialiser(blueprint, seed).parameters(id, network.fused(), classes);
        if (options.network().sharedEmbedding() && !frozen.isEmpty()) {
            frozen.get(0).copyEmbedding(parameters);
        }
        active = Optional.of(new ActiveComponent(id, options, compute, network, parameters));
    }

    /** Components that others fuse, the oldest (count). */
    private int fused() {
        return components().stream()
                .mapToInt(component -> component.network().fused())
                .max()
                .orElse(0);
    }

    /** Judges images, each by itself: an answer does not depend on its batch mates. */
    List<Judgement> judge(List<byte[]> images) {
        return images.isEmpty() ? List.of() : new Judging(this, options, images).judgements();
    }

    /** What every component answers to images, whichever they are routed to: by component, then by image. */
    List<List<float[]>> everyAnswer(List<byte[]> images) {
        Judging judging = new Judging(this, options, images);
        List<Integer> all = IntStream.range(0, images.size()).boxed().toList();
        return IntStream.range(0, size())
                .mapToObj(component -> judging.answers(component, all))
                .toList();
    }

    /** VAE scores under the present parameters, (images, components); bits may depend on batch mates. */
    float[][] scores(List<byte[]> images) {
        float[][] scores = new float[images.size()][size()];
        for (int c = 0; c < size(); c++) {
            Component.Densities densities = get(c).densities(images);
            for (int i = 0; i < scores.length; i++) {
                scores[i][c] = score(densities, i);
            }
        }
        return scores;
    }

    /** VAE score of an image. */
    float score(Component.Densities densities, int image) {
        return router.score(densities.reconstruction()[image], densities.divergence()[image]);
    }

    /** The router that learns, if it is that one. */
    Optional<DiscriminantRouter> discriminant() {
        return discriminant;
    }

    /** What components give to those that fuse them, of images that are used once; bits may depend on batch mates. */
    List<FrozenView> passingViews(List<byte[]> images) {
        return fusedKnowledge(images, Component::knowledge).stream()
                .map(knowledge -> new FrozenView(knowledge, NOTHING))
                .toList();
    }

    /** What components give to those that fuse them, of images each by itself: one after the other. */
    List<float[]> fusedKnowledge(List<byte[]> images) {
        return fusedKnowledge(images, Component::knowledgeOfEach);
    }

    private List<float[]> fusedKnowledge(
            List<byte[]> images, BiFunction<Component, List<byte[]>, List<float[]>> knowledge) {
        int width = blueprint.knowledgeWidth();
        int count = fused();
        float[][] joined = new float[images.size()][count * width];
        for (int j = 0; j < count; j++) {
            List<float[]> known = knowledge.apply(get(j), images);
            for (int i = 0; i < joined.length; i++) {
                System.arraycopy(known.get(i), 0, joined[i], j * width, width);
            }
        }
        return List.of(joined);
    }

    /** What is kept beside an image, for images that came from storage: the same as when they came, bit for bit. */
    List<FrozenView> views(List<byte[]> images) {
        float[][] errors = new float[images.size()][frozen.size()];
        for (int j = 0; j < frozen.size() && keepsErrors(); j++) {
            float[] each = frozen.get(j).densitiesOfEach(images).reconstruction();
            for (int i = 0; i < errors.length; i++) {
                errors[i][j] = each[i];
            }
        }
        List<float[]> knowledge = fusedKnowledge(images);
        return IntStream.range(0, images.size())
                .mapToObj(i -> new FrozenView(knowledge.get(i), kept(errors[i])))
                .toList();
    }

    private boolean keepsErrors() {
        return options.expansion().criterion() == ExpansionOptions.Criterion.RECONSTRUCTION;
    }

    /** What is kept of reconstruction errors under all components. */
    float[] kept(float[] errors) {
        return keepsErrors() ? Arrays.copyOf(errors, frozen.size()) : NOTHING;
    }

    /** Whether all components' VAEs look at each image. */
    boolean isJudgedByAll() {
        return options.routing().judges() == RoutingOptions.Judges.ALL
                || options.routing().router() == RoutingOptions.Method.VAE
                || options.expansion().criterion() != ExpansionOptions.Criterion.NOVELTY;
    }

    /** One write-once entry per frozen component and one for the active one with its optimizer. */
    List<StateEntry> entries(long revision) {
        List<StateEntry> entries = new ArrayList<>();
        for (Component component : frozen) {
            String name = String.format(FROZEN, component.id());
            entries.add(new StateEntry(name, 0, true, () -> StateCodec.seal(component::write)));
        }
        ActiveComponent learning = active();
        entries.add(new StateEntry(ACTIVE, revision, false, () -> StateCodec.seal(learning::write)));
        discriminant.ifPresent(
                chooser -> entries.add(new StateEntry(ROUTER, revision, false, () -> StateCodec.seal(chooser::write))));
        return entries;
    }

    /**
     * Rebuilds {@code count} components from their entries.
     *
     * @param seed of the learner
     */
    void restore(Map<String, byte[]> state, int count, long seed) {
        for (int id = 1; id < count; id++) {
            int number = id;
            frozen.add(StateCodec.open(
                    String.format(FROZEN, number),
                    state,
                    in -> new Component(number, options, compute, Content.read(in, blueprint, number - 1))));
        }
        Initialiser initialiser = new Initialiser(blueprint, seed);
        active = Optional.of(
                StateCodec.open(ACTIVE, state, in -> ActiveComponent.read(count, options, compute, in, initialiser)));
        discriminant.ifPresent(chooser -> readRouter(chooser, state));
    }

    /** A router that the state does not know starts without a past. */
    private static void readRouter(DiscriminantRouter router, Map<String, byte[]> state) {
        byte[] sealed = state.get(ROUTER);
        if (sealed != null) {
            StateCodec.open(ROUTER, sealed, in -> {
                router.read(in);
                return router;
            });
        }
    }

    @Override
    public void close() {
        frozen.forEach(Component::close);
        active.ifPresent(Component::close);
    }
}
