package dev.levitstream.nn;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
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
    private static final String CLASS = "Network";
    private static final String INDENT = "    ";
    /** Variable that holds the number of components of a fleet. */
    static final String FLEET_SIZE = "g";

    /** What is wanted of a function. */
    enum Form {
        /** Its values for a whole batch. */
        WHOLE,
        /** Its values for each image by itself: a loop over axis 0 of all inputs. */
        EACH,
        /** Its value, a scalar, and the gradient at each parameter that it uses. */
        GRADIENT,
        /** The same of several components at once, each with its own batch: axis 0 of all arrays is the component. */
        FLEET
    }

    private final Form form;
    private final ParameterLayout layout;
    private final List<String> parameterLines = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final Map<String, Array> parameters = new HashMap<>();
    private final List<ParameterLayout.Entry> used = new ArrayList<>();
    private int variables;

    private Script(Form form, ParameterLayout layout) {
        this.form = form;
        this.layout = layout;
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
     * @param ranks axes of the arrays that it takes beside the parameters, for one component
     */
    static Written write(Form form, NetworkFunction function, ComponentNetwork network, List<Integer> ranks) {
        Script script = new Script(form, network.layout());
        List<Array> taken = IntStream.range(0, ranks.size())
                .mapToObj(i -> script.variable(script.input(i), ranks.get(i)))
                .toList();
        List<String> results = function.apply(network, script::parameter, taken).stream()
                .map(result -> ((Variable) result).name())
                .toList();
        return new Written(script.text(ranks.size(), results), List.copyOf(script.used));
    }

    private Array variable(String name, int rank) {
        return form == Form.FLEET ? new FleetArray(this, name, rank) : new ScriptArray(this, name);
    }

    private String input(int i) {
        return form == Form.EACH ? assign("torch.narrow(x" + i + ", 0, i, 1)") : "x" + i;
    }

    /** Appends a line; the name of its result. */
    String assign(String expression) {
        String name = "t" + variables++;
        lines.add(name + " = " + expression);
        return name;
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
        String sizes = LongStream.of(entry.shape().getShape())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", fleet ? "[" + FLEET_SIZE + ", " : "[", "]"));
        used.add(entry);
        parameterLines.add(view + " = torch.view(" + part + ", " + sizes + ")");
        return variable(view, entry.shape().dimension());
    }

    private String text(int inputs, List<String> results) {
        List<String> text = new ArrayList<>();
        String arguments =
                IntStream.range(0, inputs).mapToObj(i -> ", x" + i + ": Tensor").collect(Collectors.joining());
        boolean gradient = form == Form.GRADIENT || form == Form.FLEET;
        int outputs = gradient ? 1 + used.size() : results.size();
        String types = IntStream.range(0, outputs).mapToObj(i -> "Tensor").collect(Collectors.joining(", "));
        if (form == Form.FLEET) {
            text.add(FLEET_SIZE + " = torch.size(flat, 0)");
        }
        text.addAll(parameterLines);
        switch (form) {
            case WHOLE -> {
                text.addAll(lines);
                text.add("return (" + results.stream().map(r -> r + ",").collect(Collectors.joining(" ")) + ")");
            }
            case GRADIENT, FLEET -> {
                text.addAll(lines);
                // at each view by itself: at the flat vector they would be joined, which costs as much as a layer
                String views =
                        IntStream.range(0, used.size()).mapToObj(k -> "p" + k).collect(Collectors.joining(", "));
                text.add("gradients = torch.autograd.grad([torch.sum(" + results.get(0) + ")], [" + views + "])");
                text.add("return (" + results.get(0)
                        + IntStream.range(0, used.size())
                                .mapToObj(k -> ", unchecked_cast(Tensor, gradients[" + k + "])")
                                .collect(Collectors.joining())
                        + ")");
            }
            case EACH -> {
                for (int r = 0; r < results.size(); r++) {
                    text.add("r" + r + " = annotate(List[Tensor], [])");
                }
                text.add("for i in range(torch.size(x0, 0)):");
                lines.forEach(line -> text.add("  " + line));
                for (int r = 0; r < results.size(); r++) {
                    text.add("  a" + r + " = torch.append(r" + r + ", " + results.get(r) + ")");
                }
                text.add("return ("
                        + IntStream.range(0, results.size())
                                .mapToObj(r -> "torch.cat(r" + r + ", 0),")
                                .collect(Collectors.joining(" "))
                        + ")");
            }
        }
        return "class " + CLASS + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
                + "  def forward(self: __torch__." + CLASS + ", flat: Tensor" + arguments + ") -> Tuple[" + types
                + "]:\n"
                + text.stream().map(line -> INDENT + line + "\n").collect(Collectors.joining());
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
