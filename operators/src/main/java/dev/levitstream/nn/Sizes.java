package dev.levitstream.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Sizes of an array's axes, known while a script is written but for the number of images.
 *
 * @param axes sizes in order; -m stands for m times the number of images
 */
record Sizes(List<Long> axes) {
    /** Those of an array without images, or with. */
    static Sizes of(long... axes) {
        return new Sizes(LongStream.of(axes).boxed().toList());
    }

    /** Number of axes. */
    int rank() {
        return axes.size();
    }

    /** Size of one axis. */
    long get(int axis) {
        return axes.get(axis);
    }

    /** The same values in another shape, of which one size may be -1: what is left. */
    Sizes reshaped(long... shape) {
        long values = axes.stream().mapToLong(size -> size).reduce(1, (one, other) -> one * other);
        long known = LongStream.of(shape).filter(size -> size != -1).reduce(1, (one, other) -> one * other);
        if (values % known != 0) {
            throw new IllegalArgumentException("shape=" + Arrays.toString(shape) + " must hold the values of " + axes);
        }
        return new Sizes(LongStream.of(shape)
                .map(size -> size == -1 ? values / known : size)
                .boxed()
                .toList());
    }

    /** As an operation takes a shape: -1 for what depends on the number of images. */
    long[] shape() {
        return axes.stream().mapToLong(size -> Math.max(size, -1)).toArray();
    }

    /** Axes in another order. */
    Sizes transposed(int... order) {
        return new Sizes(IntStream.of(order).mapToObj(axes::get).toList());
    }

    /** One axis less. */
    Sizes without(int axis) {
        List<Long> rest = new ArrayList<>(axes);
        rest.remove(axis);
        return new Sizes(List.copyOf(rest));
    }

    /** Another size of one axis. */
    Sizes with(int axis, long size) {
        List<Long> changed = new ArrayList<>(axes);
        changed.set(axis, size);
        return new Sizes(List.copyOf(changed));
    }

    /** Of a result of two arrays value by value, broadcast. */
    Sizes broadcast(Sizes other) {
        if (rank() < other.rank()) {
            return other.broadcast(this);
        }
        int more = rank() - other.rank();
        return new Sizes(IntStream.range(0, rank())
                .mapToObj(i -> i < more || other.get(i - more) == 1 ? get(i) : other.get(i - more))
                .toList());
    }

    /** Whether these are the last axes of another array's. */
    boolean endThoseOf(Sizes other) {
        return rank() <= other.rank() && Collections.lastIndexOfSubList(other.axes, axes) == other.rank() - rank();
    }
}
