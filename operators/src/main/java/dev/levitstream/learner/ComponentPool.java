package dev.levitstream.learner;

import ai.djl.ndarray.NDManager;
import dev.levitstream.nn.Adam;
import dev.levitstream.nn.ComponentNetwork;
import dev.levitstream.nn.RandomPatches;
import dev.levitstream.nn.Randomness;
import dev.levitstream.nn.Randomness.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/** All components of one learner, oldest first; the last is active, the others frozen. */
final class ComponentPool implements AutoCloseable {
    private static final String FROZEN = "component/%04d";
    private static final String ACTIVE = "active";
    private static final String ROUTER = "router";
    /**
     * Components whose answers the product weighs; two cost little and more changed nothing (package documentation).
     */
    private static final int CANDIDATES = 2;

    private static final float[] NOTHING = new float[0];

    private final LearnerOptions options;
    private final Blueprint blueprint;
    private final Router router;
    private final Optional<DiscriminantRouter> discriminant;
    private final NDManager manager;
    private final List<Component> components = new ArrayList<>();

    ComponentPool(LearnerOptions options, Blueprint blueprint, NDManager manager) {
        this.options = options;
        this.blueprint = blueprint;
        this.manager = manager;
        RoutingOptions routing = options.routing();
        this.router = new Router(routing.score(), options.training().klWeight());
        this.discriminant = routing.router() != RoutingOptions.Method.VAE
                ? Optional.of(new DiscriminantRouter(
                        new RandomPatches(options.image(), routing.filters()), routing.shrinkage()))
                : Optional.empty();
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
        boolean shares = options.network().sharedEmbedding() && !components.isEmpty();
        if (shares) {
            get(0).copyEmbedding(values);
        }
        Adam adam = Blueprint.adam(values.length, options.training());
        components.add(Component.active(id, options.image(), manager, network, values, adam));
        if (shares) {
            active().keepEmbedding();
        }
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
        float[] features = discriminant.map(chooser -> chooser.features(pixels)).orElse(NOTHING);
        Belief belief = discriminant.map(chooser -> chooser.believe(features)).orElseGet(() -> new Belief(List.of()));
        Answer answer = answer(belief, scores, image, view);
        return new Judgement(errors, scores, answer.component(), features, answer.probabilities(), view);
    }

    private Answer answer(Belief belief, float[] scores, List<byte[]> image, FrozenView view) {
        List<Integer> candidates = belief.components();
        int best = candidates.isEmpty() ? Router.best(scores) : candidates.get(0);
        boolean alone = candidates.isEmpty() || options.routing().router() != RoutingOptions.Method.PRODUCT;
        if (alone || get(best).network().classes() == 0) {
            return new Answer(best, probabilities(best, image, view));
        }
        List<Integer> likeliest = candidates.subList(0, Math.min(CANDIDATES, candidates.size()));
        List<float[]> own = likeliest.stream()
                .map(component -> probabilities(component, image, view))
                .toList();
        return Answer.product(belief, likeliest, own);
    }

    /** What one component answers to one image; empty while it knows no label. */
    private float[] probabilities(int component, List<byte[]> image, FrozenView view) {
        if (get(component).network().classes() == 0) {
            return NOTHING;
        }
        float[] prior = Arrays.copyOf(view.knowledge(), component * blueprint.knowledgeWidth());
        return get(component).probabilities(image, prior);
    }

    /** What every component answers to one image, whichever is routed to. */
    float[][] everyAnswer(byte[] pixels, FrozenView view) {
        float[][] answers = new float[size()][];
        for (int c = 0; c < answers.length; c++) {
            answers[c] = probabilities(c, List.of(pixels), view);
        }
        return answers;
    }

    /** VAE scores under the present parameters, (images, components); bits may depend on batch mates. */
    float[][] scores(List<byte[]> images) {
        float[][] scores = new float[images.size()][size()];
        for (int c = 0; c < size(); c++) {
            Component.Densities densities = get(c).densities(images);
            for (int i = 0; i < scores.length; i++) {
                scores[i][c] =
                        router.score(densities.reconstruction()[i], densities.divergence()[i]);
            }
        }
        return scores;
    }

    /** The router that learns, if it is that one. */
    Optional<DiscriminantRouter> discriminant() {
        return discriminant;
    }

    /** What the frozen components make of images that are used once, at once; bits may depend on batch mates. */
    List<FrozenView> passingViews(List<byte[]> images) {
        int width = blueprint.knowledgeWidth();
        int count = width == 0 ? 0 : frozen().size();
        float[][] joined = new float[images.size()][count * width];
        for (int j = 0; j < count; j++) {
            float[] all = get(j).knowledge(images);
            for (int i = 0; i < joined.length; i++) {
                System.arraycopy(all, i * width, joined[i], j * width, width);
            }
        }
        return Arrays.stream(joined)
                .map(knowledge -> new FrozenView(knowledge, new float[frozen().size()]))
                .toList();
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
            return NOTHING;
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
        discriminant.ifPresent(
                chooser -> entries.add(new StateEntry(ROUTER, revision, false, () -> StateCodec.seal(chooser::write))));
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
        components.forEach(Component::close);
    }
}
