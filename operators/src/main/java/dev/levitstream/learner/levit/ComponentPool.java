package dev.levitstream.learner.levit;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.SharedWeights;
import dev.levitstream.learner.StateEntry;
import dev.levitstream.learner.change.RandomProjection;
import dev.levitstream.learner.common.ActiveComponent;
import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.Component;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.common.FrozenView;
import dev.levitstream.learner.common.MemoryItem;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.learner.linear.FixedFeatures;
import dev.levitstream.learner.linear.GroupStatistics;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.LinearDiscriminant;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * All components of one learner, oldest first; the last is active, the others frozen. Inside the learner a component is
 * known by its index, which sinks when an older one goes; its id stays and is never given again.
 */
final class ComponentPool implements AutoCloseable {
    private static final String FROZEN = "component/%04d";
    private static final String ACTIVE = "active";
    private static final String ROUTER = "router";
    private static final String CHOICE = "choice";
    private static final String WEIGHTS = "weights";
    private static final float[] NOTHING = new float[0];

    private final LevitOptions options;
    private final ComponentFactory factory;
    private final VaeRouter router;
    private final Optional<GroupStatistics> discriminant;
    private final AnswerWeights weights = new AnswerWeights();
    private final Compute compute;
    private final SharedWeights shared;
    private final List<Component> frozen = new ArrayList<>();
    /** Present once the pool has grown or was restored. */
    private Optional<ActiveComponent> active = Optional.empty();

    ComponentPool(LearnerContext context, LevitOptions options, ComponentFactory factory) {
        this.options = options;
        this.factory = factory;
        this.compute = context.compute();
        this.shared = context.shared();
        RoutingOptions routing = options.routing();
        this.router = new VaeRouter(routing.score(), options.training().klWeight());
        this.discriminant = routing.router() != RoutingOptions.Method.VAE
                ? Optional.of(statistics(context.options().input(), routing))
                : Optional.empty();
    }

    private GroupStatistics statistics(InputShape input, RoutingOptions routing) {
        FixedFeatures features = new FixedFeatures(input, routing.features(), shared, compute);
        return new GroupStatistics(
                features,
                routing.shrinkage(),
                shrinkage -> new LinearDiscriminant(compute, features.width(), shrinkage));
    }

    /** Few random sums of the features that the router goes by. */
    RandomProjection projection() {
        return RandomProjection.shared(shared, discriminant.orElseThrow().width());
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
        int id = active.map(latest -> latest.id() + 1).orElse(1);
        if (active.isPresent()) {
            frozen.add(active.get().freeze());
            weights.expanded();
        }
        ComponentNetwork network = factory.network(options.fusion().fused(frozen.size()), classes);
        float[] parameters = factory.parameters(seed, id, network.fused(), classes);
        if (factory.sharedEmbedding() && !frozen.isEmpty()) {
            frozen.get(0).copyEmbedding(parameters);
        }
        active = Optional.of(ActiveComponent.fresh(id, factory, compute, network, parameters));
    }

    /** Gives the active component's classifier room for more classes, if it has too little. */
    void growHead(long seed, int classes) {
        if (classes > active().network().classes()) {
            long counter = ((long) active().id() << 32) + classes;
            active().growHead(classes, Randomness.at(seed, Randomness.Purpose.GROW_HEAD, counter));
        }
    }

    /** Components that others fuse, the oldest (count). */
    int fused() {
        return components().stream()
                .mapToInt(component -> component.network().fused())
                .max()
                .orElse(0);
    }

    /** Components that will be fused once the active one is frozen and another follows (count). */
    int fusedNext() {
        return Math.max(
                fused(), factory.network(options.fusion().fused(size()), 0).fused());
    }

    /** A frozen component goes, and another one answers for its world, too: by the sums of both, which are exact. */
    void merge(int kept, int gone) {
        discriminant.orElseThrow().merge(kept, gone);
        weights.merged(kept, gone);
        frozen.remove(gone).close();
    }

    /** Routes images, each by itself: an answer does not depend on its batch mates. */
    List<RoutingResult> route(List<byte[]> images) {
        return images.isEmpty() ? List.of() : new ImageRouting(this, options, images).results();
    }

