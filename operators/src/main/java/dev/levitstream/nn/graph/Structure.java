package dev.levitstream.nn.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Ops that move values and compute none. */
sealed interface Structure extends Expression permits Array {
    /** The same values in another shape. */
    default Array reshape(long... sizes) {
        Array x = self();
        List<Long> list = LongStream.of(sizes).boxed().toList();
        return x.keep(x.shape().reshaped(sizes), "torch.reshape", list)
                .differentiable((y, dy, to) ->
                        to.add(x, dy.keep(x.shape(), "torch.reshape", x.shape().sizes())));
    }

    /** Axes in another order. */
    default Array transpose(int... axes) {
        int[] back = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            back[axes[i]] = i;
        }
        Array x = self();
        return x.permuted(axes).differentiable((y, dy, to) -> to.add(x, dy.permuted(back)));
    }

    /** Both, one after the other along an axis. */
    default Array concat(Array other, int axis) {
        Array x = self();
        long own = x.shape().get(axis);
        long others = other.shape().get(axis);
        return Array.cat(List.of(x, other), axis).differentiable((y, dy, to) -> {
            to.add(x, dy.narrow(axis, 0, own));
            to.add(other, dy.narrow(axis, own, others));
        });
    }

    /** Parts of equal size along an axis, in their order. */
    default List<Array> split(int axis, long size) {
        Array x = self();
        SymbolicShape part = x.shape().with(axis, size);
        Array all = x.call(SymbolicShape.of(), Layout.UNKNOWN, "torch.split", size, axis);
        List<Array> parts = IntStream.range(0, (int) (x.shape().get(axis) / size))
                .mapToObj(i -> all.element(i, part))
                .toList();
        all.differentiable((y, dy, to) ->
                to.add(x, Array.cat(parts.stream().map(to::at).toList(), axis)));
        return parts;
    }

    /** A part along an axis: so many from one on. */
    default Array part(int axis, long from, long count) {
        Array x = self();
        long[] zeros = new long[2 * (x.shape().rank() - axis)]; // of the last axis first
        zeros[zeros.length - 2] = from;
        zeros[zeros.length - 1] = x.shape().get(axis) - from - count;
        return x.narrow(axis, from, count).differentiable((y, dy, to) -> to.add(x, dy.padded(zeros)));
    }

    /**
     * The same values for each image: (...) -> (B, ...).
     *
     * @param images any array whose axis 0 counts the images
     */
    default Array repeatedFor(Array images) {
        Array x = self();
        List<Object> sizes = new ArrayList<>(x.shape().axes());
        sizes.add(0, Op.Call.of("torch.size", images, 0));
        SymbolicShape shape = x.shape().insert(0, images.shape().get(0));
        return x.call(shape, Layout.UNKNOWN, "torch.expand", sizes).differentiable((y, dy, to) -> to.add(x, dy));
    }

    /** Arrays of one shape along a new axis. */
    static Array stack(List<Array> parts, int axis) {
        return Array.stack(parts, axis).differentiable((y, dy, to) -> {
            for (int i = 0; i < parts.size(); i++) {
                to.add(parts.get(i), dy.select(axis, i));
            }
        });
    }
}
