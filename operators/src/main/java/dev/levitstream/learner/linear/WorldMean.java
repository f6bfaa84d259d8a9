package dev.levitstream.learner.linear;

import dev.levitstream.nn.model.LinearHead;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where the images of one component lie: the mean M of their features, and W = A M with the matrix A of the head's last
 * solution; for linear discriminant analysis that is the inverse covariance within groups.
 *
 * @param mean M
 * @param solved W
 */
record WorldMean(double[] mean, double[] solved) {
    /** Of a component's groups that are solved for; none if there is none. */
    private static Optional<WorldMean> of(int component, List<FeatureGroup> groups, LinearHead head) {
        List<FeatureGroup> own = groups.stream()
                .filter(group -> group.component == component && group.isSolved())
                .toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        double images = own.stream().mapToLong(group -> group.count).sum();
        int width = own.get(0).sum.length;
        WorldMean world = new WorldMean(new double[width], new double[width]);
        for (FeatureGroup group : own) {
            double share = group.count / images / head.multiple(group.count);
            for (int i = 0; i < width; i++) {
                world.mean[i] += group.sum[i] / images;
                world.solved[i] += share * group.weight[i];
            }
        }
        return Optional.of(world);
    }

    /** Squared distance in the metric A, (M_a - M_b)' (W_a - W_b): that of Mahalanobis for discriminant analysis. */
    private double squaredDistance(WorldMean other) {
        double sum = 0;
        for (int i = 0; i < mean.length; i++) {
            sum += (mean[i] - other.mean[i]) * (solved[i] - other.solved[i]);
        }
        return sum;
    }

    /** The other component whose images lie nearest, the earliest of equals; none where there is none. */
    static OptionalInt nearest(int component, List<FeatureGroup> groups, LinearHead head) {
        Optional<WorldMean> own = of(component, groups, head);
        if (own.isEmpty()) {
            return OptionalInt.empty();
        }
        List<Integer> others = groups.stream()
                .map(group -> group.component)
                .filter(other -> other != component)
                .distinct()
                .sorted()
                .toList();
        OptionalInt best = OptionalInt.empty();
        double least = Double.POSITIVE_INFINITY;
        for (int other : others) {
            double distance =
                    of(other, groups, head).map(own.get()::squaredDistance).orElse(Double.POSITIVE_INFINITY);
            if (distance < least) {
                least = distance;
                best = OptionalInt.of(other);
            }
        }
        return best;
    }
}
