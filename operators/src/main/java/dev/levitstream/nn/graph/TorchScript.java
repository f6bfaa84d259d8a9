package dev.levitstream.nn.graph;

import static dev.levitstream.nn.graph.Form.BLOCK;

import dev.levitstream.nn.engine.TorchModule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints a graph as a TorchScript module with one method, {@code forward(inputs...)}. */
final class TorchScript {
    private final Graph graph;
    private final List<Array> results;
    private final Map<Array, String> names = new HashMap<>();
    private final Set<Array> needed = new HashSet<>();

    TorchScript(Graph graph, List<Array> results) {
        this.graph = graph;
        this.results = results;
        results.forEach(this::need);
    }

    /** The text that also returns all that is computed on the way to the results and has an axis of images. */
    String tracedText() {
        Set<Array> tuples = graph.arrays().stream()
                .flatMap(array -> array.op() instanceof Op.Element element ? Stream.of(element.of()) : Stream.empty())
                .collect(Collectors.toSet());
        List<Array> computed = graph.arrays().stream()
                .filter(array -> needed.contains(array) && !tuples.contains(array))
                .filter(array -> array.op() instanceof Op.Call || array.op() instanceof Op.Element)
                .filter(array -> array.shape().isBatch())
                .toList();
        return new TorchScript(graph, computed).text();
    }

    private void need(Array array) {
        if (needed.add(array)) {
            array.op().inputs().forEach(this::need);
        }
    }

    /** The text. */
    String text() {
        List<String> lines = new ArrayList<>(parameterLines());
        graph.inputs().forEach(input -> names.put(input, name(input)));
        lines.addAll(
                switch (graph.form()) {
                    case WHOLE, TRAINING -> body();
                    case EACH -> each();
                    case BLOCKS -> blocks("room");
                    // as many as there is room for, or one where there is room for all but one
                    case SHORTER_BLOCKS -> blocks("torch.floordiv(room, " + (BLOCK - 1) + ")");
                });
        lines.add("return (" + returned() + ")");
        return TorchModule.text(graph.inputs().stream().map(TorchScript::name).toList(), results.size(), lines);
    }

    private static String name(Array input) {
        return ((Op.Input) input.op()).name();
    }

    private List<String> parameterLines() {
        List<Op.Parameter> used = new ArrayList<>();
        for (Array array : graph.arrays()) {
            if (array.op() instanceof Op.Parameter parameter && needed.contains(array)) {
                names.put(array, ParameterViews.name(used.size()));
                used.add(parameter);
            }
        }
        return used.isEmpty()
                ? List.of()
                : ParameterViews.lines(used, graph.inputs().get(0).shape().size());
    }

    /** Lines that compute all that is needed. */
    private List<String> body() {
        List<String> lines = new ArrayList<>();
        int variables = 0;
        for (Array array : graph.arrays()) {
            if (!needed.contains(array)) {
                continue;
            }
            if (array.op() instanceof Op.Element element) {
                names.put(array, names.get(element.of()) + "[" + element.index() + "]");
            } else if (array.op() instanceof Op.Call call) {
                String name = "t" + variables++;
                names.put(array, name);
                lines.add(name + " = " + call.text(names::get, name));
                call.inPlace().forEach(change -> lines.add(change.text(names::get, name)));
            }
        }
        return lines;
    }

    private List<String> each() {
        return loop("torch.size(" + name(batches().get(0)) + ", 0)", name -> "torch.narrow(" + name + ", 0, i, 1)");
    }

    /** @param missing images to fill the last block up with */
    private List<String> blocks(String missing) {
        List<String> lines = new ArrayList<>();
        lines.add("n = torch.size(" + name(batches().get(0)) + ", 0)");
        lines.add("blocks = torch.floordiv(torch.add(n, " + (BLOCK - 1) + "), " + BLOCK + ")");
        lines.add("room = torch.sub(torch.mul(blocks, " + BLOCK + "), n)");
        lines.add("missing = " + missing);
        for (Array input : batches()) {
            String padding = "0, 0, ".repeat(input.shape().rank() - 1) + "0, missing";
            lines.add("w" + name(input) + " = torch.constant_pad_nd(" + name(input) + ", [" + padding + "], 0)");
        }
        String range = "torch.mul(i, " + BLOCK + "), torch.add(torch.mul(i, " + BLOCK + "), " + BLOCK + ")";
        lines.addAll(loop("blocks", name -> "torch.slice(w" + name + ", 0, " + range + ", 1)"));
        return lines;
    }

    /**
     * A loop over i whose results are joined along axis 0, as a0, a1 and so on.
     *
     * @param part of the input of that name, for one i
     */
    private List<String> loop(String times, UnaryOperator<String> part) {
        List<String> lines = new ArrayList<>();
        for (int r = 0; r < results.size(); r++) {
            lines.add("r" + r + " = annotate(List[Tensor], [])");
        }
        lines.add("for i in range(" + times + "):");
        for (Array input : batches()) {
            String local = "b" + name(input);
            // a copy: a library may round differently where values begin elsewhere than at a multiple of 64 bytes
            lines.add("  " + local + " = torch.clone(" + part.apply(name(input)) + ")");
            names.put(input, local);
        }
        body().forEach(line -> lines.add("  " + line));
        for (int r = 0; r < results.size(); r++) {
            lines.add("  u" + r + " = torch.append(r" + r + ", " + names.get(results.get(r)) + ")");
        }
        for (int r = 0; r < results.size(); r++) {
            lines.add("a" + r + " = torch.cat(r" + r + ", 0)");
        }
        return lines;
    }

    /** Inputs with an axis of images. */
    private List<Array> batches() {
        return graph.inputs().stream().filter(input -> input.shape().isBatch()).toList();
    }

    private String returned() {
        List<String> returned = new ArrayList<>();
        for (int r = 0; r < results.size(); r++) {
            returned.add(
                    switch (graph.form()) {
                        case WHOLE, TRAINING -> names.get(results.get(r)) + ",";
                        case BLOCKS, SHORTER_BLOCKS ->
                            "torch.narrow(a" + r + ", 0, 0, torch.mul(n, "
                                    + -results.get(r).shape().get(0) + ")),";
                        case EACH -> "a" + r + ",";
                    });
        }
        return returned.stream().collect(Collectors.joining(" "));
    }
}
