package dev.levitstream.nn.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import java.util.function.UnaryOperator;

/**
 * Adam (Kingma and Ba 2015) with moments that are ours, so that they can be stored: m = b1 m + (1 - b1) g, v = b2 v +
 * (1 - b2) g^2, p = p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps), eps = 1e-8.
 *
 * <p>A script makes the update right after the gradient, in native memory. Owns the moments. Not thread-safe.
 */
public final class Adam implements AutoCloseable {
    /** eps. */
    public static final double EPSILON = 1e-8;
    /**
     * Added and taken away again, these turn what is near a denormal number into 0: first moments under 6e-33, second
     * ones under 6e-38. Denormal moments of dead units make an update 20 times slower.
     */
    private static final float FLUSH_FIRST = 1e-25f;

    private static final float FLUSH_SECOND = 1e-30f;
    /**
     * Updates (count) in which a first moment that decays by half each time gets from the bound to a denormal number.
     */
    private static final int FLUSH_PERIOD = 16;

    private final float beta1;
    private final float beta2;
    private final NDArray m;
    private final NDArray v;
    private long updates;

    /**
     * @param owner of the moments
     * @param size number of parameters
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     */
    public Adam(NDManager owner, int size, double beta1, double beta2) {
        this(owner, new float[size], new float[size], 0, beta1, beta2);
    }

    /** Goes on from stored moments. */
    public Adam(NDManager owner, float[] m, float[] v, long updates, double beta1, double beta2) {
        Check.that(m.length == v.length, "adam.moments", v.length, "must be as many as " + m.length);
        Check.that(beta1 >= 0 && beta1 < 1, "adam.beta1", beta1, "must be in [0, 1)");
        Check.that(beta2 >= 0 && beta2 < 1, "adam.beta2", beta2, "must be in [0, 1)");
        this.m = Tensors.of(owner, m, new Shape(m.length));
        this.v = Tensors.of(owner, v, new Shape(v.length));
        this.updates = updates;
        this.beta1 = (float) beta1;
        this.beta2 = (float) beta2;
    }

    /** First moments, (size); borrowed. */
    public NDArray firstMoments() {
        return m;
    }

    /** Second moments, (size); borrowed. */
    public NDArray secondMoments() {
        return v;
    }

    /** Updates so far. */
    public long updates() {
        return updates;
    }

    /** b1. */
    public float beta1() {
        return beta1;
    }

    /** b2. */
    public float beta2() {
        return beta2;
    }

    /**
     * The same optimizer of more parameters. This one is closed.
     *
     * @param widen puts moments where the old parameters lie among the new ones; those of what joins are 0
     */
    public Adam widened(NDManager owner, UnaryOperator<float[]> widen) {
        float[] first = widen.apply(Tensors.read(m));
        float[] second = widen.apply(Tensors.read(v));
        close();
        return new Adam(owner, first, second, updates, beta1, beta2);
    }

    /** Takes note of an update, whoever made it. */
    public void updated() {
        updates++;
        if (updates % FLUSH_PERIOD == 0) {
            flush(m, FLUSH_FIRST);
            flush(v, FLUSH_SECOND);
        }
    }

    private static void flush(NDArray moments, float bound) {
        float[] values = Tensors.read(moments);
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] + bound) - bound;
        }
        Tensors.write(values, moments);
    }

    @Override
    public void close() {
        m.close();
        v.close();
    }

    /**
     * Learning rate of one range of parameters.
     *
     * @param from first parameter
     * @param to one past the last
     * @param value learning rate, at least 0
     */
    public record Rate(int from, int to, double value) {
        /** Whether it is that of {@code size} parameters from {@code offset} on. */
        public boolean covers(int offset, int size) {
            return from <= offset && offset + size <= to;
        }
    }
}
