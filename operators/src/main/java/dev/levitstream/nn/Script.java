package dev.levitstream.nn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a network's function down as a TorchScript module with one method, {@code forward(flat, inputs...)}: no line
 * of a network is written twice, for {@link ScriptArray} records what the network does to its arrays.
 *
 * <p>The module has no state, so that one serves all learners that run the same text.
 */
final class Script {
    /** The engine's number for single precision. */
    static final int FLOAT = 6;

    private static final String CLASS = "Network";
    private static final String INDENT = "    ";
    /** Variable that holds the number of components of a fleet. */
    static final String FLEET_SIZE = "g";
    /** Images of a block (count): as many as a mini-batch of the stream has by default. */
    static final int BLOCK = 10;

    /** Values of a weight (count) up to which the plain product is no slower with a row for each of 10 to 64 images. */
    private static final int SMALL = 10_000;

    /** What is wanted of a function. */
    enum Form {
        /** Its values for a whole batch. */
        WHOLE,
        /** Its values for blocks of {@link #BLOCK} images: a loop over axis 0 of all inputs, the last block padded. */
        BLOCKS,
        /** Its values for each image by itself: the same, with blocks of one. */
        EACH,
        /** Its value, a scalar, and the gradient at each parameter that it uses. */
        GRADIENT,
        /** The same, followed by an update of the parameters; returns the value. */
        UPDATE,
        /** The same for several components, each with its own batch: axis 0 of all arrays is the component. */
        FLEET,
        /** The same, by a loop over them. */
        IN_TURN
    }

    private final Form form;
    private final long images;
    private final ParameterLayout layout;
    private final Products products;
    private final List<String> parameterLines = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final Map<String, String> calls = new HashMap<>();
    private final Map<String, Array> parameters = new HashMap<>();
    /** Values (count) of the variables that are parameters. */
    private final Map<String, Integer> parameterSizes = new HashMap<>();

    private final MemoryOrder order = new MemoryOrder();
    private final List<ParameterLayout.Entry> used = new ArrayList<>();
    private final Tape tape = new Tape(this);
    private final Optional<FusedAdam> optimizer;
    private int variables;

    private Script(Form form, long images, ParameterLayout layout, Products products, Optional<FusedAdam> optimizer) {
        this.form = form;
        this.images = images;
        this.layout = layout;
        this.optimizer = optimizer;
        // image by image most products have one row
        this.products = form == Form.EACH ? Products.PLAIN : products;
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
            Form form,
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
        return new Written(text(taken, returned(results)), List.copyOf(used));
    }

    private Array variable(String name, Sizes sizes, boolean parameter) {
        order.isRowByRow(name);
        return switch (form) {
            case WHOLE, BLOCKS, EACH -> new ScriptArray(this, name);
            case GRADIENT, UPDATE, IN_TURN -> new TapeArray(tape, name, sizes, parameter);
            case FLEET -> new FleetArray(this, name, sizes.rank());
        };
    }

    /** Images of a batch (count). */
    long images() {
        return images;
    }

    boolean inBlocks() {
        return form == Form.BLOCKS;
    }

    Products products() {
        return products;
    }

