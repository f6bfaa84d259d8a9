package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Writes a network's function down as a TorchScript module with one method, {@code forward(flat, inputs...)}: no line
 * of a network is written twice, for {@link ScriptArray} records what the network does to its arrays.
 *
 * <p>The module has no state, so that one serves all learners that run the same text.
 */
final class Script {
    /** The engine's number for single precision. */
    static final int FLOAT = 6;

    /** Values of a weight (count) up to which the plain product is no slower with a row for each of 10 to 64 images. */
    private static final int SMALL = 10_000;

    private final ScriptForm form;
    private final long images;
    private final ParameterLayout layout;
    private final Products products;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> calls = new HashMap<>();
    private final Map<String, Array> parameters = new HashMap<>();
    /** Values (count) of the variables that are parameters. */
    private final Map<String, Integer> parameterSizes = new HashMap<>();

    private final MemoryOrder order = new MemoryOrder();
    private final ParameterViews views;
    private final Tape tape = new Tape(this);
    private final Optional<FusedAdam> optimizer;
    private int variables;

    private Script(
            ScriptForm form, long images, ParameterLayout layout, Products products, Optional<FusedAdam> optimizer) {
        this.form = form;
        this.images = images;
        this.layout = layout;
        this.views = new ParameterViews(layout);
        this.optimizer = optimizer;
        this.products = switch (form) {
            case EACH -> Products.PLAIN; // image by image most products have one row
            case WHOLE, BLOCKS, SHORTER_BLOCKS -> products.toAnswer();
            case GRADIENT, UPDATE, FLEET -> products;
        };
    }

    /**
     * A function, written down.
     *
     * @param text of the module
     * @param used parameters that it uses, in the order of their gradients
     */
    record Written(String text, List<ParameterLayout.Entry> used) {}

    /**
     * Writes a function down.
     *
     * @param images of a batch (count), where the fastest way to a gradient depends on it; any number may come
     * @param taken sizes of the arrays that it takes beside the parameters, for one component; an update takes moments
     *     and {@link FusedAdam#STEP} before them
     * @param products how it multiplies matrices
     * @param optimizer of an update
     */
    static Written write(
            ScriptForm form,
            NetworkFunction function,
            ComponentNetwork network,
            long images,
            List<Sizes> taken,
            Products products,
            Optional<FusedAdam> optimizer) {
        return new Script(form, images, network.layout(), products, optimizer).write(function, network, taken);
    }

    private Written write(NetworkFunction function, ComponentNetwork network, List<Sizes> taken) {
        List<Array> inputs = IntStream.range(0, taken.size())
                .mapToObj(i -> variable(input(i), taken.get(i), false))
                .toList();
        List<String> results = function.apply(network, this::parameter, inputs).stream()
                .map(result -> ((Variable) result).name())
                .toList();
        List<String> returned = returned(results);
        List<String> parameterLines = form == ScriptForm.FLEET ? views.fleetLines() : views.lines();
        ScriptForm.Parts parts = new ScriptForm.Parts(parameterLines, lines, returned, taken);
        return new Written(form.text(parts), views.used());
    }

    private Array variable(String name, Sizes sizes, boolean parameter) {
        order.isRowByRow(name);
        return switch (form) {
            case WHOLE, BLOCKS, SHORTER_BLOCKS, EACH -> new ScriptArray(this, name);
            case GRADIENT, UPDATE -> new TapeArray(tape, name, sizes, parameter);
            case FLEET -> new FleetArray(this, name, sizes.rank());
        };
    }

    /** Images of a batch (count). */
    long images() {
        return images;
    }

    boolean inBlocks() {
        return form == ScriptForm.BLOCKS || form == ScriptForm.SHORTER_BLOCKS;
    }

    Products products() {
        return products;
    }

    private String input(int i) {
        return switch (form) {
            case WHOLE, GRADIENT, UPDATE, FLEET -> "x" + i;
            case BLOCKS, SHORTER_BLOCKS -> {
                String from = "torch.mul(i, " + ScriptForm.BLOCK + ")";
                yield assign("torch.slice(w" + i + ", 0, " + from + ", torch.add(" + from + ", " + ScriptForm.BLOCK
                        + "), 1)");
            }
            case EACH -> assign("torch.narrow(x" + i + ", 0, i, 1)");
        };
    }

    /** Appends a line; the name of its result. */
    String assign(String expression) {
        String name = "t" + variables++;
        lines.add(name + " = " + expression);
        return name;
    }

    /** Appends a line without a result. */
    void append(String statement) {
        lines.add(statement);
    }

    /** Appends a line that calls an operation, unless the same call stands there already; the name of its result. */
    String call(String operation, Object... operands) {
        String all = Arrays.stream(operands).map(Object::toString).collect(Collectors.joining(", ", "(", ")"));
        return calls.computeIfAbsent(operation + all, expression -> {
            String name = assign(expression);
            order.note(name, operation, all);
            return name;
        });
    }

