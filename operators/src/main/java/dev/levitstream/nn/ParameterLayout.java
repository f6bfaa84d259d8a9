package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

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
     * @param byColumn whether it is a matrix whose values lie column by column
     */
    public record Entry(String name, Shape shape, Start start, int offset, boolean byColumn) {
        /** Number of values. */
        public int size() {
            return (int) shape.size();
        }

        /** Axes in the order of the values: the last is the one along which they lie side by side. */
        Shape stored() {
            return byColumn ? new Shape(shape.get(1), shape.get(0)) : shape;
        }

        /** The array as the network sees it, given one with the {@link #stored} axes. */
        Array seen(Array stored) {
            return byColumn ? stored.transpose(1, 0) : stored;
        }

        /** Place of the value at a row and column of a matrix by column, given its place row by row. */
        private int turned(int byRow) {
            int columns = (int) shape.get(1);
            return byRow % columns * (int) shape.get(0) + byRow / columns;
        }
    }

    /** Collects arrays in the order in which they lie in the flat vector. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private int size;

        /** Appends one array, its values row by row. */
        public Builder add(String name, Start start, long... shape) {
            return add(new Entry(name, new Shape(shape), start, size, false));
        }

        /** Appends a matrix, its values column by column. */
        public Builder addByColumn(String name, Start start, long rows, long columns) {
            return add(new Entry(name, new Shape(rows, columns), start, size, true));
        }

        private Builder add(Entry entry) {
            if (entries.put(entry.name(), entry) != null) {
                throw new IllegalStateException("parameter " + entry.name() + " is declared twice");
            }
            size += entry.size();
            return this;
        }

        /** Finishes the layout. */
        public ParameterLayout build() {
            return new ParameterLayout(new LinkedHashMap<>(entries), size);
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
        place(entry, values, flat);
    }

    /** Puts an array's values, row by row, where they belong. */
    private static void place(Entry entry, float[] values, float[] flat) {
        for (int i = 0; i < values.length; i++) {
            flat[entry.offset() + (entry.byColumn() ? entry.turned(i) : i)] = values[i];
        }
    }

    /** Values of a vector in which every matrix lies row by row, in the order of this layout. */
    public float[] fromRows(float[] rows) {
        float[] flat = new float[size];
        for (Entry entry : entries.values()) {
            place(entry, Arrays.copyOfRange(rows, entry.offset(), entry.offset() + entry.size()), flat);
        }
        return flat;
    }

    private static void scaledNormals(SplittableRandom random, float[] values, double scale) {
        Randomness.normals(random, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale);
        }
    }
}
