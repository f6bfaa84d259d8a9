package dev.levitstream.nn.graph;

import dev.levitstream.nn.engine.MatMul;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A function of arrays as a graph. What a network does to its arrays is recorded here, simplified, differentiated if
 * asked for ({@link Gradients}), and printed as TorchScript. Common parts are one array: the same op on the same arrays
 * is recorded once. Parts that no result needs are not printed. Not thread-safe.
 */
public final class Graph {
    private final Form form;
    private final MatMul matMul;
    private final long images;
    private final Map<Op, Array> arrays = new LinkedHashMap<>();
    private final Map<Array, Rule> rules = new HashMap<>();
    private final List<Array> inputs = new ArrayList<>();

    /**
     * An empty graph.
     *
     * @param form what is wanted of the function
     * @param matMul how training multiplies matrices on this device
     * @param images of a batch (count), where the fastest way to a gradient depends on it; any number may come
     */
    public Graph(Form form, MatMul matMul, long images) {
        this.form = form;
        this.images = images;
        this.matMul = switch (form) {
            case EACH -> MatMul.PLAIN; // image by image most products have one row
            case WHOLE, BLOCKS, SHORTER_BLOCKS -> matMul.toPredict();
            case TRAINING -> matMul;
        };
    }

    /**
     * Declares the next array that the function takes; axis 0 counts images if its size is -1.
     *
     * @param name unique in the graph
     */
    public Array input(String name, SymbolicShape shape) {
        Array input = array(new Op.Input(name), shape, Layout.ROW_MAJOR);
        inputs.add(input);
        return input;
    }

    /**
     * A parameter: a part of the input {@code flat}, which must be declared, with its values row by row.
     *
     * @param offset of its first value
     */
    public Array parameter(int offset, SymbolicShape shape) {
        return array(new Op.Parameter(offset, shape), shape, Layout.ROW_MAJOR);
    }

    /** The function as a TorchScript module that returns {@code results}. */
    public String text(List<Array> results) {
        return new TorchScript(this, results).text();
    }

    /**
     * The same computation, of which everything that has an axis of images is returned: what an image gets may differ
     * in a last bit that is lost on the way to the results.
     */
    public String tracedText(List<Array> results) {
        return new TorchScript(this, results).tracedText();
    }

    Array array(Op op, SymbolicShape shape, Layout layout) {
        return arrays.computeIfAbsent(op, any -> new Array(this, op, shape, layout));
    }

    /** Gives an array its rule, unless it has one. */
    void differentiate(Array y, Rule rule) {
        if (form == Form.TRAINING) {
            rules.putIfAbsent(y, rule);
        }
    }

    /** Rules of the arrays that have one. */
    Map<Array, Rule> rules() {
        return rules;
    }

    /** All arrays, each after what it is made of. */
    List<Array> arrays() {
        return List.copyOf(arrays.values());
    }

    List<Array> inputs() {
        return inputs;
    }

    Form form() {
        return form;
    }

    MatMul matMul() {
        return matMul;
    }

    boolean isTraining() {
        return form == Form.TRAINING;
    }

    /** Number that a count in units of the images comes to; a count that does not depend on them stays. */
    long count(long size) {
        return size < 0 ? -size * images : size;
    }
}