    /** What every component answers to images, whichever they are routed to: by component, then by image. */
    List<List<float[]>> everyAnswer(List<byte[]> images) {
        ImageRouting routing = new ImageRouting(this, options, images);
        List<Integer> all = IntStream.range(0, images.size()).boxed().toList();
        return IntStream.range(0, size())
                .mapToObj(component -> routing.answers(component, all))
                .toList();
    }

    /** VAE losses under the present parameters, (images, components); bits may depend on batch mates. */
    float[][] losses(List<byte[]> images) {
        float[][] losses = new float[images.size()][size()];
        for (int c = 0; c < size(); c++) {
            Component.Densities densities = get(c).densities(images);
            for (int i = 0; i < losses.length; i++) {
                losses[i][c] = loss(densities, i);
            }
        }
        return losses;
    }

    /** VAE loss of an image. */
    float loss(Component.Densities densities, int image) {
        return router.score(densities.reconstruction()[image], densities.divergence()[image]);
    }

    /** How much router and components count in an answer. */
    AnswerWeights weights() {
        return weights;
    }

    /** The router that learns, if it is that one. */
    Optional<GroupStatistics> discriminant() {
        return discriminant;
    }

    /** Images as an update sees them; what components give to those that fuse them goes by the changed pixels. */
    List<MemoryItem> augmented(
            List<MemoryItem> images, Augmentation augmentation, ImageShape shape, SplittableRandom random) {
        List<byte[]> changed = images.stream()
                .map(image -> augmentation.of(image.pixels(), shape, random))
                .toList();
        List<float[]> knowledge = fusedKnowledge(changed, Component::knowledge);
        return IntStream.range(0, images.size())
                .mapToObj(i -> new MemoryItem(
                        changed.get(i), images.get(i).label(), new FrozenView(knowledge.get(i), NOTHING)))
                .toList();
    }

    /** What components give to those that fuse them, of images each by itself: one after the other. */
    List<float[]> fusedKnowledge(List<byte[]> images) {
        return fusedKnowledge(images, Component::knowledgeOfEach);
    }

    private List<float[]> fusedKnowledge(
            List<byte[]> images, BiFunction<Component, List<byte[]>, List<float[]>> knowledge) {
        int width = factory.knowledgeWidth();
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

    /** Whether all components' VAEs score each image. */
    boolean isScoredByAll() {
        return options.routing().scorers() == RoutingOptions.Scorers.ALL
                || options.routing().router() == RoutingOptions.Method.VAE
                || options.expansion().criterion().comparesMemory();
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
        discriminant.ifPresent(sums -> {
            entries.add(new StateEntry(ROUTER, revision, false, () -> StateCodec.seal(sums::write)));
            entries.add(new StateEntry(CHOICE, revision, false, () -> StateCodec.seal(sums.choice()::write)));
            entries.add(new StateEntry(WEIGHTS, revision, false, () -> StateCodec.seal(weights::write)));
        });
        return entries;
    }

    /** Which components there are; {@link #restore} is told. */
    void writeIds(DataOutputStream out) throws IOException {
        out.writeInt(size());
        for (Component component : components()) {
            out.writeInt(component.id());
        }
    }

    /**
     * Rebuilds components from their entries.
     *
     * @param ids of all, oldest first
     * @param seed of the learner
     */
    void restore(Map<String, byte[]> state, List<Integer> ids, long seed) {
        int count = ids.size();
        for (int id : ids.subList(0, count - 1)) {
            frozen.add(
                    StateCodec.open(String.format(FROZEN, id), state, in -> Component.read(id, factory, compute, in)));
        }
        int latest = ids.get(count - 1);
        active = Optional.of(
                StateCodec.open(ACTIVE, state, in -> ActiveComponent.read(latest, factory, compute, in, seed)));
        // a router that the state does not know starts without a past
        discriminant.ifPresent(sums -> {
            StateCodec.readIfThere(ROUTER, state, sums::read);
            StateCodec.readIfThere(CHOICE, state, sums.choice()::read);
        });
        weights.assume(count);
        StateCodec.readIfThere(WEIGHTS, state, weights::read);
    }

    @Override
    public void close() {
        frozen.forEach(Component::close);
        active.ifPresent(Component::close);
    }
}
