package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import java.util.List;

/**
 * Adam (Kingma and Ba 2015) with moments that are ours, so that they can be stored: m = b1 m + (1 - b1) g, v = b2 v +
 * (1 - b2) g^2, p = p - lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps), eps = 1e-8.
 *
 * <p>A script updates right after its backward pass, in native memory ({@link Program#update}); what is here in plain
 * Java does the same and is its oracle. Owns the moments. Not thread-safe.
 */
public final class Adam implements AutoCloseable {
    static final double EPSILON = 1e-8;
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

    float beta1() {
        return beta1;
    }

    float beta2() {
        return beta2;
    }

    /** The same optimizer over a wider layout; the moments of what joins start at 0. This one is closed. */
    public Adam moved(NDManager owner, ParameterLayout from, ParameterLayout to) {
        float[] first = new float[to.size()];
        float[] second = new float[to.size()];
        from.moveInto(Tensors.read(m), to, first);
        from.moveInto(Tensors.read(v), to, second);
        close();
        return new Adam(owner, first, second, updates, beta1, beta2);
    }

    /**
     * One update of {@code p} against gradient {@code g}.
     *
     * @param p (size), changed
     * @param g (size)
     * @param rates learning rate of each range of parameters; the ranges must cover all
     */
    public void update(NDArray p, float[] g, List<Rate> rates) {
        double correction2 = Math.sqrt(1 - StrictMath.pow(beta2, updates + 1.0));
        double correction1 = 1 - StrictMath.pow(beta1, updates + 1.0);
        float epsilon = (float) (EPSILON * correction2);
        float[] values = Tensors.read(p);
        float[] first = Tensors.read(m);
        float[] second = Tensors.read(v);
        for (Rate rate : rates) {
            float step = (float) (rate.value() * correction2 / correction1);
            for (int i = rate.from(); i < rate.to(); i++) {
                first[i] = first[i] * beta1 + g[i] * (1 - beta1);
                second[i] = second[i] * beta2 + g[i] * g[i] * (1 - beta2);
                values[i] -= step * first[i] / ((float) Math.sqrt(second[i]) + epsilon);
            }
        }
        Tensors.write(values, p);
        Tensors.write(first, m);
        Tensors.write(second, v);
        updated();
    }

    /** Takes note of an update, whoever made it. */
    void updated() {
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
        boolean covers(ParameterLayout.Entry entry) {
            return from <= entry.offset() && entry.offset() + entry.size() <= to;
        }
    }
}
