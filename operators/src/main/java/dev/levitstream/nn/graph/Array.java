package dev.levitstream.nn.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An array of a {@link Graph}, as the networks see it: each method records an op and gives its result. Axes count from
 * 0; sizes of -1 are inferred; an image's place in a batch is always axis 0, whose size no network knows. Ops with a
 * gradient stand in the interfaces, in groups; the methods here, without one, are what those are written with.
 */
public final class Array
        implements Elementwise, Reduction, Structure, MatrixProduct, Attention, Normalization, Convolution {
    private final Graph graph;
    private final Op op;
    private final SymbolicShape shape;
    private final Layout layout;
    private final boolean varies;

    Array(Graph graph, Op op, SymbolicShape shape, Layout layout) {
        this.graph = graph;
        this.op = op;
        this.shape = shape;
        this.layout = layout;
        this.varies = isParameter() || op.inputs().anyMatch(Array::varies);
    }

    @Override
    public Array self() {
        return this;
    }

    /** Its shape. */
    public SymbolicShape shape() {
        return shape;
    }

    Graph graph() {
        return graph;
    }

    Op op() {
        return op;
    }

    Layout layout() {
        return layout;
    }

    boolean isParameter() {
        return op instanceof Op.Parameter;
    }

    /** Whether it depends on a parameter. */
    boolean varies() {
        return varies;
    }

    /** Gives it a rule by which its gradient passes back. */
    Array differentiable(Rule rule) {
        graph.differentiate(this, rule);
        return this;
    }

    /** A function of this array and of further arguments. */
    Array call(SymbolicShape of, Layout lies, String function, Object... arguments) {
        List<Object> all =
                Stream.concat(Stream.of(this), Arrays.stream(arguments)).toList();
        return graph.array(new Op.Call(function, all, List.of()), of, lies);
    }

    /** A function whose result lies row by row if all arrays that it takes do. */
    Array keep(SymbolicShape of, String function, Object... arguments) {
        Op.Call call = Op.Call.of(
                function,
                Stream.concat(Stream.of(this), Arrays.stream(arguments)).toArray());
        return graph.array(call, of, Layout.likeAll(call.inputs().toList()));
    }

    /** A function value by value of this array and, broadcast, of those among the arguments. */
    Array pointwise(String function, Object... arguments) {
        SymbolicShape common = Arrays.stream(arguments)
                .flatMap(argument -> argument instanceof Array array ? Stream.of(array.shape) : Stream.of())
                .reduce(shape, SymbolicShape::broadcast);
        return keep(common, function, arguments);
    }

    /** Its shape when the function runs. */
    Op.Call size() {
        return Op.Call.of("torch.size", this);
    }

    /** One of this op's results. */
    Array element(int index, SymbolicShape of) {
        return graph.array(new Op.Element(this, index), of, Layout.UNKNOWN);
    }

    /** Changed by calls one after the other. */
    Array inPlace(List<Op.Call> changes) {
        Op.Call call = (Op.Call) op;
        return graph.array(new Op.Call(call.function(), call.arguments(), changes), shape, layout);
    }

    /** A gradient of a broadcast result, summed over the axes along which {@code to} was broadcast. */
    Array summedTo(Array to) {
        if (to.shape.equals(shape)) {
            return this;
        }
        if (to.shape.isSuffixOf(shape)) {
            return summed(IntStream.range(0, shape.rank() - to.shape.rank()).toArray());
        }
        return call(to.shape, Layout.UNKNOWN, "torch.sum_to_size", to.size());
    }

    Array summed(int... axes) {
        SymbolicShape left = new SymbolicShape(IntStream.range(0, shape.rank())
                .filter(axis -> Arrays.stream(axes).noneMatch(gone -> gone == axis))
                .mapToObj(shape::get)
                .toList());
        return keep(left, "torch.sum", Arrays.stream(axes).boxed().toList());
    }

    /** With its values row by row. */
    Array contiguous() {
        return layout == Layout.ROW_MAJOR ? this : call(shape, Layout.ROW_MAJOR, "torch.contiguous");
    }

    /** A matrix with its values row by row or column by column. */
    Array dense() {
        return layout == Layout.UNKNOWN ? contiguous() : this;
    }

    /** The transpose of a matrix. */
    Array t() {
        if (op instanceof Op.Call call && call.function().equals("torch.t")) {
            return (Array) call.arguments().get(0);
        }
        Layout turned = layout == Layout.ROW_MAJOR ? Layout.COLUMN_MAJOR : Layout.UNKNOWN;
        return call(shape.permuted(1, 0), turned, "torch.t");
    }

    /** The transposes of a batch of matrices. */
    Array batchT() {
        return call(shape.permuted(0, 2, 1), Layout.UNKNOWN, "torch.transpose", 1, 2);
    }

    Array permuted(int... axes) {
        return axes.length == 2
                ? t()
                : call(
                        shape.permuted(axes),
                        Layout.UNKNOWN,
                        "torch.permute",
                        Arrays.stream(axes).boxed().toList());
    }

    Array view(long... sizes) {
        return keep(
                shape.reshaped(sizes),
                "torch.view",
                LongStream.of(sizes).boxed().toList());
    }

    Array narrow(int axis, long from, long count) {
        return call(shape.with(axis, count), ofPart(axis), "torch.narrow", axis, from, count);
    }

    Array select(int axis, long index) {
        return call(shape.without(axis), ofPart(axis), "torch.select", axis, index);
    }

    private Layout ofPart(int axis) {
        return axis == 0 && layout == Layout.ROW_MAJOR ? Layout.ROW_MAJOR : Layout.UNKNOWN;
    }

    /** With zeros around: {@code before} and {@code after} of the last axis, then of the one before, and so on. */
    Array padded(long... beforeAndAfter) {
        SymbolicShape wider = shape;
        for (int i = 0; i < beforeAndAfter.length; i += 2) {
            int axis = shape.rank() - 1 - i / 2;
            wider = wider.with(axis, shape.get(axis) + beforeAndAfter[i] + beforeAndAfter[i + 1]);
        }
        List<Long> sizes = LongStream.of(beforeAndAfter).boxed().toList();
        return call(wider, Layout.UNKNOWN, "torch.constant_pad_nd", sizes, 0);
    }

    static Array cat(List<Array> parts, int axis) {
        long size = parts.stream().mapToLong(part -> part.shape.get(axis)).sum();
        return joined("torch.cat", parts, axis, parts.get(0).shape.with(axis, size));
    }

    /** Along a new axis. */
    static Array stack(List<Array> parts, int axis) {
        return joined("torch.stack", parts, axis, parts.get(0).shape.insert(axis, parts.size()));
    }

    private static Array joined(String function, List<Array> parts, int axis, SymbolicShape shape) {
        return parts.get(0).graph.array(Op.Call.of(function, parts, axis), shape, Layout.ROW_MAJOR);
    }

    @Override
    public String toString() {
        String inputs = op.inputs().map(array -> array.shape.axes().toString()).collect(Collectors.joining(", "));
        String name = op instanceof Op.Call call ? call.function() : op.toString();
        return name + "(" + inputs + ") -> " + shape.axes();
    }
}
