package dev.levitstream.learner.linear;

import dev.levitstream.nn.model.LinearHead;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Which two worlds differ least. With n_ay images of label y in world a, m_ay their mean and v_i the variance of
 * feature i within groups, merging worlds a and b adds to the squares of images around the means of their groups (Ward
 * 1963)
 *
 * <p>loss(a, b) = sum over labels y of both of n_ay n_by / (n_ay + n_by) sum_i (m_ayi - m_byi)^2 / v_i.
 *
 * <p>Worlds that share no label lose nothing, and merge first; of those the two whose images differ least on the whole,
 * for a label that comes to both will look alike in both. Images without a label count as one label more.
 */
final class NearestWorlds {
    private final double[] variances;
    private final List<World> worlds;

    /** A group, or a whole world: sum of features, and how many images. */
    private record Images(double[] sum, long count) {
        Images plus(Images other) {
            double[] both = sum.clone();
            for (int i = 0; i < both.length; i++) {
                both[i] += other.sum[i];
            }
            return new Images(both, count + other.count);
        }
    }

    /** All images of a world, and those of each label. */
    private record World(Images all, Map<Integer, Images> byLabel) {}

    /**
     * Two worlds.
     *
     * @param loss what merging them adds to squares
     * @param apart what it would add if there were no labels
     */
    private record Candidate(int older, int newer, double loss, double apart) {}

    /**
     * @param groups of all worlds; borrowed
     * @param sums of these groups
     * @param count of worlds, from the first on, that are looked at
     */
    NearestWorlds(List<FeatureGroup> groups, LinearHead.Sums sums, int width, int count) {
        this.variances = variances(sums, width);
        this.worlds = IntStream.range(0, count)
                .mapToObj(world -> world(groups, world, width))
                .toList();
    }

    /** Of each feature, above 0, and no less than what rounding makes of such sums. */
    private static double[] variances(LinearHead.Sums sums, int width) {
        double images = Math.max(1, sums.images());
        double[] variances = new double[width];
        for (int i = 0, at = 0; i < width; at += ++i) {
            double squares = sums.moments()[at + i];
            double within = squares;
            for (int g = 0; g < sums.counts().length; g++) {
                double sum = sums.sums().get(g)[i];
                within -= sum * sum / sums.counts()[g];
            }
            variances[i] = Math.max(within, squares * Math.ulp(1.0) * images) / images + Float.MIN_NORMAL;
        }
        return variances;
    }

    private static World world(List<FeatureGroup> groups, int world, int width) {
        Map<Integer, Images> byLabel = new TreeMap<>();
        Images all = new Images(new double[width], 0);
        for (FeatureGroup group : groups) {
            if (group.component == world) {
                Images images = new Images(group.sum, group.count);
                byLabel.merge(group.label, images, Images::plus);
                all = all.plus(images);
            }
        }
        return new World(all, byLabel);
    }

    /**
     * The two that differ least, the oldest of equals; none if there are not two.
     *
     * @param lasting worlds, from the first on, of which no two may merge (count)
     */
    Optional<WorldPair> nearest(int lasting) {
        return IntStream.range(Math.max(1, lasting), worlds.size())
                .boxed()
                .flatMap(newer -> IntStream.range(0, newer).mapToObj(older -> candidate(older, newer)))
                .min(Comparator.comparingDouble(Candidate::loss)
                        .thenComparingDouble(Candidate::apart)
                        .thenComparingInt(Candidate::older)
                        .thenComparingInt(Candidate::newer))
                .map(this::pair);
    }

    /**
     * The world whose mean M over all its images lies nearest that of one, by sum_i (M_ai - M_bi)^2 / v_i; the oldest
     * of equals, none if that one or all others have no images.
     */
    OptionalInt nearestTo(int world) {
        if (world >= worlds.size() || worlds.get(world).all().count() == 0) {
            return OptionalInt.empty();
        }
        Images own = worlds.get(world).all();
        return IntStream.range(0, worlds.size())
                .filter(other -> other != world && worlds.get(other).all().count() > 0)
                .boxed()
                .min(Comparator.comparingDouble(
                        other -> distance(own, worlds.get(other).all())))
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    private Candidate candidate(int older, int newer) {
        World a = worlds.get(older);
        World b = worlds.get(newer);
        double loss = 0;
        for (Map.Entry<Integer, Images> group : a.byLabel().entrySet()) {
            Images other = b.byLabel().get(group.getKey());
            if (other != null) {
                loss += scatter(group.getValue(), other);
            }
        }
        return new Candidate(older, newer, loss, scatter(a.all(), b.all()));
    }

    /** What is added to the squares of images around their mean where two means become one. */
    private double scatter(Images a, Images b) {
        return a.count() == 0 || b.count() == 0 ? 0 : distance(a, b) * a.count() * b.count() / (a.count() + b.count());
    }

    /** Squared, of two means, each feature in units of its variance. */
    private double distance(Images a, Images b) {
        double squares = 0;
        for (int i = 0; i < variances.length; i++) {
            double difference = a.sum()[i] / a.count() - b.sum()[i] / b.count();
            squares += difference * difference / variances[i];
        }
        return squares;
    }

    private WorldPair pair(Candidate nearest) {
        double images = (double) worlds.get(nearest.older()).all().count()
                + worlds.get(nearest.newer()).all().count();
        return new WorldPair(nearest.older(), nearest.newer(), nearest.loss() / Math.max(1, images) / variances.length);
    }
}
