package dev.levitstream.nn.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * Between Java arrays and native ones. On the CPU values go straight into native memory, so that no Java direct buffer
 * is left to the garbage collector; on other devices they are copied.
 */
public final class Tensors {
    private Tensors() {}

    /** A new array that holds {@code values}; it belongs to {@code scope}. */
    public static NDArray of(NDManager scope, float[] values, Shape shape) {
        Check.that(shape.size() == values.length, "values.length", values.length, "must be the size of " + shape);
        NDArray array = scope.create(shape);
        write(values, array);
        return array;
    }

    /** An array of a scope in double precision. */
    public static NDArray ofDoubles(NDManager scope, double[] values, Shape shape) {
        NDArray array = scope.create(shape, DataType.FLOAT64);
        if (onCpu(array)) {
            array.toByteBuffer(true).asDoubleBuffer().put(values);
        } else {
            array.set(DoubleBuffer.wrap(values));
        }
        return array;
    }

    /** A square matrix in double precision whose lower triangle is given row by row; the rest is 0. */
    public static NDArray ofTriangle(NDManager scope, double[] rows, int width) {
        NDArray square = scope.zeros(new Shape(width, width), DataType.FLOAT64);
        DoubleBuffer values =
                onCpu(square) ? square.toByteBuffer(true).asDoubleBuffer() : DoubleBuffer.allocate(width * width);
        for (int i = 0, at = 0; i < width; at += ++i) {
            values.put(i * width, rows, at, i + 1);
        }
        if (!onCpu(square)) {
            square.set(values);
        }
        return square;
    }

    /**
     * A scalar that lives as long as {@code scope}, which must outlast the backward pass (see the package
     * documentation).
     */
    public static NDArray constant(NDManager scope, double value) {
        return of(scope, new float[] {(float) value}, new Shape(1));
    }

    /**
     * Attaches an array to a scope until that closes, so that what is computed from it belongs there too; more than
     * once is as good as once.
     */
    public static void lend(NDArray array, NDManager scope) {
        if (array.getManager() != scope) {
            array.tempAttach(scope);
        }
    }

    /** Overwrites an array's values. */
    public static void write(float[] values, NDArray array) {
        if (onCpu(array)) {
            native32(array).put(values);
        } else {
            array.set(FloatBuffer.wrap(values));
        }
    }

    /** Copies an array's values out; {@code out} must have its size. */
    public static void read(NDArray array, float[] out) {
        native32(array).get(out);
    }

    /** Copies all {@code count} values of an array to {@code out}, from {@code at} on. */
    public static void read(NDArray array, float[] out, int at, int count) {
        native32(array).get(out, at, count);
    }

    /**
     * An array's values, to be read once: on a CPU those in native memory themselves, which must stay open until then.
     */
    public static FloatBuffer values(NDArray array) {
        return native32(array);
    }

    /** An array's values as a new Java array. */
    public static float[] read(NDArray array) {
        float[] out = new float[(int) array.size()];
        read(array, out);
        return out;
    }

    /** The values of an array in double precision as a new Java array. */
    public static double[] readDoubles(NDArray array) {
        double[] out = new double[(int) array.size()];
        array.toByteBuffer(onCpu(array)).asDoubleBuffer().get(out);
        return out;
    }

    private static boolean onCpu(NDArray array) {
        return !array.getDevice().isGpu();
    }

    private static FloatBuffer native32(NDArray array) {
        ByteBuffer bytes = array.toByteBuffer(onCpu(array));
        return bytes.asFloatBuffer();
    }
}
