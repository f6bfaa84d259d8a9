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
        float sum = 0;
        float other = 0;
        for (int i = 0; i < a.length; i += 2) { // two sums: in one, each addition waits for the one before
            float first = a[i] - b[i];
            float second = a[i + 1] - b[i + 1];
            sum += first * first;
            other += second * second;
        }
        return (sum + other) / WIDTH;
    }
}
