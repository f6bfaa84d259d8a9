package dev.levitstream.nn.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.engine.TorchModule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Linear discriminant analysis (Fisher 1936; Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning",
 * 4.3): groups g of count n_g around means m_g with one covariance S. With features f and means m_g counted from the
 * mean of all images, the logarithm of the probability that f belongs to g is, up to a constant, w_g f + b_g with w_g =
 * S^-1 c_g m_g and b_g = log n_g - c_g m_g w_g / 2.
 *
 * <p>The mean of a few images in many directions is mostly noise, m_g S^-1 m_g too large by about p / n_g, and without
 * a remedy a young group would be the answer to nothing. So its share c_g = max(0, 1 - p / (n_g m_g S^-1 m_g)) is kept
 * (James and Stein 1961), with p = trace(S^-1 S_0) the directions that S does not damp and S_0 the covariance as
 * measured; the trace is estimated with {@value #PROBES} fixed random vectors of signs (Hutchinson 1990).
 *
 * <p>S_0 = (sum of f f' - sum over groups of n m m') / images, S = S_0 + max(shrinkage x mean variance, floor) x I, in
 * double precision. The floor is what rounding can make of such sums, relative to their size: images that are all the
 * same have no variance but rounding, whatever their scale. On images that differ it is never the larger of the two.
 * Should S not be definite all the same, the floor grows a hundredfold until it is, at the latest where it is as large
 * as the sums.
 */
public final class LinearDiscriminant implements LinearHead {
    private static final double ROUNDING = Math.ulp(1.0);
    private static final double GROWTH = 100;
    private static final int PROBES = 4;
    private static final long SEED = 1;

    private final Compute compute;
    private final int width;
    private final String script;

    /**
     * @param width features (count)
     * @param shrinkage in units of the mean variance, positive
     */
    public LinearDiscriminant(Compute compute, int width, double shrinkage) {
        this.compute = compute;
        this.width = width;
        this.script = TorchModule.text(
                List.of("moments", "sums", "counts", "images", "offsets", "least"),
                2,
                List.of(
                        "means = torch.div(sums, counts)", // (G, width)
                        "size = torch.add(torch.trace(moments), torch.sum(torch.mul(sums, means)))",
                        "floor = torch.mul(torch.div(size, images), least)",
                        // images times the covariance, in place: a square takes longer to fetch than to compute
                        "scatter = torch.addmm_(moments, torch.t(sums), means, beta=1, alpha=-1)",
                        "squares = torch.diagonal(scatter)",
                        "share = torch.mul(torch.div(torch.mean(squares), images), " + shrinkage + ")",
                        // features that are all 0 have no size either
                        "ridge = torch.add(torch.maximum(share, floor), " + Float.MIN_NORMAL + ")",
                        "shrunk = torch.add_(squares, torch.mul(ridge, images))", // inside the scatter
                        "factor = torch.linalg_cholesky(scatter)", // of the lower triangle
                        "solved = torch.cholesky_solve(torch.mul(torch.t(offsets), images), factor)",
                        "return (torch.contiguous(torch.t(solved)), ridge)"));
    }

    @Override
    public Solution solve(Sums sums) {
        int groups = sums.counts().length;
        double[] middle = middle(sums);
        double[] joined = new double[groups * width];
        double[] offsets = new double[(groups + PROBES) * width];
        double[] numbers = new double[groups];
        for (int g = 0; g < groups; g++) {
            System.arraycopy(sums.sums().get(g), 0, joined, g * width, width);
            numbers[g] = sums.counts()[g];
            for (int i = 0; i < width; i++) {
                offsets[g * width + i] = joined[g * width + i] / numbers[g] - middle[i];
            }
        }
        SplittableRandom random = new SplittableRandom(SEED);
        for (int at = groups * width; at < offsets.length; at++) {
            offsets[at] = random.nextInt(2) * 2 - 1;
        }
        double least = ROUNDING * (width + sums.images());
        try (NDManager scope = compute.newManager()) {
            NDList given = new NDList(
                    Tensors.ofDoubles(scope, joined, new Shape(groups, width)),
                    Tensors.ofDoubles(scope, numbers, new Shape(groups, 1)),
                    Tensors.ofDoubles(scope, new double[] {sums.images()}, new Shape(1)),
                    Tensors.ofDoubles(scope, offsets, new Shape(groups + PROBES, width)));
            NDList found = solve(scope, sums.moments(), given, least);
            return solution(
                    sums.counts(),
                    middle,
                    offsets,
                    Tensors.readDoubles(found.get(0)),
                    Tensors.readDoubles(found.get(1))[0]);
        }
    }

    /** Mean of all images, (width). */
    private double[] middle(Sums sums) {
        double[] middle = new double[width];
        double images = 0;
        for (int g = 0; g < sums.counts().length; g++) {
            images += sums.counts()[g];
            for (int i = 0; i < width; i++) {
                middle[i] += sums.sums().get(g)[i];
            }
        }
        for (int i = 0; i < width; i++) {
            middle[i] /= images;
        }
        return middle;
    }

    /**
     * @param offsets of the groups' means from that of all, and probes, a row each
     * @param solved S^-1 times each of them
     */
    private Solution solution(long[] counts, double[] middle, double[] offsets, double[] solved, double ridge) {
        double trace = 0;
        for (int at = counts.length * width; at < solved.length; at++) {
            trace += offsets[at] * solved[at] / PROBES;
        }
        double directions = Math.max(0, width - ridge * trace);
        List<float[]> weights = new ArrayList<>();
        float[] biases = new float[counts.length];
        for (int g = 0; g < counts.length; g++) {
            double distance = 0;
            double level = 0;
            for (int i = 0; i < width; i++) {
                distance += offsets[g * width + i] * solved[g * width + i];
                level += middle[i] * solved[g * width + i];
            }
            double noise = directions / counts[g];
            double kept = distance > noise ? 1 - noise / distance : 0;
            float[] weight = new float[width];
            for (int i = 0; i < width; i++) {
                weight[i] = (float) (kept * solved[g * width + i]);
            }
            weights.add(weight);
            biases[g] = (float) (Math.log((double) counts[g]) - kept * (kept * distance / 2 + level));
        }
        return new Solution(weights, biases);
    }

    /** The probabilities of Gaussian groups of one covariance. */
    @Override
    public void probabilities(double[] scores) {
        LinearHead.softmax(scores);
    }

    /** @param least floor in units of the sums' size, per image */
    private NDList solve(NDManager scope, double[] moments, NDList given, double least) {
        NDList arguments = new NDList(Tensors.ofTriangle(scope, moments, width));
        arguments.addAll(given);
        arguments.add(Tensors.ofDoubles(scope, new double[] {least}, new Shape(1)));
        try {
            return GradMode.off(() -> Compute.run(compute.compile(script), arguments));
        } catch (NumericException e) {
            if (least > 1) {
                throw new NumericException("the moments of " + width + " features must be finite", e);
            }
            return solve(scope, moments, given, least * GROWTH);
        }
    }
}
