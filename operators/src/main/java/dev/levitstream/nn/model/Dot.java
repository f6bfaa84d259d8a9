package dev.levitstream.nn.model;

/** Inner products in plain Java. */
public final class Dot {
    private Dot() {}

    /**
     * Of two arrays of one length; four sums side by side, for in a single one each addition waits for the one before.
     */
    public static float of(float[] w, float[] x) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = 0;
        for (; i + 4 <= x.length; i += 4) {
            a += w[i] * x[i];
            b += w[i + 1] * x[i + 1];
            c += w[i + 2] * x[i + 2];
            d += w[i + 3] * x[i + 3];
        }
        for (; i < x.length; i++) {
            a += w[i] * x[i];
        }
        return (a + b) + (c + d);
    }
}
