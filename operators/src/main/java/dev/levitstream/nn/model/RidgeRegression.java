package dev.levitstream.nn.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.engine.TorchModule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ridge regression from features to the groups' one-hot codes (Hoerl and Kennard 1970; as a head over fixed features
 * McDonnell et al. 2023, "RanPAC"): w_g = (G + r I)^-1 q_g with G the sum of f f' over all images and q_g the sum of f
 * over group g, in double precision; r = ridge x mean of G's diagonal. Scores are least-squares estimates of the
 * probabilities.
 */
public final class RidgeRegression implements LinearHead {
    private final Compute compute;
    private final int width;
    private final String script;

    /**
     * @param width features (count)
     * @param ridge in units of the features' mean sum of squares, positive
     */
    public RidgeRegression(Compute compute, int width, double ridge) {
        this.compute = compute;
        this.width = width;
        this.script = TorchModule.text(
                List.of("moments", "sums"),
                1,
                List.of(
                        "squares = torch.diagonal(moments)",
                        // features that are all 0 have no size either
                        "ridge = torch.add(torch.mul(torch.mean(squares), " + ridge + "), " + Float.MIN_NORMAL + ")",
                        "shrunk = torch.add_(squares, ridge)", // inside the moments
                        "factor = torch.linalg_cholesky(moments)", // of the lower triangle
                        "weights = torch.t(torch.cholesky_solve(torch.t(sums), factor))",
                        "return (torch.contiguous(torch.to(weights, 6)),)"));
    }

    @Override
    public Solution solve(Sums sums) {
        int groups = sums.counts().length;
        double[] joined = new double[groups * width];
        for (int g = 0; g < groups; g++) {
            System.arraycopy(sums.sums().get(g), 0, joined, g * width, width);
        }
        try (NDManager scope = compute.newManager()) {
            NDList given = new NDList(
                    Tensors.ofTriangle(scope, sums.moments(), width),
                    Tensors.ofDoubles(scope, joined, new Shape(groups, width)));
            NDList found = GradMode.off(() -> Compute.run(compute.compile(script), given));
            float[] all = Tensors.read(found.get(0));
            List<float[]> weights = IntStream.range(0, groups)
                    .mapToObj(g -> Arrays.copyOfRange(all, g * width, (g + 1) * width))
                    .toList();
            return new Solution(weights, new float[groups]);
        }
    }

    /** Estimates below 0 count as 0; where none is above, all are equally likely. */
    @Override
    public void probabilities(double[] scores) {
        double total = 0;
        for (int g = 0; g < scores.length; g++) {
            scores[g] = Math.max(0, scores[g]);
            total += scores[g];
        }
        for (int g = 0; g < scores.length; g++) {
            scores[g] = total > 0 ? scores[g] / total : 1.0 / scores.length;
        }
    }
}
