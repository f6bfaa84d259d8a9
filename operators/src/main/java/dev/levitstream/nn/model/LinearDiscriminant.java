package dev.levitstream.nn.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.NumericException;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.engine.TorchModule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Linear discriminant analysis (Fisher 1936; Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning",
 * 4.3): groups g of count n_g around means m_g with one covariance S. The logarithm of the probability that features f
 * belong to g is, up to a constant, w_g f + b_g with w_g = S^-1 m_g and b_g = log n_g - m_g w_g / 2.
 *
 * <p>S = (sum of f f' - sum over groups of n m m') / images + max(shrinkage x mean variance, floor) x I, in double
 * precision. The floor is what rounding can make of such sums, relative to their size: images that are all the same
 * have no variance but rounding, whatever their scale. On images that differ it is never the larger of the two. Should
 * S not be definite all the same, the floor grows a hundredfold until it is, at the latest where it is as large as the
 * sums.
 */
public final class LinearDiscriminant implements LinearHead {
    private static final double ROUNDING = Math.ulp(1.0);
    private static final double GROWTH = 100;

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
                List.of("moments", "sums", "counts", "images", "least"),
                2,
                List.of(
                        "means = torch.div(sums, counts)", // (G, width)
                        "size = torch.add(torch.trace(moments), torch.sum(torch.mul(sums, means)))",
                        "floor = torch.mul(torch.div(size, images), least)",
                        "between = torch.addmm(moments, torch.t(sums), means, beta=1, alpha=-1)",
                        "within = torch.div_(between, images)",
                        "variances = torch.diagonal(within)",
                        "share = torch.mul(torch.mean(variances), " + shrinkage + ")",
                        // features that are all 0 have no size either
                        "ridge = torch.add(torch.maximum(share, floor), " + Float.MIN_NORMAL + ")",
                        "shrunk = torch.add_(variances, ridge)", // inside the covariance
                        "factor = torch.linalg_cholesky(within)", // of the lower triangle
                        "weights = torch.t(torch.cholesky_solve(torch.t(means), factor))",
                        "halves = torch.mul(torch.sum(torch.mul(means, weights), [1]), 0.5)",
                        "biases = torch.sub(torch.log(torch.squeeze(counts, 1)), halves)",
                        "return (torch.contiguous(torch.to(weights, 6)), torch.to(biases, 6))"));
    }

    @Override
    public Solution solve(Sums sums) {
        int groups = sums.counts().length;
        double[] joined = new double[groups * width];
        double[] numbers = new double[groups];
        for (int g = 0; g < groups; g++) {
            System.arraycopy(sums.sums().get(g), 0, joined, g * width, width);
            numbers[g] = sums.counts()[g];
        }
        double least = ROUNDING * (width + sums.images());
        try (NDManager scope = compute.newManager()) {
            NDList given = new NDList(
                    Tensors.ofTriangle(scope, sums.moments(), width),
                    Tensors.ofDoubles(scope, joined, new Shape(groups, width)),
                    Tensors.ofDoubles(scope, numbers, new Shape(groups, 1)),
                    Tensors.ofDoubles(scope, new double[] {sums.images()}, new Shape(1)));
            NDList found = solve(scope, given, least);
            float[] all = Tensors.read(found.get(0));
            List<float[]> weights = IntStream.range(0, groups)
                    .mapToObj(g -> Arrays.copyOfRange(all, g * width, (g + 1) * width))
                    .toList();
            return new Solution(weights, Tensors.read(found.get(1)));
        }
    }

    /** The probabilities of Gaussian groups of one covariance. */
    @Override
    public void probabilities(double[] scores) {
        LinearHead.softmax(scores);
    }

    /** @param least floor in units of the sums' size, per image */
    private NDList solve(NDManager scope, NDList given, double least) {
        NDList arguments = new NDList(given);
        arguments.add(Tensors.ofDoubles(scope, new double[] {least}, new Shape(1)));
        try {
            return GradMode.off(() -> Compute.run(compute.compile(script), arguments));
        } catch (NumericException e) {
            if (least > 1) {
                throw new NumericException("the moments of " + width + " features must be finite", e);
            }
            return solve(scope, given, least * GROWTH);
        }
    }
}
