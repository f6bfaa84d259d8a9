package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.levitstream.common.Check;
import dev.levitstream.common.Randomness;
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
    /** How an array starts. */
    public enum Start {
        ZERO,
        ONE,
        /** N(0, 0.02 squared), as in the ViT parts of the authors' sibling code. */
        SMALL_NORMAL,
        /** Uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010); in and out are the last two axes of a matrix. */
        GLOROT,
        /**
         * N(0, 2 / in) (He et al. 2015); in is the product of all axes but the first, as a convolution's weight has
         * them.
         */
        HE
    }

    /**
     * One array.
     *
     * @param name dotted, unique in its layout
     * @param shape its axes, as the network sees them
     * @param start how it starts
     * @param offset place of its first value in the flat vector
     * @param order of its axes in memory: along the last one the values lie side by side
     */
    public record Entry(String name, Shape shape, Start start, int offset, List<Integer> order) {
        /** Number of values. */
        public int size() {
            return (int) shape.size();
        }

        /** Whether the values lie in the order of the axes that the network sees. */
        public boolean rowByRow() {
            return order.equals(rowByRow(shape.dimension()));
        }

        /** Axes in the order of the values. */
        Shape stored() {
            return new Shape(order.stream().mapToLong(shape::get).toArray());
        }

        /** The array as the network sees it, given one with the {@link #stored} axes. */
        Array seen(Array stored) {
            int[] back = IntStream.range(0, order.size()).map(order::indexOf).toArray();
            return rowByRow() ? stored : stored.transpose(back);
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
            if (rowByRow()) {
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

        private static List<Integer> rowByRow(int axes) {
            return IntStream.range(0, axes).boxed().toList();
        }
    }

    /** Collects arrays in the order in which they lie in the flat vector. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private long size;

        /** Appends one array, its values row by row. */
        public Builder add(String name, Start start, long... shape) {
            return add(name, start, Entry.rowByRow(shape.length), shape);
        }

        /** Appends one array with its axes in another order in memory: along the last one values lie side by side. */
        public Builder add(String name, Start start, List<Integer> order, long... shape) {
            int offset = (int) Math.min(size, Integer.MAX_VALUE); // of more than fit, only the count is asked for
            Entry entry = new Entry(name, new Shape(shape), start, offset, List.copyOf(order));
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
    private final long[] sizes;

    private ParameterLayout(Map<String, Entry> entries, int size) {
        this.entries = entries;
        this.size = size;
        this.sizes = entries.values().stream().mapToLong(Entry::size).toArray();
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
     * Views of the flat vector, one per array; no copy.
     *
     * @param flat (size) float32; borrowed; the views belong to its manager
     */
    Parameters split(NDArray flat) {
        NDList parts = JniUtils.split((PtNDArray) flat, sizes, 0);
        Map<String, Array> views = new LinkedHashMap<>();
        int i = 0;
        for (Entry entry : entries.values()) {
            views.put(entry.name(), entry.seen(new EngineArray(parts.get(i++).reshape(entry.stored()))));
        }
        return name -> {
            Array view = views.get(name);
            if (view == null) {
                throw new IllegalStateException("parameter " + name + " is not among " + views.keySet());
            }
            return view;
        };
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

    /** Fills a flat vector with starting values; the same generator gives the same bits. */
    public float[] initialise(SplittableRandom random) {
        float[] flat = new float[size];
        for (Entry entry : entries.values()) {
            initialise(entry, random, flat);
        }
        return flat;
    }

    private static void initialise(Entry entry, SplittableRandom random, float[] flat) {
        long[] axes = entry.shape().getShape();
        float[] values = new float[entry.size()];
        switch (entry.start()) {
            case ZERO -> {}
            case ONE -> Arrays.fill(values, 1);
            case SMALL_NORMAL -> scaledNormals(random, values, 0.02);
            case HE -> scaledNormals(random, values, Math.sqrt(2.0 * axes[0] / entry.size()));
            case GLOROT -> {
                double bound = Math.sqrt(6.0 / (axes[axes.length - 2] + axes[axes.length - 1]));
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
                }
            }
        }
        entry.put(values, flat);
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

    private static void scaledNormals(SplittableRandom random, float[] values, double scale) {
        Randomness.normals(random, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale);
        }
    }
}
