package dev.levitstream.learner.change;

import java.util.List;

/**
 * Compares the newest of few scenes with those before. All are measured together: whitened by their common covariance
 * with a ridge of {@value #RIDGE}, their kernel as wide as their mean squared distance, and centred to K. For b newest
 * scenes and a before,
 *
 * <p>X = (1 / a + 1 / b) sum_(i, j newest) K_ij,
 *
 * <p>the squared mean discrepancy of {@link TwoSampleTest} in units of 1 / a + 1 / b. As nothing here depends on which
 * scenes are the newest, {@link NullLaw} of K holds however few there are; times 1 + 2 sum_k r_k, with r_k the
 * correlation of scenes k apart over that of scenes far apart, where scenes that follow each other are alike.
 */
final class SceneTest {
    /** Fewest scenes on the older side. */
    static final int LEAST_BEFORE = 16;
    /** Fewest scenes on the newer side. */
    static final int LEAST_NEWEST = 10;

    private static final double RIDGE = 0.5;
    /** Scenes so far apart or less may be alike. */
    private static final int NEAR = 3;
    /** Scenes from here to twice as far apart are as alike as any. */
    private static final int FAR = 8;

    private final List<float[]> whitened;
    private final double[][] centred;
    private final NullLaw law;

    /** @param scenes projections, oldest first, at least three */
    SceneTest(List<float[]> scenes) {
        Whitening whitening = Whitening.of(scenes, RIDGE);
        whitened = scenes.stream().map(whitening::whiten).toList();
        centred = kernel(whitened);
        NullLaw.centre(centred);
        law = NullLaw.ofCentred(centred).times(inflation());
    }

    /** The scenes as they are measured, in their order. */
    List<float[]> whitened() {
        return whitened;
    }

    private static double[][] kernel(List<float[]> whitened) {
        int n = whitened.size();
        double[][] kernel = new double[n][n];
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                kernel[i][j] = Kernel.squaredDistance(whitened.get(i), whitened.get(j));
                sum += kernel[i][j];
            }
        }
        double width = Math.max(2 * sum / n / (n - 1), Float.MIN_NORMAL);
        for (int i = 0; i < n; i++) {
            kernel[i][i] = 1;
            for (int j = 0; j < i; j++) {
                kernel[i][j] = StrictMath.exp(-kernel[i][j] / width);
                kernel[j][i] = kernel[i][j];
            }
        }
        return kernel;
    }

    private double inflation() {
        if (centred.length < 4 * FAR) {
            return 1;
        }
        double far = 0;
        for (int lag = FAR; lag < 2 * FAR; lag++) {
            far += correlation(lag) / FAR;
        }
        double sum = 1;
        for (int lag = 1; lag <= NEAR; lag++) {
            sum += 2 * Math.max(0, correlation(lag) - far);
        }
        return sum;
    }

    private double correlation(int lag) {
        double sum = 0;
        double own = Double.MIN_NORMAL;
        int n = centred.length;
        for (int i = 0; i < n; i++) {
            own += centred[i][i] / n;
            sum += i < lag ? 0 : centred[i][i - lag] / (n - lag);
        }
        return sum / own;
    }

    /** X of that many newest scenes. */
    double statistic(int newest) {
        int n = centred.length;
        double sum = 0;
        for (int i = n - newest; i < n; i++) {
            for (int j = n - newest; j < n; j++) {
                sum += centred[i][j];
            }
        }
        return sum * (1.0 / newest + 1.0 / (n - newest));
    }

    /** Probability of a difference as large as that of so many newest scenes, if nothing has changed. */
    double probability(int newest) {
        return law.probability(statistic(newest));
    }

    /**
     * Whether a difference of the newest scenes goes on: their newer half is nearer to their older half than to the
     * scenes before, by the mean discrepancy.
     *
     * @param newest scenes since it began, at least 4
     */
    boolean lasts(int newest) {
        int begin = centred.length - newest;
        int middle = centred.length - newest / 2;
        return nearness(middle, begin, middle) > nearness(middle, 0, begin);
    }

    /** 2 mean k(newest, others) - mean k(others, others) over different scenes; the others are a range. */
    private double nearness(int newest, int from, int to) {
        double across = 0;
        for (int i = newest; i < centred.length; i++) {
            for (int j = from; j < to; j++) {
                across += centred[i][j];
            }
        }
        double within = 0;
        for (int i = from; i < to; i++) {
            for (int j = from; j < i; j++) {
                within += 2 * centred[i][j];
            }
        }
        double size = (double) to - from;
        return 2 * across / size / (centred.length - newest) - within / size / (size - 1);
    }

    /** How many of the newest scenes (count) differ most from those before, at most so many. */
    int sinceChange(int most) {
        int n = centred.length;
        int best = LEAST_NEWEST;
        double largest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int newest = 1; newest <= Math.min(most, n - LEAST_BEFORE); newest++) {
            int from = n - newest;
            sum += centred[from][from];
            for (int j = from + 1; j < n; j++) {
                sum += 2 * centred[from][j];
            }
            double statistic = sum * (1.0 / newest + 1.0 / from);
            if (newest >= LEAST_NEWEST && statistic > largest) {
                largest = statistic;
                best = newest;
            }
        }
        return best;
    }
}
