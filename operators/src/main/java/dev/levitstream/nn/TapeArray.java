package dev.levitstream.nn;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An array of a TorchScript function whose gradient is wanted. Each operation appends its line to the script and notes
 * on the tape the lines by which a gradient passes back through it. The engine's own backward pass would do too, but it
 * cannot differentiate the fast matrix products, and its books cost as much as a small layer.
 *
 * @param tape that takes the notes
 * @param name of the variable
 * @param sizes of its axes
 * @param varies whether it depends on what is differentiated by
 */
record TapeArray(Tape tape, String name, Sizes sizes, boolean varies) implements Variable {
    private static TapeArray taped(Array array) {
        return (TapeArray) array;
    }

    private String line(String operation, Object... operands) {
        return tape.script().call(operation, operands);
    }

    /**
     * A result.
     *
     * @param sizesOfResult of the result
     * @param back takes the result's name and its gradient's, and passes on what the operands get
     */
    private TapeArray result(
            String variable, Sizes sizesOfResult, BiConsumer<String, String> back, TapeArray... operands) {
        boolean any = Stream.of(operands).anyMatch(TapeArray::varies);
        if (any) {
            tape.note(variable, gradient -> back.accept(variable, gradient));
        }
        return new TapeArray(tape, variable, sizesOfResult, any);
    }

    /** Takes a part of this array's gradient: the result of an operation that is not written where nobody asks. */
    private void receive(String operation, Object... operands) {
        if (varies) {
            tape.add(name, line(operation, operands));
        }
    }

    private void receiveAsIs(String gradient) {
        if (varies) {
            tape.add(name, gradient);
        }
    }

    /** Takes a part of this array's gradient that may be broadcast, summed up where it is. */
    private void receiveBroadcast(String gradient, Sizes of) {
        if (sizes.equals(of)) {
            receiveAsIs(gradient);
        } else if (sizes.endThoseOf(of)) {
            long[] leading =
                    LongStream.range(0, (long) of.rank() - sizes.rank()).toArray();
            receive("torch.sum", gradient, Script.list(leading));
        } else {
            receive("torch.sum_to_size", gradient, size());
        }
    }

    private String size() {
        return "torch.size(" + name + ")";
    }

    @Override
    public Array valueByValue(String operation, Object... arguments) {
        String variable = line(
                operation,
                Stream.concat(Stream.of(name), Arrays.stream(arguments)).toArray());
        return result(variable, sizes, (y, gradient) -> passBack(operation, arguments, y, gradient), this);
    }

    private void passBack(String operation, Object[] arguments, String y, String gradient) {
        switch (operation) {
            case "torch.add" -> receiveAsIs(gradient);
            case "torch.mul" -> receive("torch.mul", gradient, arguments[0]);
            case "torch.square" -> {
                String half = line("torch.mul", gradient, name);
                receive("torch.add", half, half); // faster than times 2, a number that would become an array
            }
            case "torch.exp" -> receive("torch.mul", gradient, y);
            case "torch.log" -> receive("torch.div", gradient, name);
            case "torch.tanh" -> receive("torch.tanh_backward", gradient, y);
            case "torch.relu" -> receive("torch.threshold_backward", gradient, y, 0);
            case "torch.leaky_relu" -> receive("torch.leaky_relu_backward", gradient, name, arguments[0], "False");
            case "torch.sigmoid" -> receive("torch.sigmoid_backward", gradient, y);
            case "torch.softplus" -> receive("torch.softplus_backward", gradient, name, 1, 20);
            default -> throw new IllegalStateException("operation=" + operation + " has no derivative here");
        }
    }

    @Override
    public Array linear(Array weight, Array bias) {
        TapeArray w = taped(weight);
        TapeArray b = taped(bias);
        Products products = tape.script().productsWith(w.name, sizes);
        return result(
                tape.script().byColumn(w.name)
                        ? products.linearByColumn(tape.script(), name, sizes, w.name, b.name)
                        : products.linear(tape.script(), name, w.name, b.name),
                Sizes.of(sizes.get(0), w.sizes.get(1)),
                (y, gradient) -> {
                    String dense = tape.script().rowByRow(gradient);
                    if (varies) {
                        receiveAsIs(products.timesTransposed(tape.script(), dense, w.name));
                    }
                    if (w.varies) {
                        w.receiveAsIs(atWeight(products, w, dense));
                    }
                    b.receive("torch.sum", dense, Script.list(0));
                },
                this,
                w,
                b);
    }

    /** In the order in which the weight lies. */
    private String atWeight(Products products, TapeArray weight, String gradient) {
        Script script = tape.script();
        return script.byColumn(weight.name)
                ? script.transpose(products.transposedTimes(script, gradient, name))
                : products.transposedTimes(script, name, gradient);
    }

