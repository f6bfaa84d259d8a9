package dev.levitstream.nn.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.Tensors;
import dev.levitstream.nn.engine.TorchModule;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Learns filters from a few hundred images, without labels, by spherical k-means over whitened patches (Coates and Ng
 * 2012, "Learning Feature Representations with K-means"): z = L^-1 (q - m) with the mean m and the covariance C of
 * patches, L L' = C + 0.1 I. Each patch goes to the filter w_k with the largest w_k . z, and w_k becomes the direction
 * of w_k + sum of (w_k . z) z over its patches, ten times. The response to a patch is w_k . z - 0.5.
 *
 * <p>A Cholesky factor serves in place of (C + 0.1 I)^(-1/2): the two differ by a rotation, and so do their filters,
 * while the responses are the same.
 */
public final class FilterLearning {
    private static final long SEED = 0;
    /** Patches of 6 x 6 pixels in colour; there are fewer of larger ones, for they take as much memory. */
    private static final int PATCHES = 60_000;

    private static final int VALUES = PATCHES * 6 * 6 * 3;
    private static final int ROUNDS = 10;
    private static final double RIDGE = 0.1;
    /** Patches that are compared with all filters at a time; bounds the memory that takes. */
    private static final int TOGETHER = 4000;

    private static final String WHITEN = TorchModule.text(
            List.of("patches"),
            3,
            List.of(
                    "mean = torch.mean(patches, [0], True)",
                    "centred = torch.sub(patches, mean)",
                    "products = torch.matmul(torch.t(centred), centred)",
                    "covariance = torch.to(torch.div(products, torch.size(patches, 0)), 7)",
                    "variances = torch.diagonal(covariance)",
                    "ridged = torch.add_(variances, " + RIDGE + ")", // inside the covariance
                    "inverse = torch.to(torch.inverse(torch.linalg_cholesky(covariance)), 6)",
                    "return (torch.matmul(centred, torch.t(inverse)), torch.contiguous(inverse), mean)"));

    private static final String ASSIGN = TorchModule.text(
            List.of("filters", "whitened", "numbers"),
            1,
            List.of(
                    "scores = torch.matmul(whitened, torch.t(filters))", // (n, k)
                    "best = torch.amax(scores, [1], True)",
                    // the first of equals: what is left to the others is 0
                    "mine = torch.eq(torch.unsqueeze(torch.argmax(scores, 1), 1), numbers)",
                    "shares = torch.mul(torch.to(mine, 6), best)",
                    "return (torch.matmul(torch.t(shares), whitened),)"));

    private static final String MOVE = TorchModule.text(
            List.of("filters", "sums"),
            1,
            List.of(
                    "moved = torch.add(filters, sums)",
                    "lengths = torch.sqrt(torch.sum(torch.mul(moved, moved), [1], True))",
                    "return (torch.div(moved, lengths),)"));

    private static final String UNWHITEN = TorchModule.text(
            List.of("filters", "inverse", "mean"),
            2,
            List.of(
                    "weights = torch.matmul(filters, inverse)",
                    "return (torch.contiguous(weights), torch.sum(torch.mul(weights, mean), [1]))"));

    private final PatchGrid grid;
    private final int filters;
    private final Compute compute;

    /**
     * @param image shape of the images
     * @param filters count, at least 1
     */
    public FilterLearning(ImageShape image, int filters, Compute compute) {
        this.grid = new PatchGrid(image);
        this.filters = filters;
        this.compute = compute;
    }

    /** The filters of some images, at least one: the same for the same images in the same order. */
    public PatchFilters learn(List<byte[]> images) {
        SplittableRandom random = Randomness.at(SEED, Randomness.Purpose.INITIALISE, filters);
        try (NDManager scope = compute.newManager()) {
            return GradMode.off(() -> learn(scope, images, random));
        }
    }

    private PatchFilters learn(NDManager scope, List<byte[]> images, SplittableRandom random) {
        int patches = Math.min(PATCHES, VALUES / grid.values());
        NDArray drawn = Tensors.of(scope, draw(images, patches, random), new Shape(patches, grid.values()));
        NDList whitened = Compute.run(compute.compile(WHITEN), new NDList(drawn));
        List<NDArray> parts = new ArrayList<>();
        for (long from = 0; from < patches; from += TOGETHER) {
            parts.add(whitened.get(0).get(from + ":" + Math.min(patches, from + TOGETHER)));
        }
        NDArray moving = directions(scope, random);
        for (int round = 0; round < ROUNDS; round++) {
            moving = moved(scope, moving, parts);
        }
        NDList found = Compute.run(compute.compile(UNWHITEN), new NDList(moving, whitened.get(1), whitened.get(2)));
        float[][] rows = rows(Tensors.read(found.get(0)));
        float[] biases = Tensors.read(found.get(1));
        for (int k = 0; k < filters; k++) {
            biases[k] = -biases[k] - PatchFilters.THRESHOLD;
        }
        return PatchFilters.ofRows(rows, biases);
    }

    /** Patches of one image after the other, at places drawn with replacement. */
    private float[] draw(List<byte[]> images, int patches, SplittableRandom random) {
        float[] drawn = new float[patches * grid.values()];
        float[] patch = new float[grid.values()];
        for (int n = 0; n < patches; n++) {
            byte[] pixels = images.get(n % images.size());
            float scale = grid.gather(pixels, random.nextInt(grid.places()), patch);
            grid.normalise(patch, scale);
            System.arraycopy(patch, 0, drawn, n * patch.length, patch.length);
        }
        return drawn;
    }

    private NDArray directions(NDManager scope, SplittableRandom random) {
        float[] values = new float[filters * grid.values()];
        Randomness.normals(random, values);
        NDArray start = Tensors.of(scope, values, new Shape(filters, grid.values()));
        NDArray nothing = scope.zeros(start.getShape());
        return Compute.run(compute.compile(MOVE), new NDList(start, nothing)).get(0);
    }

    private NDArray moved(NDManager scope, NDArray from, List<NDArray> parts) {
        NDArray numbers = scope.arange(filters);
        NDArray sums = scope.zeros(from.getShape());
        for (NDArray part : parts) {
            NDArray sum = Compute.run(compute.compile(ASSIGN), new NDList(from, part, numbers))
                    .get(0);
            sums.addi(sum);
            sum.close();
        }
        return Compute.run(compute.compile(MOVE), new NDList(from, sums)).get(0);
    }

    private float[][] rows(float[] values) {
        float[][] rows = new float[filters][grid.values()];
        for (int k = 0; k < filters; k++) {
            System.arraycopy(values, k * grid.values(), rows[k], 0, grid.values());
        }
        return rows;
    }
}
