package dev.levitstream.nn;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An array of a TorchScript function: the name of a local variable. Each operation appends a line to the script.
 *
 * @param script that is being written
 * @param name of the variable
 */
record ScriptArray(Script script, String name) implements Variable {
    /**
     * Operations whose last bit depends on the instructions that compute them. What the widest ones leave over at the
     * end of an array is computed by others, and where a block ends must change no image's bits.
     */
    private static final Set<String> APPROXIMATE =
            Set.of("torch.exp", "torch.log", "torch.tanh", "torch.sigmoid", "torch.softplus");
    /** Values (count): the engine computes two registers of 16 at a time. */
    private static final int MOST_LEFT_OVER = 31;

    private Array line(String operation, Object... operands) {
        return new ScriptArray(script, script.call(operation, operands));
    }

    private static String name(Array array) {
        return ((ScriptArray) array).name;
    }

    @Override
    public Array valueByValue(String operation, Object... arguments) {
        Object[] all = Stream.concat(Stream.of(name), Arrays.stream(arguments)).toArray();
        if (!script.inBlocks() || !APPROXIMATE.contains(operation)) {
            return line(operation, all);
        }
        String values = script.call("torch.flatten", name);
        all[0] = script.call("torch.constant_pad_nd", values, Script.list(0, MOST_LEFT_OVER), 0);
        String results = script.call(operation, all);
        String wanted = script.call("torch.narrow", results, 0, 0, "torch.numel(" + name + ")");
        return line("torch.view", wanted, "torch.size(" + name + ")");
    }

    @Override
    public Array linear(Array weight, Array bias) {
        return new ScriptArray(script, script.products().linear(script, name, name(weight), name(bias)));
    }

    @Override
    public Array attention(Array weight, Array bias, int tokens, int heads, int width) {
        // not folded: for a block of images, queries and keys take no longer than to fold their weights
        String rows = name(linear(weight, bias));
        String split = script.call("torch.view", rows, Script.list(-1, tokens, 3, heads, width));
        String turned = script.call("torch.permute", split, Script.list(2, 0, 3, 1, 4)); // (3, B, h, N, Q)
        Object[] parts = IntStream.range(0, 3)
                .mapToObj(i -> script.call("torch.select", turned, 0, i))
                .toArray();
        String attended = script.call("torch.scaled_dot_product_attention", parts);
        return line("torch.reshape", attended, Script.list(-1, (long) heads * tokens * width));
    }

    @Override
    public Array add(Array other) {
        return line("torch.add", name, name(other));
    }

    @Override
    public Array sub(Array other) {
        return line("torch.sub", name, name(other));
    }

    @Override
    public Array mul(Array other) {
        return line("torch.mul", name, name(other));
    }

    @Override
    public Array softmax(int axis) {
        return line("torch.softmax", name, axis);
    }

    @Override
    public Array logSoftmax(int axis) {
        return line("torch.log_softmax", name, axis);
    }

    @Override
    public Array sum(int axis) {
        return line("torch.sum", name, Script.list(axis));
    }

    @Override
    public Array sum() {
        return line("torch.sum", name);
    }

    @Override
    public Array mean() {
        return line("torch.mean", name);
    }

    @Override
    public Array reshape(long... shape) {
        return line("torch.reshape", name, Script.list(shape));
    }

    @Override
    public Array transpose(int... axes) {
        return axes.length == 2
                ? new ScriptArray(script, script.transpose(name))
                : line("torch.permute", name, Arrays.toString(axes));
    }

    @Override
    public Array concat(Array other, int axis) {
        return line("torch.cat", "[" + name + ", " + name(other) + "]", axis);
    }

    @Override
    public Array convolution(Array kernel, Array bias, int stride, int padding) {
        return line(
                "torch.conv2d",
                name,
                name(kernel),
                name(bias),
                Script.list(stride, stride),
                Script.list(padding, padding));
    }

    @Override
    public Array doublingConvolution(Array kernel, Array bias, int rows, int columns, int height, int width) {
        Array turned = kernel.transpose(1, 0, 2, 3); // (in, out, 3, 3)
        String wider = Script.list(height - 2L * rows + 1, width - 2L * columns + 1);
        return line(
                "torch.conv_transpose2d", name, name(turned), name(bias), Script.list(2, 2), Script.list(1, 1), wider);
    }
}