    private String input(int i) {
        return switch (form) {
            case WHOLE, GRADIENT, UPDATE, FLEET -> "x" + i;
            case BLOCKS -> assign("torch.narrow(w" + i + ", 0, torch.mul(i, " + BLOCK + "), " + BLOCK + ")");
            case EACH -> assign("torch.narrow(x" + i + ", 0, i, 1)");
            case IN_TURN -> assign("torch.select(x" + i + ", 0, i)");
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

    /** A view of the flat vector. */
    private Array declareParameter(String name) {
        ParameterLayout.Entry entry = layout.entry(name);
        String view = "p" + used.size();
        boolean fleet = form == Form.FLEET;
        String part = "torch.narrow(flat, " + (fleet ? 1 : 0) + ", " + entry.offset() + ", " + entry.size() + ")";
        Sizes sizes = Sizes.of(entry.stored().getShape());
        String shape = sizes.axes().stream()
                .map(Object::toString)
                .collect(Collectors.joining(", ", fleet ? "[" + FLEET_SIZE + ", " : "[", "]"));
        used.add(entry);
        parameterSizes.put(view, entry.size());
        parameterLines.add(view + " = " + (sizes.rank() == 1 ? part : "torch.view(" + part + ", " + shape + ")"));
        return entry.seen(variable(view, sizes, true));
    }

    /** What the function returns, given what the network made. */
    private List<String> returned(List<String> made) {
        return switch (form) {
            case WHOLE, BLOCKS, EACH -> made;
            case GRADIENT -> {
                tape.differentiate(made.get(0));
                yield Stream.concat(
                                made.stream(),
                                IntStream.range(0, used.size()).mapToObj(k -> rowByRow(tape.gradient("p" + k))))
                        .toList();
            }
            case UPDATE, IN_TURN -> {
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
        String views = IntStream.range(0, used.size()).mapToObj(k -> "p" + k).collect(Collectors.joining(", "));
        String all = assign("torch.autograd.grad([torch.sum(" + values + ")], [" + views + "])");
        Map<ParameterLayout.Entry, String> gradients = new HashMap<>();
        for (int k = 0; k < used.size(); k++) {
            gradients.put(used.get(k), assign("unchecked_cast(Tensor, " + all + "[" + k + "])"));
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
        return "p" + used.indexOf(entry);
    }

    private String text(List<Sizes> taken, List<String> results) {
        List<String> text = new ArrayList<>();
        switch (form) {
            case WHOLE, GRADIENT, UPDATE -> {
                text.addAll(parameterLines);
                text.addAll(lines);
            }
            case FLEET -> {
                text.add(FLEET_SIZE + " = torch.size(flat, 0)");
                text.addAll(parameterLines);
                text.addAll(lines);
            }
            case BLOCKS -> {
                text.addAll(parameterLines);
                text.add("n = torch.size(x0, 0)");
                text.add("blocks = torch.floordiv(torch.add(n, " + (BLOCK - 1) + "), " + BLOCK + ")");
                text.add("missing = torch.sub(torch.mul(blocks, " + BLOCK + "), n)");
                for (int i = 0; i < taken.size(); i++) {
                    String padding = "0, 0, ".repeat(taken.get(i).rank() - 1) + "0, missing";
                    text.add("w" + i + " = torch.constant_pad_nd(x" + i + ", [" + padding + "], 0)");
                }
                text.addAll(loop("blocks", lines, results, "torch.cat"));
            }
            case EACH -> {
                text.addAll(parameterLines);
                text.addAll(loop("torch.size(x0, 0)", lines, results, "torch.cat"));
            }
            case IN_TURN -> {
                String place = "torch.mul(i, " + layout.size() + "), " + layout.size();
                List<String> body = new ArrayList<>(List.of(
                        "flat = torch.select(flats, 0, i)",
                        "m = torch.narrow(ms, 0, " + place + ")",
                        "v = torch.narrow(vs, 0, " + place + ")"));
                body.addAll(parameterLines);
                body.addAll(lines);
                text.addAll(loop("torch.size(flats, 0)", body, results, "torch.stack"));
            }
        }
        text.add(IntStream.range(0, results.size())
                .mapToObj(r -> switch (form) {
                    case WHOLE, GRADIENT, UPDATE, FLEET -> results.get(r) + ",";
                    case BLOCKS -> "torch.narrow(a" + r + ", 0, 0, n),";
                    case EACH, IN_TURN -> "a" + r + ",";
                })
                .collect(Collectors.joining(" ", "return (", ")")));
        List<String> arguments = new ArrayList<>(
                switch (form) {
                    case WHOLE, BLOCKS, EACH, GRADIENT -> List.of("flat");
                    case UPDATE, FLEET -> List.of("flat", "m", "v", FusedAdam.STEP);
                    case IN_TURN -> List.of("flats", "ms", "vs", FusedAdam.STEP);
                });
        IntStream.range(0, taken.size()).forEach(i -> arguments.add("x" + i));
        return module(arguments, results.size(), text);
    }

    /** Writes a product of two matrices down. */
    static String write(Products products) {
        Script script = new Script(Form.WHOLE, 0, new ParameterLayout.Builder().build(), products, Optional.empty());
        String product = products.timesTransposed(script, "x0", script.transpose("x1"));
        List<String> lines = new ArrayList<>(script.lines);
        lines.add("return (" + product + ",)");
        return module(List.of("x0", "x1"), 1, lines);
    }

    /** A module whose one method takes arrays and returns a tuple of them. */
    static String module(List<String> arguments, int results, List<String> lines) {
        return "class " + CLASS + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
                + arguments.stream()
                        .map(name -> ", " + name + ": Tensor")
                        .collect(Collectors.joining("", "  def forward(self: __torch__." + CLASS, ") -> Tuple["))
                + String.join(", ", Collections.nCopies(results, "Tensor")) + "]:\n"
                + lines.stream().map(line -> INDENT + line + "\n").collect(Collectors.joining());
    }

    /** A loop over i whose results are joined along axis 0, as a0, a1 and so on. */
    private static List<String> loop(String times, List<String> body, List<String> results, String join) {
        List<String> text = new ArrayList<>();
        for (int r = 0; r < results.size(); r++) {
            text.add("r" + r + " = annotate(List[Tensor], [])");
        }
        text.add("for i in range(" + times + "):");
        body.forEach(line -> text.add("  " + line));
        for (int r = 0; r < results.size(); r++) {
            text.add("  u" + r + " = torch.append(r" + r + ", " + results.get(r) + ")");
        }
        for (int r = 0; r < results.size(); r++) {
            text.add("a" + r + " = " + join + "(r" + r + ", 0)");
        }
        return text;
    }

    /** The archive that the engine loads: text, a pickled object of its class without attributes, no constants. */
    static byte[] archive(String text) {
        byte[] object = ("\u0080\u0002c__torch__\n" + CLASS + "\n)\u0081}b.").getBytes(StandardCharsets.ISO_8859_1);
        byte[] constants = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "data.pkl", object);
            put(zip, "code/__torch__.py", text.getBytes(StandardCharsets.UTF_8));
            put(zip, "constants.pkl", constants);
            put(zip, "version", "10\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry("network/" + name);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        entry.setMethod(ZipEntry.STORED); // the engine reads nothing else
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
