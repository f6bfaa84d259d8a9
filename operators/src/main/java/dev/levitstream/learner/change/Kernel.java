package dev.levitstream.learner.change;

/**
 * The Gaussian kernel k(a, b) = exp(-|a - b|^2 / width) of whitened projections.
 *
 * <p>Its width is about the mean squared distance of two images of one world: 2 d for d values of unit variance, times
 * n / (n - d - 2) since the covariance was estimated from n others.
 */
final class Kernel {
    private static final double WIDTH =
            2.0 * RandomProjection.SIZE * ChangeDetector.FIRST / (ChangeDetector.FIRST - RandomProjection.SIZE - 2);

    private Kernel() {}

    static double of(float[] a, float[] b) {
        return StrictMath.exp(-squaredDistance(a, b)); // Math.exp may differ between processors
    }

    /** In units of the kernel's width. */
    static double squaredDistance(float[] a, float[] b) {
        float p = 0;
        float q = 0;
        float r = 0;
        float s = 0;
        for (int i = 0; i < a.length; i += 4) { // four sums: in one, each addition waits for the one before
            float first = a[i] - b[i];
            float second = a[i + 1] - b[i + 1];
            float third = a[i + 2] - b[i + 2];
            float fourth = a[i + 3] - b[i + 3];
            p += first * first;
            q += second * second;
            r += third * third;
            s += fourth * fourth;
        }
        return ((p + q) + (r + s)) / WIDTH;
    }
}