    @Override
    public Array attention(Array weight, Array bias, int tokens, int heads, int width) {
        Sizes attended = Sizes.of(sizes.get(0) / tokens, (long) heads * tokens * width);
        Script script = tape.script();
        if (!script.products().foldAttention(-sizes.get(0) * script.images(), width)) {
            TapeArray rows = taped(linear(weight, bias));
            HeadAttention attention = new HeadAttention(script, rows.name, tokens, heads, width);
            return result(
                    attention.attended(), attended, (y, gradient) -> rows.receiveAsIs(attention.back(gradient)), rows);
        }
        TapeArray w = taped(weight);
        TapeArray b = taped(bias);
        FoldedAttention attention = new FoldedAttention(script, name, w.name, b.name, tokens, heads, width);
        return result(
                attention.attended(),
                attended,
                (y, gradient) -> {
                    FoldedAttention.Gradients gradients = attention.back(gradient);
                    gradients.tokens().forEach(this::receiveAsIs);
                    w.receiveAsIs(gradients.weight());
                    b.receiveAsIs(gradients.bias());
                },
                this,
                w,
                b);
    }

    @Override
    public Array add(Array other) {
        TapeArray o = taped(other);
        return result(
                line("torch.add", name, o.name),
                sizes.broadcast(o.sizes),
                (y, gradient) -> {
                    receiveBroadcast(gradient, sizes.broadcast(o.sizes));
                    o.receiveBroadcast(gradient, sizes.broadcast(o.sizes));
                },
                this,
                o);
    }

    @Override
    public Array sub(Array other) {
        TapeArray o = taped(other);
        return result(
                line("torch.sub", name, o.name),
                sizes.broadcast(o.sizes),
                (y, gradient) -> {
                    receiveBroadcast(gradient, sizes.broadcast(o.sizes));
                    if (o.varies) {
                        o.receiveBroadcast(line("torch.neg", gradient), sizes.broadcast(o.sizes));
                    }
                },
                this,
                o);
    }

    @Override
    public Array mul(Array other) {
        TapeArray o = taped(other);
        return result(
                line("torch.mul", name, o.name),
                sizes.broadcast(o.sizes),
                (y, gradient) -> {
                    passProduct(this, o, gradient);
                    passProduct(o, this, gradient);
                },
                this,
                o);
    }

    private static void passProduct(TapeArray to, TapeArray factor, String gradient) {
        if (to.varies) {
            to.receiveBroadcast(to.line("torch.mul", gradient, factor.name), to.sizes.broadcast(factor.sizes));
        }
    }

    @Override
    public Array softmax(int axis) {
        return result(
                line("torch.softmax", name, axis),
                sizes,
                (y, gradient) -> receive("torch._softmax_backward_data", gradient, y, axis, Script.FLOAT),
                this);
    }

    @Override
    public Array logSoftmax(int axis) {
        return result(
                line("torch.log_softmax", name, axis),
                sizes,
                (y, gradient) -> receive("torch._log_softmax_backward_data", gradient, y, axis, Script.FLOAT),
                this);
    }

    @Override
    public Array sum(int axis) {
        return result(
                line("torch.sum", name, Script.list(axis)),
                sizes.without(axis),
                (y, gradient) -> {
                    Object wider = sizes.get(axis) < 0 ? size() : Script.list(sizes.shape());
                    receive("torch.expand", line("torch.unsqueeze", gradient, axis), wider);
                },
                this);
    }

    @Override
    public Array sum() {
        return result(
                line("torch.sum", name), Sizes.of(), (y, gradient) -> receive("torch.expand", gradient, size()), this);
    }

    @Override
    public Array mean() {
        return result(
                line("torch.mean", name),
                Sizes.of(),
                (y, gradient) ->
                        receive("torch.expand", line("torch.div", gradient, "torch.numel(" + name + ")"), size()),
                this);
    }

    @Override
    public Array reshape(long... shape) {
        return result(
                line("torch.reshape", name, Script.list(shape)),
                sizes.reshaped(shape),
                (y, gradient) -> receive("torch.reshape", gradient, Script.list(sizes.shape())),
                this);
    }

