package dev.levitstream.nn.model;

import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Names, shapes and places of the arrays inside one flat parameter vector. Immutable. */
public final class ParameterLayout {
    /**
     * One array.
     *
     * @param name dotted, unique in its layout
     * @param shape its axes, as the network sees them
     * @param initializer of its values
     * @param offset place of its first value in the flat vector
     * @param order of its axes in memory: along the last one the values lie side by side
     */
    public record Entry(String name, Shape shape, Initializer initializer, int offset, List<Integer> order) {
        /** Number of values. */
        public int size() {
            return (int) shape.size();
        }

        /** Whether the values lie in the order of the axes that the network sees. */
        public boolean isRowMajor() {
            return order.equals(rowMajor(shape.dimension()));
        }

        /** Axes in the order of the values. */
        Shape stored() {
            return new Shape(order.stream().mapToLong(shape::get).toArray());
        }

        /** Axes as the network sees them, in terms of {@link #stored}. */
        int[] toSeen() {
            return IntStream.range(0, order.size()).map(order::indexOf).toArray();
        }

        /** Place in the flat vector of the value with these indices, one for each axis that the network sees. */
        public int place(int... indices) {
            int place = 0;
            for (int axis : order) {
                place = place * (int) shape.get(axis) + indices[axis];
            }
            return offset + place;
        }

        /** Puts values that are given row by row where they belong. */
        private void put(float[] values, float[] flat) {
            if (isRowMajor()) {
                System.arraycopy(values, 0, flat, offset, values.length);
                return;
            }
            int[] indices = new int[order.size()];
            for (float value : values) {
                flat[place(indices)] = value;
                for (int axis = indices.length - 1; axis >= 0; axis--) {
                    indices[axis] = (indices[axis] + 1) % (int) shape.get(axis);
                    if (indices[axis] > 0) {
                        break;
                    }
                }
            }
        }

        private static List<Integer> rowMajor(int axes) {
            return IntStream.range(0, axes).boxed().toList();
        }
    }

    /** Collects arrays in the order in which they lie in the flat vector. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private long size;

        /** Appends one array, its values row by row. */
        public Builder add(String name, Initializer initializer, long... shape) {
            return add(name, initializer, Entry.rowMajor(shape.length), shape);
        }

        /** Appends one array with its axes in another order in memory: along the last one values lie side by side. */
        public Builder add(String name, Initializer initializer, List<Integer> order, long... shape) {
            int offset = (int) Math.min(size, Integer.MAX_VALUE); // of more than fit, only the count is asked for
            Entry entry = new Entry(name, new Shape(shape), initializer, offset, List.copyOf(order));
            if (entries.put(entry.name(), entry) != null) {
                throw new IllegalStateException("parameter " + entry.name() + " is declared twice");
            }
            size += entry.shape().size();
            return this;
        }

        /** Values so far; it may be more than a layout can have. */
        public long size() {
            return size;
        }

        /**
         * Finishes the layout.
         *
         * @throws IllegalArgumentException if it has more values than an array holds
         */
        public ParameterLayout build() {
            Check.that(size <= Integer.MAX_VALUE, "parameters", size, "must be at most " + Integer.MAX_VALUE);
            return new ParameterLayout(new LinkedHashMap<>(entries), (int) size);
        }
    }

    private final Map<String, Entry> entries;
    private final int size;

    private ParameterLayout(Map<String, Entry> entries, int size) {
        this.entries = entries;
        this.size = size;
    }

    /** Values in the flat vector. */
    public int size() {
        return size;
    }

    /** The arrays in their order. */
    public List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    /** One array's place; it must exist. */
    public Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw new IllegalStateException("parameter " + name + " is not in the layout " + entries.keySet());
        }
        return entry;
    }

    /** Whether an array of that name exists. */
    public boolean contains(String name) {
        return entries.containsKey(name);
    }

    /**
     * Moves values into the places of a layout whose arrays are the same or longer along their first axis; the rest of
     * {@code target} stays as it is.
     */
    public void moveInto(float[] values, ParameterLayout wider, float[] target) {
        for (Entry entry : entries.values()) {
            System.arraycopy(
                    values, entry.offset(), target, wider.entry(entry.name()).offset(), entry.size());
        }
    }

    /** The same, with 0 for the rest. */
    public float[] movedInto(float[] values, ParameterLayout wider) {
        float[] moved = new float[wider.size()];
        moveInto(values, wider, moved);
        return moved;
    }

    /** Fills a flat vector with starting values; the same generator gives the same bits. */
    public float[] initialise(SplittableRandom random) {
        float[] flat = new float[size];
        for (Entry entry : entries.values()) {
            float[] values = new float[entry.size()];
            entry.initializer().fill(values, entry.shape(), random);
            entry.put(values, flat);
        }
        return flat;
    }

    /**
     * Puts values in the order of this layout.
     *
     * @param values the same arrays one after the other, some of them row by row
     * @param rowByRow which
     */
    public void order(float[] values, Predicate<Entry> rowByRow) {
        for (Entry entry : entries.values()) {
            if (rowByRow.test(entry)) {
                entry.put(Arrays.copyOfRange(values, entry.offset(), entry.offset() + entry.size()), values);
            }
        }
    }
}
