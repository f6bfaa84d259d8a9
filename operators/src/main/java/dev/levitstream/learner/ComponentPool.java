package dev.levitstream.learner;

import dev.levitstream.learner.Component.Content;
import dev.levitstream.nn.ComponentNetwork;
import dev.levitstream.nn.Compute;
import dev.levitstream.nn.RandomPatches;
import dev.levitstream.nn.Randomness;
import dev.levitstream.nn.Randomness.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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
        ComponentNetwork network = blueprint.network(frozen.size(), classes);
        int id = frozen.size() + 1;
        float[] parameters = network.layout().initialise(Randomness.at(seed, Purpose.INITIALISE, id));
        if (options.network().sharedEmbedding() && !frozen.isEmpty()) {
            frozen.get(0).copyEmbedding(parameters);
        }
        active = Optional.of(new ActiveComponent(id, options, compute, network, parameters));
    }

    /** Judges images, each by itself: an answer does not depend on its batch mates. */
    List<Judgement> judge(List<byte[]> images) {
        if (images.isEmpty()) {
            return List.of();
        }
        List<Sight> sights = sights(images);
        float[][][] answers = new float[images.size()][size()][];
        for (int c = 0; c < size(); c++) {
            int component = c;
            List<Integer> asked = IntStream.range(0, images.size())
                    .filter(i -> sights.get(i).candidates().contains(component))
                    .boxed()
                    .toList();
            List<float[]> answered = probabilities(
                    c,
                    asked.stream().map(images::get).toList(),
                    asked.stream().map(i -> sights.get(i).view()).toList(),
                    asked.stream().map(i -> sights.get(i).active()).toList());
            for (int k = 0; k < asked.size(); k++) {
                answers[asked.get(k)][c] = answered.get(k);
            }
        }
        List<Judgement> judgements = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            judgements.add(sights.get(i).judgement(answers[i]));
        }
        return judgements;
    }

    /**
     * An image as the components and the router see it.
     *
     * @param active what the active component knows of it, as a later one would fuse it; empty where nothing is fused
     * @param candidates the components that are to answer, the likeliest first
     * @param weighed whether belief and answers are multiplied; else the first candidate answers
     */
    private record Sight(
            float[] errors,
            float[] scores,
            FrozenView view,
            float[] active,
            float[] features,
            Belief belief,
            List<Integer> candidates,
            boolean weighed) {
        /** @param answers of the candidates, by component */
        Judgement judgement(float[][] answers) {
            int first = candidates.get(0);
            Answer answer = weighed
                    ? Answer.product(
                            belief,
                            candidates,
                            candidates.stream().map(c -> answers[c]).toList())
                    : new Answer(first, answers[first]);
            return new Judgement(errors, scores, answer.component(), features, answer.probabilities(), view);
        }
    }

    private List<Sight> sights(List<byte[]> images) {
        List<Component.Sight> seen = seen(components(), images);
        List<Sight> sights = new ArrayList<>(images.size());
        for (int i = 0; i < images.size(); i++) {
            float[] errors = new float[size()];
            float[] scores = new float[size()];
            for (int c = 0; c < size(); c++) {
                Component.Densities own = seen.get(c).densities();
                errors[c] = own.reconstruction()[i];
                scores[c] = router.score(errors[c], own.divergence()[i]);
            }
            FrozenView view = view(seen.subList(0, size() - 1), i);
            float[] active = knowledge(seen.subList(size() - 1, size()), i);
            byte[] pixels = images.get(i);
            float[] features =
                    discriminant.map(chooser -> chooser.features(pixels)).orElse(NOTHING);
            Belief belief =
                    discriminant.map(chooser -> chooser.believe(features)).orElseGet(() -> new Belief(List.of()));
            List<Integer> believed = belief.components();
            int best = believed.isEmpty() ? Router.best(scores) : believed.get(0);
            boolean weighed = !believed.isEmpty()
                    && options.routing().router() == RoutingOptions.Method.PRODUCT
                    && get(best).network().classes() > 0;
            List<Integer> candidates =
                    weighed ? believed.subList(0, Math.min(CANDIDATES, believed.size())) : List.of(best);
            sights.add(new Sight(errors, scores, view, active, features, belief, candidates, weighed));
        }
        return sights;
    }

    /** What one component answers to each image; empty while it knows no label. */
    private List<float[]> probabilities(
            int component, List<byte[]> images, List<FrozenView> views, List<float[]> active) {
        if (images.isEmpty() || get(component).network().classes() == 0) {
            return Collections.nCopies(images.size(), NOTHING);
        }
        int width = blueprint.knowledgeWidth();
        int from = component * width;
        List<float[]> own;
        if (width == 0) {
            own = get(component).knowledgeOfEach(images);
        } else if (component < frozen.size()) {
            own = views.stream()
                    .map(view -> Arrays.copyOfRange(view.knowledge(), from, from + width))
                    .toList();
        } else {
            own = active;
        }
        List<float[]> prior = views.stream()
                .map(view -> Arrays.copyOf(view.knowledge(), from))
                .toList();
        return get(component).probabilitiesOfEach(own, prior);
    }

    /** What every component answers to images, whichever they are routed to: by component, then by image. */
    List<List<float[]>> everyAnswer(List<byte[]> images, List<FrozenView> views) {
        List<float[]> own = active().knowledgeOfEach(images);
        return IntStream.range(0, size())
                .mapToObj(c -> probabilities(c, images, views, own))
                .toList();
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
        int count = width == 0 ? 0 : frozen.size();
        float[][] joined = new float[images.size()][count * width];
        for (int j = 0; j < count; j++) {
            float[] all = get(j).knowledge(images);
            for (int i = 0; i < joined.length; i++) {
                System.arraycopy(all, i * width, joined[i], j * width, width);
            }
        }
        return Arrays.stream(joined)
                .map(knowledge -> new FrozenView(knowledge, new float[frozen.size()]))
                .toList();
    }

    /** The frozen components' part of {@link #judge}, bit for bit. */
    List<FrozenView> views(List<byte[]> images) {
        List<Component.Sight> seen = seen(frozen, images);
        return IntStream.range(0, images.size()).mapToObj(i -> view(seen, i)).toList();
    }

    private List<Component.Sight> seen(List<Component> by, List<byte[]> images) {
        boolean fused = blueprint.knowledgeWidth() > 0;
        return by.stream()
                .map(component -> component.sightOfEach(images, fused))
                .toList();
    }

    private FrozenView view(List<Component.Sight> frozen, int image) {
        float[] errors = new float[frozen.size()];
        for (int j = 0; j < errors.length; j++) {
            errors[j] = frozen.get(j).densities().reconstruction()[image];
        }
        return new FrozenView(knowledge(frozen, image), errors);
    }

    /** What components contribute to an image, one after the other; empty where nothing is fused. */
    private float[] knowledge(List<Component.Sight> of, int image) {
        int width = blueprint.knowledgeWidth();
        float[] joined = new float[of.size() * width];
        for (int j = 0; j < of.size() && width > 0; j++) {
            System.arraycopy(of.get(j).knowledge().get(image), 0, joined, j * width, width);
        }
        return joined;
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

    /** Rebuilds {@code count} components from their entries. */
    void restore(Map<String, byte[]> state, int count) {
        for (int id = 1; id < count; id++) {
            int number = id;
            frozen.add(StateCodec.open(
                    String.format(FROZEN, number),
                    state,
                    in -> new Component(number, options, compute, Content.read(in, networks(number)))));
        }
        active = Optional.of(StateCodec.open(
                ACTIVE, state, in -> new ActiveComponent(count, options, compute, in, networks(count))));
        discriminant.ifPresent(chooser -> readRouter(chooser, state));
    }

    private IntFunction<ComponentNetwork> networks(int id) {
        return classes -> blueprint.network(id - 1, classes);
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
