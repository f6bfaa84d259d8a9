/**
 * Functions of arrays as graphs, their gradients, and their print as TorchScript.
 *
 * <p>To add an op, write one method in the interface of its group ({@code Elementwise}, {@code Reduction},
 * {@code Structure}, {@code MatrixProduct}, {@code Attention}, {@code Normalization}, {@code Convolution}) and one line
 * in {@code OpGradientTest}. The method names the engine's function with its arguments, which is the print; the shape
 * of the result; its {@code Layout}, {@code UNKNOWN} where in doubt; and the rule by which a gradient passes back:
 *
 * <pre>{@code
 * default Array cumulativeSum(int axis) {
 *     Array x = self();
 *     return x.call(x.shape(), Layout.UNKNOWN, "torch.cumsum", axis)
 *             .differentiable((y, dy, to) -> to.add(x, flip(flip(dy, axis).cumulativeSum(axis), axis)));
 * }
 * }</pre>
 *
 * <p>An op that is made of others needs no rule ({@code Attention.attention}). A function whose last bit depends on
 * which instructions compute it, as all that approximate do, must go through {@code Elementwise.approximate}.
 *
 * <p>A {@link dev.levitstream.nn.graph.Graph} simplifies as it records: equal ops on equal arrays are one array,
 * transposes of transposes go, what lies row by row is not copied to lie so. Each line of a script costs about a
 * microsecond, whatever it does. To train, an op may choose a form that has a faster gradient: attention without keys
 * ({@code FoldedAttention}) or head by head, convolutions by matrix products. Which, depends on the library of matrix
 * products, {@link dev.levitstream.nn.engine.MatMul}, and on the number of images.
 *
 * <p>Why gradients are written here and not left to the engine: its backward pass cannot go through oneDNN's products,
 * which take half the time of the default library's on processors of another maker than that library's.
 *
 * <p>Why the optimizer is in the script, too ({@link dev.levitstream.nn.graph.FusedAdam}): gradients and parameters
 * then never leave native memory.
 */
@NullMarked
package dev.levitstream.nn.graph;

import org.jspecify.annotations.NullMarked;
