package dev.levitstream.nn.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Shape of an array, known while a graph is built but for the number of images.
 *
 * @param axes sizes in order; -m stands for m times the number of images
 */
public record SymbolicShape(List<Long> axes) {
    public SymbolicShape {
        axes = List.copyOf(axes);
    }

    /** A shape by its sizes. */
    public static SymbolicShape of(long... axes) {
        return new SymbolicShape(LongStream.of(axes).boxed().toList());
    }

    /** Number of axes. */
    public int rank() {
        return axes.size();
    }

    /** Size of one axis. */
    public long get(int axis) {
        return axes.get(axis);
    }

    /** Number of values; negative, in units of the number of images, where it depends on that. */
    long size() {
        return axes.stream().mapToLong(size -> size).reduce(1, (one, other) -> one * other);
    }

    /** Whether axis 0 counts images. */
    boolean isBatch() {
        return rank() > 0 && get(0) < 0;
    }

    /**
     * The same values in another shape, of which one size may be -1: what is left.
     *
     * @throws IllegalArgumentException if that many values do not fit
     */
    SymbolicShape reshaped(long... shape) {
        long known = LongStream.of(shape).filter(size -> size != -1).reduce(1, (one, other) -> one * other);
        boolean left = LongStream.of(shape).anyMatch(size -> size == -1);
        if (left ? size() % known != 0 : size() != known) {
            throw new IllegalArgumentException("shape=" + Arrays.toString(shape) + " must hold the values of " + axes);
        }
        return of(LongStream.of(shape)
                .map(size -> size == -1 ? size() / known : size)
                .toArray());
    }

    /** As the engine takes a shape: -1 for what depends on the number of images. */
    List<Long> sizes() {
        return axes.stream().map(size -> Math.max(size, -1)).toList();
    }

    /** Axes in another order. */
    SymbolicShape permuted(int... order) {
        return new SymbolicShape(IntStream.of(order).mapToObj(axes::get).toList());
    }

    /** One axis less. */
    SymbolicShape without(int axis) {
        List<Long> rest = new ArrayList<>(axes);
        rest.remove(axis);
        return new SymbolicShape(rest);
    }

    /** One axis more, of size {@code size}. */
    SymbolicShape insert(int axis, long size) {
        List<Long> more = new ArrayList<>(axes);
        more.add(axis, size);
        return new SymbolicShape(more);
    }

    /** Another size of one axis. */
    public SymbolicShape with(int axis, long size) {
        List<Long> changed = new ArrayList<>(axes);
        changed.set(axis, size);
        return new SymbolicShape(changed);
    }

    /** Shape of a result of two arrays value by value, broadcast from the last axis. */
    SymbolicShape broadcast(SymbolicShape other) {
        if (rank() < other.rank()) {
            return other.broadcast(this);
        }
        int more = rank() - other.rank();
        return new SymbolicShape(IntStream.range(0, rank())
                .mapToObj(i -> i < more || other.get(i - more) == 1 ? get(i) : other.get(i - more))
                .toList());
    }

    /** Whether these are the last axes of another shape. */
    boolean isSuffixOf(SymbolicShape other) {
        return rank() <= other.rank() && Collections.lastIndexOfSubList(other.axes, axes) == other.rank() - rank();
    }
}