    /** Numbers as a script has them. */
    static String list(long... values) {
        return Arrays.toString(values);
    }

    /** A variable with its values row by row. */
    String rowByRow(String variable) {
        return order.rowByRow(variable) ? variable : call("torch.contiguous", variable);
    }

    /** A matrix with its values row by row or column by column. */
    String dense(String matrix) {
        return order.dense(matrix) ? matrix : call("torch.contiguous", matrix);
    }

    /** The transpose of a matrix. */
    String transpose(String matrix) {
        return order.transposeOf(matrix).orElseGet(() -> {
            String transpose = call("torch.t", matrix);
            order.areTransposes(matrix, transpose);
            return transpose;
        });
    }

    /** Whether the values of a matrix are known to lie column by column. */
    boolean byColumn(String matrix) {
        return !order.rowByRow(matrix) && order.dense(matrix);
    }

    /**
     * How to multiply rows with a weight: for a small one that few rows meet, to prepare the fast product takes longer
     * than the plain one.
     */
    Products productsWith(String weight, Sizes rows) {
        boolean small = parameterSizes.getOrDefault(weight, Integer.MAX_VALUE) <= SMALL && rows.get(0) == -1;
        return small ? Products.PLAIN : products;
    }

    /** Notes that a variable has the values of another in another order. */
    void reordered(String variable, String of) {
        if (parameterSizes.containsKey(of)) {
            parameterSizes.put(variable, parameterSizes.get(of));
        }
    }

    private Array parameter(String name) {
        return parameters.computeIfAbsent(name, this::declareParameter);
    }

    private Array declareParameter(String name) {
        ParameterLayout.Entry entry = layout.entry(name);
        String view = views.of(entry);
        parameterSizes.put(view, entry.size());
        return entry.seen(variable(view, Sizes.of(entry.stored().getShape()), true));
    }

    /** What the function returns, given what the network made. */
    private List<String> returned(List<String> made) {
        return switch (form) {
            case WHOLE, BLOCKS, SHORTER_BLOCKS, EACH -> made;
            case GRADIENT -> {
                tape.differentiate(made.get(0));
                yield Stream.concat(
                                made.stream(),
                                views.used().stream().map(entry -> rowByRow(tape.gradient(views.of(entry)))))
                        .toList();
            }
            case UPDATE -> {
                tape.differentiate(made.get(0));
                List<FusedAdam.Learnt> learnt = layout.entries().stream()
                        .map(entry -> learnt(entry, tape.reached(view(entry)).map(this::rowByRow)))
                        .toList();
                yield Stream.concat(made.stream(), optimizer.orElseThrow().write(this, made.get(0), learnt).stream())
                        .toList();
            }
            case FLEET -> {
                Map<ParameterLayout.Entry, String> gradients = differentiated(made.get(0));
                List<FusedAdam.Learnt> learnt = layout.entries().stream()
                        .map(entry -> learnt(entry, Optional.ofNullable(gradients.get(entry))))
                        .toList();
                yield Stream.concat(
                                made.stream(),
                                optimizer.orElseThrow().writeTogether(this, made.get(0), learnt).stream())
                        .toList();
            }
        };
    }

    /** By the engine: gradients of the sum of a fleet's values at the parameters that are used. */
    private Map<ParameterLayout.Entry, String> differentiated(String values) {
        // at each view by itself: at the flat vector they would be joined, which costs as much as a layer
        List<ParameterLayout.Entry> used = views.used();
        String at = used.stream().map(views::of).collect(Collectors.joining(", "));
        String all = assign("torch.autograd.grad([torch.sum(" + values + ")], [" + at + "])");
        Map<ParameterLayout.Entry, String> gradients = new HashMap<>();
        for (ParameterLayout.Entry entry : used) {
            gradients.put(entry, assign("unchecked_cast(Tensor, " + all + "[" + gradients.size() + "])"));
        }
        return gradients;
    }

    /** One that the function does not use has the gradient 0. */
    private FusedAdam.Learnt learnt(ParameterLayout.Entry entry, Optional<String> gradient) {
        String view = view(entry);
        return new FusedAdam.Learnt(entry, view, gradient.orElseGet(() -> call("torch.zeros_like", view)));
    }

    /** The variable that is a parameter as it lies in the flat vector. */
    private String view(ParameterLayout.Entry entry) {
        parameter(entry.name());
        return views.of(entry);
    }

    /** Writes a product of two matrices down. */
    static String write(Products products) {
        Script script =
                new Script(ScriptForm.WHOLE, 0, new ParameterLayout.Builder().build(), products, Optional.empty());
        String product = products.timesTransposed(script, "x0", script.transpose("x1"));
        List<String> lines = new ArrayList<>(script.lines);
        lines.add("return (" + product + ",)");
        return TorchModule.text(List.of("x0", "x1"), 1, lines);
    }
}
