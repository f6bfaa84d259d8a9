package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An array of each of G components of equal shape, as one variable of a TorchScript function: the component is axis 0,
 * and all other axes are one further than a network thinks. What a network does to one component's array is so done to
 * all of them in one operation.
 *
 * @param script that is being written
 * @param name of the variable
 * @param rank axes of one component's array
 */
record FleetArray(Script script, String name, int rank) implements Variable {
    private FleetArray line(int newRank, String operation, Object... operands) {
        return new FleetArray(script, script.call(operation, operands), newRank);
    }

    private static FleetArray fleet(Array array) {
        return (FleetArray) array;
    }

    /** The component stays axis 0 where an array of fewer axes is broadcast. */
    private FleetArray raised(int to) {
        FleetArray raised = this;
        for (int i = rank; i < to; i++) {
            raised = raised.line(raised.rank + 1, "torch.unsqueeze", raised.name, 1);
        }
        return raised;
    }

    private Array binary(String operation, Array other) {
        int common = Math.max(rank, fleet(other).rank);
        return line(common, operation, raised(common).name, fleet(other).raised(common).name);
    }

    @Override
    public Array valueByValue(String operation, Object... arguments) {
        return line(
                rank,
                operation,
                Stream.concat(Stream.of(name), Arrays.stream(arguments)).toArray());
    }

    @Override
    public Array linear(Array weight, Array bias) {
        return line(2, "torch.baddbmm", fleet(bias).raised(2).name, name, fleet(weight).name);
    }

    @Override
    public Array attention(Array weight, Array bias, int tokens, int heads, int width) {
        String rows = fleet(linear(weight, bias)).name;
        String split = script.call("torch.view", rows, Script.list(-1, tokens, 3, heads, width)); // (G B, N, 3, h, Q)
        String turned = script.call("torch.permute", split, Script.list(2, 0, 3, 1, 4));
        Object[] parts = IntStream.range(0, 3)
                .mapToObj(i -> script.call("torch.select", turned, 0, i))
                .toArray(); // 3 x (G B, h, N, Q)
        FleetArray attended = line(rank, "torch.scaled_dot_product_attention", parts);
        return attended.reshape(-1, (long) heads * tokens * width);
    }

    @Override
    public Array add(Array other) {
        return binary("torch.add", other);
    }

    @Override
    public Array sub(Array other) {
        return binary("torch.sub", other);
    }

    @Override
    public Array mul(Array other) {
        return binary("torch.mul", other);
    }

    @Override
    public Array softmax(int axis) {
        return line(rank, "torch.softmax", name, axis + 1);
    }

    @Override
    public Array logSoftmax(int axis) {
        return line(rank, "torch.log_softmax", name, axis + 1);
    }

    @Override
    public Array sum(int axis) {
        return line(rank - 1, "torch.sum", name, Script.list(axis + 1));
    }

    @Override
    public Array sum() {
        return line(0, "torch.sum", line(1, "torch.flatten", name, 1).name, Script.list(1));
    }

    @Override
    public Array mean() {
        return line(0, "torch.mean", line(1, "torch.flatten", name, 1).name, Script.list(1));
    }

    @Override
    public Array reshape(long... shape) {
        String sizes = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return line(shape.length, "torch.reshape", name, "[" + ScriptForm.FLEET_SIZE + ", " + sizes + "]");
    }

    @Override
    public Array transpose(int... axes) {
        List<Integer> order = new ArrayList<>(List.of(0));
        Arrays.stream(axes).forEach(axis -> order.add(axis + 1));
        return line(rank, "torch.permute", name, order);
    }

    @Override
    public Array concat(Array other, int axis) {
        return line(rank, "torch.cat", "[" + name + ", " + fleet(other).name + "]", axis + 1);
    }

    @Override
    public Array convolution(Array kernel, Array bias, int stride, int padding) {
        FleetArray kernels = line(rank, "torch.flatten", fleet(kernel).name, 0, 1); // (G out, in, h, w)
        FleetArray biases = line(1, "torch.flatten", fleet(bias).name);
        return apart(line(
                rank,
                "torch.conv2d",
                together().name,
                kernels.name,
                biases.name,
                Script.list(stride, stride),
                Script.list(padding, padding),
                Script.list(1, 1),
                ScriptForm.FLEET_SIZE));
    }

    @Override
    public Array doublingConvolution(Array kernel, Array bias, int rows, int columns, int height, int width) {
        FleetArray turned = fleet(kernel.transpose(1, 0, 2, 3)); // (G, in, out, 3, 3)
        FleetArray kernels = line(rank, "torch.flatten", turned.name, 0, 1); // (G in, out, 3, 3)
        FleetArray biases = line(1, "torch.flatten", fleet(bias).name);
        return apart(line(
                rank,
                "torch.conv_transpose2d",
                together().name,
                kernels.name,
                biases.name,
                Script.list(2, 2),
                Script.list(1, 1),
                Script.list(height - 2L * rows + 1, width - 2L * columns + 1),
                ScriptForm.FLEET_SIZE));
    }

    /** Components as groups of channels: (G, B, C, H, W) -> (B, G C, H, W). */
    private FleetArray together() {
        FleetArray exchanged = line(rank, "torch.transpose", name, 0, 1);
        return line(rank, "torch.flatten", exchanged.name, 1, 2);
    }

    /** (B, G C, H, W) -> (G, B, C, H, W). */
    private FleetArray apart(FleetArray groups) {
        FleetArray components = line(rank, "torch.unflatten", groups.name, 1, "[" + ScriptForm.FLEET_SIZE + ", -1]");
        return line(rank, "torch.transpose", components.name, 0, 1);
    }
}
