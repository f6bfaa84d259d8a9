package dev.levitstream.nn.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Adam;
import dev.levitstream.nn.engine.BatchInvarianceCheck;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Form;
import dev.levitstream.nn.graph.FusedAdam;
import dev.levitstream.nn.graph.Gradients;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.SymbolicShape;
import dev.levitstream.nn.model.ComponentNetwork.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/**
 * The functions of one component's network, ready to run as compiled scripts, each one call into the engine. Parameters
 * come with each call, so nothing is remembered but the scripts. All results belong to the scope of the call. Not
 * thread-safe.
 */
public final class Program {
    /** What a script depends on, for one network. */
    private record Key(Form form, NetworkFunction function, long images, Optional<FusedAdam> optimizer) {}

    /** Added to the first values of parameters for a trial, of which some are 0 and hide a difference. */
    private static final double TRIAL_NOISE = 0.1;

    private final ComponentNetwork network;
    private final Compute compute;
    private final Map<Key, String> scripts = new HashMap<>();

    /**
     * The functions of a network.
     *
     * @param compute where they run; it must stay open
     */
    public Program(ComponentNetwork network, Compute compute) {
        this.network = network;
        this.compute = compute;
    }

    /**
     * Values of a function for a whole batch; an image's bits may depend on its batch mates.
     *
     * @param scope owner of all that comes about
     * @param flat (size) parameters; borrowed, and attached to {@code scope} until that closes
     * @param inputs as the function says
     */
    public NDList call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return run(scope, script(Form.WHOLE, function, inputs), flat, inputs);
    }

    /**
     * The same, of each image by itself: no bit of what it gets depends on its batch mates, on their number or on its
     * place among them. How many are computed at once is the program's affair ({@link BatchInvarianceCheck}).
     */
    public NDList each(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        for (Form form : List.of(Form.SHORTER_BLOCKS, Form.BLOCKS)) {
            String script = script(form, function, inputs);
            if (compute.isBatchInvariant(script, () -> isBatchInvariant(form, function, inputs))) {
                return run(scope, script, flat, inputs);
            }
        }
        return run(scope, script(Form.EACH, function, inputs), flat, inputs);
    }

    /** With parameters of its own, none of them 0: a restored learner must come to the same decision. */
    private boolean isBatchInvariant(Form form, NetworkFunction function, NDArray... inputs) {
        String traced = printed(Graph::tracedText, form, function, inputs);
        SplittableRandom random = new SplittableRandom(1);
        float[] values = network.layout().initialise(random);
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) random.nextDouble(-TRIAL_NOISE, TRIAL_NOISE);
        }
        try (NDManager scope = compute.newManager()) {
            NDArray flat = Tensors.of(scope, values, new Shape(values.length));
            List<Shape> shapes = Arrays.stream(inputs).map(NDArray::getShape).toList();
            return BatchInvarianceCheck.holds(scope, Form.BLOCK, rows -> run(scope, traced, flat, rows), shapes);
        }
    }

    /**
     * One optimizer update. A loss that is no finite number changes nothing: parameters stay usable, whatever the data.
     *
     * @param flat (size) parameters; borrowed, attached to {@code scope} until that closes, and changed
     * @param adam of these parameters, changed
     * @param rates learning rate of each range of parameters; the ranges must cover all, and none may end inside an
     *     array
     * @return the losses
     */
    public Losses update(NDManager scope, NDArray flat, TrainingBatch batch, Adam adam, List<Adam.Rate> rates) {
        NDArray[] inputs = batch.inputs();
        FusedAdam optimizer = new FusedAdam(adam.beta1(), adam.beta2(), rates);
        Key key = new Key(Form.TRAINING, batch.loss(), inputs[0].getShape().get(0), Optional.of(optimizer));
        String script = scripts.computeIfAbsent(key, any -> updateScript(key, optimizer, inputs));
        List<NDArray> all = new ArrayList<>(List.of(adam.firstMoments(), adam.secondMoments()));
        all.forEach(moments -> Tensors.lend(moments, scope));
        all.add(Tensors.of(scope, new float[] {adam.updates() + 1}, new Shape(1)));
        all.addAll(List.of(inputs));
        Losses losses = Losses.read(batch.loss(), network, run(scope, script, flat, all.toArray(NDArray[]::new)));
        if (losses.isFinite()) {
            adam.updated();
        }
        return losses;
    }

    /**
     * The losses of a batch and the gradient of their sum. (An update needs no such call.)
     *
     * @param flat (size) parameters; borrowed, and attached to {@code scope} until that closes
     * @param gradient (size), filled
     */
    public Losses gradient(NDManager scope, NDArray flat, TrainingBatch batch, float[] gradient) {
        NDArray[] inputs = batch.inputs();
        Key key = new Key(Form.TRAINING, batch.loss(), inputs[0].getShape().get(0), Optional.empty());
        String script = scripts.computeIfAbsent(key, any -> gradientScript(key, inputs));
        NDList results = run(scope, script, flat, inputs);
        List<ParameterLayout.Entry> entries = network.layout().entries();
        int first = results.size() - entries.size();
        for (int i = 0; i < entries.size(); i++) {
            ParameterLayout.Entry entry = entries.get(i);
            Tensors.read(results.get(first + i), gradient, entry.offset(), entry.size());
        }
        return Losses.read(batch.loss(), network, results);
    }

    private String script(Form form, NetworkFunction function, NDArray... inputs) {
        return scripts.computeIfAbsent(
                new Key(form, function, 0, Optional.empty()), key -> printed(Graph::text, form, function, inputs));
    }

    private String printed(
            BiFunction<Graph, List<Array>, String> printer, Form form, NetworkFunction function, NDArray... inputs) {
        Graph graph = new Graph(form, compute.matMul(), 0);
        Parameters parameters = parameters(graph);
        return printer.apply(graph, function.apply(network, parameters, declare(graph, inputs)));
    }

    private String updateScript(Key key, FusedAdam optimizer, NDArray... inputs) {
        Parameters parameters = parameters(new Graph(key.form(), compute.matMul(), key.images()));
        Graph graph = parameters.graph();
        SymbolicShape size = SymbolicShape.of(network.layout().size());
        FusedAdam.State state = new FusedAdam.State(
                graph.input("m", size), graph.input("v", size), graph.input("step", SymbolicShape.of(1)));
        List<Array> losses = key.function().apply(network, parameters, declare(graph, inputs));
        List<Array> results = new ArrayList<>(losses);
        results.addAll(optimizer.update(losses.get(0), parameters.stored(), state));
        return graph.text(results);
    }

    private String gradientScript(Key key, NDArray... inputs) {
        Parameters parameters = parameters(new Graph(key.form(), compute.matMul(), key.images()));
        List<Array> losses = key.function().apply(network, parameters, declare(parameters.graph(), inputs));
        Gradients gradients = Gradients.of(losses.get(0));
        List<Array> results = new ArrayList<>(losses);
        parameters.stored().forEach(parameter -> results.add(gradients.at(parameter)));
        return parameters.graph().text(results);
    }

    private Parameters parameters(Graph graph) {
        graph.input("flat", SymbolicShape.of(network.layout().size()));
        return new Parameters(network.layout(), graph);
    }

    private static List<Array> declare(Graph graph, NDArray... inputs) {
        List<Array> declared = new ArrayList<>();
        for (NDArray input : inputs) {
            SymbolicShape shape = SymbolicShape.of(input.getShape().getShape()).with(0, -1);
            declared.add(graph.input("x" + declared.size(), shape));
        }
        return declared;
    }

    private NDList run(NDManager scope, String script, NDArray flat, NDArray... inputs) {
        Tensors.lend(flat, scope);
        NDList arguments = new NDList(flat);
        arguments.addAll(List.of(inputs));
        return GradMode.off(() -> Compute.run(compute.compile(script), arguments));
    }
}
