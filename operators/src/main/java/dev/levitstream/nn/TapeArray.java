package dev.levitstream.nn;

import java.util.Arrays;
import java.util.function.BiConsumer;
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
    static TapeArray taped(Array array) {
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
    TapeArray result(String variable, Sizes sizesOfResult, BiConsumer<String, String> back, TapeArray... operands) {
        boolean any = Stream.of(operands).anyMatch(TapeArray::varies);
        if (any) {
            tape.note(variable, gradient -> back.accept(variable, gradient));
        }
        return new TapeArray(tape, variable, sizesOfResult, any);
    }

    /** Takes a part of this array's gradient: the result of an operation that is not written where nobody asks. */
    void receive(String operation, Object... operands) {
        if (varies) {
            tape.add(name, line(operation, operands));
        }
    }

    /** Takes a part of this array's gradient. */
    void receiveAsIs(String gradient) {
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

    /** Of the array, as an operation takes it. */
    String size() {
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
        return new TapeConvolution(this, taped(kernel), taped(bias)).plain(stride, padding);
    }

    @Override
    public Array doublingConvolution(Array kernel, Array bias, int rows, int columns, int height, int width) {
        return new TapeConvolution(this, taped(kernel), taped(bias)).doubling(rows, columns, height, width);
    }
}