    @Override
    public Array transpose(int... axes) {
        int[] back = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            back[axes[i]] = i;
        }
        String permuted = permuted(name, axes);
        tape.script().reordered(permuted, name);
        return result(permuted, sizes.transposed(axes), (y, gradient) -> receiveAsIs(permuted(gradient, back)), this);
    }

    private String permuted(String array, int... axes) {
        return axes.length == 2 ? tape.script().transpose(array) : line("torch.permute", array, Arrays.toString(axes));
    }

    @Override
    public Array concat(Array other, int axis) {
        TapeArray o = taped(other);
        long own = sizes.get(axis);
        long others = o.sizes.get(axis);
        return result(
                line("torch.cat", "[" + name + ", " + o.name + "]", axis),
                sizes.with(axis, own + others),
                (y, gradient) -> {
                    receive("torch.narrow", gradient, axis, 0, own);
                    o.receive("torch.narrow", gradient, axis, own, others);
                },
                this,
                o);
    }

    @Override
    public Array convolution(Array kernel, Array bias, int stride, int padding) {
        TapeArray w = taped(kernel);
        TapeArray b = taped(bias);
        if (tape.script().products().unfoldConvolutions() && NarrowConvolution.suits(w.sizes, stride, padding)) {
            return narrowConvolution(w, b);
        }
        return result(
                line("torch.conv2d", name, w.name, b.name, Script.list(stride, stride), Script.list(padding, padding)),
                Sizes.of(
                        sizes.get(0),
                        w.sizes.get(0),
                        convolved(2, w.sizes, stride, padding),
                        convolved(3, w.sizes, stride, padding)),
                (y, gradient) -> passConvolution(w, b, gradient, stride, padding, "False", Script.list(0, 0)),
                this,
                w,
                b);
    }

    private long convolved(int axis, Sizes kernel, int stride, int padding) {
        return (sizes.get(axis) + 2L * padding - kernel.get(axis)) / stride + 1;
    }

    private Array narrowConvolution(TapeArray kernel, TapeArray bias) {
        Script script = tape.script();
        Products products = script.products();
        long channels = kernel.sizes.get(0);
        TapeArray x = places();
        TapeArray w = taped(kernel.transpose(0, 2, 3, 1).reshape(9 * channels, sizes.get(1)));
        String rows = script.rowByRow(x.name);
        String weight = script.rowByRow(w.name);
        NarrowConvolution convolution = new NarrowConvolution(script, name, sizes.get(2), sizes.get(3), channels);
        return result(
                convolution.added(products.timesTransposed(script, weight, rows), bias.name),
                sizes.with(1, channels),
                (y, gradient) -> {
                    String windows = convolution.windows(gradient);
                    x.receiveAsIs(products.transposedTimes(script, windows, weight));
                    w.receiveAsIs(products.timesTransposed(script, windows, script.transpose(rows)));
                    bias.receive("torch.sum", gradient, Script.list(0, 2, 3));
                },
                x,
                w,
                bias);
    }

    /** A kernel (out, in, 3, 3) as the engine's transposed convolution takes it, (in, out, 3, 3). */
    private TapeArray exchanged() {
        return taped(transpose(1, 0, 2, 3));
    }

    /** Images (B, in, H, W) as rows (B H W, in). */
    private TapeArray places() {
        return taped(transpose(0, 2, 3, 1).reshape(-1, sizes.get(1)));
    }

    @Override
    public Array doublingConvolution(Array kernel, Array bias, int rows, int columns, int height, int width) {
        TapeArray w = taped(kernel);
        TapeArray b = taped(bias);
        DoublingConvolution convolution =
                new DoublingConvolution(tape.script(), rows, columns, height, width, w.sizes.get(0));
        Sizes doubled = Sizes.of(sizes.get(0), convolution.channels(), height, width);
        if (tape.script().products().unfoldConvolutions()) {
            return doublingConvolution(convolution, doubled, w, b);
        }
        TapeArray exchanged = w.exchanged();
        return result(
                convolution.direct(name, exchanged.name, b.name),
                doubled,
                (y, gradient) -> passConvolution(exchanged, b, gradient, 2, 1, "True", convolution.wider()),
                this,
                exchanged,
                b);
    }

    /** By products: backwards always, forwards where that is not slower. */
    private Array doublingConvolution(DoublingConvolution convolution, Sizes doubled, TapeArray kernel, TapeArray b) {
        Script script = tape.script();
        Products products = script.products();
        TapeArray x = places();
        TapeArray w = taped(kernel.transpose(1, 2, 3, 0).reshape(sizes.get(1), 9 * convolution.channels()));
        String places = script.rowByRow(x.name);
        String weight = script.rowByRow(w.name);
        String y = convolution.small()
                ? convolution.added(products.timesTransposed(script, places, script.transpose(weight)), b.name)
                : convolution.direct(name, kernel.exchanged().name, b.name);
        return result(
                y,
                doubled,
                (result, gradient) -> {
                    String windows = convolution.windows(gradient);
                    x.receiveAsIs(products.timesTransposed(script, windows, weight));
                    w.receiveAsIs(products.transposedTimes(script, places, windows));
                    b.receive("torch.sum", gradient, Script.list(0, 2, 3));
                },
                x,
                w,
                b);
    }

    private void passConvolution(
            TapeArray w, TapeArray b, String gradient, int stride, int padding, String transposed, String wider) {
        String all = line(
                "torch.convolution_backward",
                gradient,
                name,
                w.name,
                b.size(),
                Script.list(stride, stride),
                Script.list(padding, padding),
                Script.list(1, 1),
                transposed,
                wider,
                1,
                "["
                        + Stream.of(this, w, b)
                                .map(array -> array.varies ? "True" : "False")
                                .collect(Collectors.joining(", "))
                        + "]");
        receiveAsIs(all + "[0]");
        w.receiveAsIs(all + "[1]");
        b.receiveAsIs(all + "[2]");
    }
}
