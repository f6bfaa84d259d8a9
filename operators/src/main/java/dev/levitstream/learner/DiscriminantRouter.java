package dev.levitstream.learner;

import dev.levitstream.nn.RandomPatches;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Routes by streaming linear discriminant analysis (Hayes and Kanan 2020) over fixed random features f: groups g are
 * the pairs (component that learnt the image, its label), score_g(f) = f' S^-1 m_g - m_g' S^-1 m_g / 2 with group means
 * m_g and one covariance S within groups, shrunk towards a multiple of the identity. The component of the best group
 * answers.
 *
 * <p>Sums, counts and second moments are all it keeps: nothing is forgotten, their order does not matter, and their
 * size does not grow with the number of images. A group counts by its mean and not by its size, so a component is found
 * after its first few images. Solved anew when the active component's images have doubled, and every {@value #PERIOD}
 * images.
 */
final class DiscriminantRouter {
    private static final int PERIOD = 1024;

    private final RandomPatches patches;
    private final double shrinkage;
    private final int width;
    /** Lower triangle of the sum of f f', row by row. */
    private final double[] moments;

    private final List<Group> groups = new ArrayList<>();
    private long images;
    private long sinceGrowth;
    private long nextSolution;

    /** One group: its sums, and the discriminant that the last solution gave it; none before the first. */
    private static final class Group {
        private final int component;
        private final int label;
        private final double[] sum;
        private final float[] weight;
        private float bias = Float.NEGATIVE_INFINITY;
        private long count;

        private Group(int component, int label, int width) {
            this.component = component;
            this.label = label;
            this.sum = new double[width];
            this.weight = new float[width];
        }
    }

    DiscriminantRouter(RandomPatches patches, double shrinkage) {
        this.patches = patches;
        this.shrinkage = shrinkage;
        this.width = patches.width();
        this.moments = new double[width * (width + 1) / 2];
    }

    /** The fixed features of an image. */
    float[] features(byte[] pixels) {
        return patches.of(pixels);
    }

    /** Index of the component whose group scores best; -1 before anything was learnt. */
    int route(float[] features) {
        int best = -1;
        float highest = Float.NEGATIVE_INFINITY;
        for (Group group : groups) {
            float score = group.bias;
            for (int i = 0; i < width; i++) {
                score += features[i] * group.weight[i];
            }
            if (score > highest) {
                highest = score;
                best = group.component;
            }
        }
        return best;
    }

    /** Takes note that a component learns an image. */
    void learnt(float[] features, int component, int label) {
        Group group = group(component, label);
        group.count++;
        images++;
        sinceGrowth++;
        int at = 0;
        for (int i = 0; i < width; i++) {
            float value = features[i];
            group.sum[i] += value;
            for (int j = 0; j <= i; j++) {
                moments[at + j] += value * features[j];
            }
            at += i + 1;
        }
    }

    private Group group(int component, int label) {
        for (Group group : groups) {
            if (group.component == component && group.label == label) {
                return group;
            }
        }
        Group fresh = new Group(component, label, width);
        groups.add(fresh);
        return fresh;
    }

    /** Says that a new component learns from now on. */
    void grown() {
        sinceGrowth = 0;
        nextSolution = 0;
    }

    /** Solves for the discriminants if that is due. */
    void refresh() {
        if (sinceGrowth == 0 || sinceGrowth < nextSolution) {
            return;
        }
        nextSolution = sinceGrowth + Math.min(PERIOD, sinceGrowth);
        DMatrixRMaj means = new DMatrixRMaj(width, groups.size());
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            for (int i = 0; i < width; i++) {
                means.set(i, g, group.sum[i] / group.count);
            }
        }
        DMatrixRMaj solution = new DMatrixRMaj(width, groups.size());
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(width);
        if (!solver.setA(covariance(means))) {
            throw new IllegalStateException(
                    "routing.shrinkage=" + shrinkage + " must make the covariance of " + width + " features definite");
        }
        solver.solve(means, solution);
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            double bias = 0;
            for (int i = 0; i < width; i++) {
                group.weight[i] = (float) solution.get(i, g);
                bias -= means.get(i, g) * solution.get(i, g) / 2;
            }
            group.bias = (float) bias;
        }
    }

    /** S = (sum of f f' - sum over groups of n m m') / images + shrinkage x mean variance x I. */
    private DMatrixRMaj covariance(DMatrixRMaj means) {
        DMatrixRMaj covariance = new DMatrixRMaj(width, width);
        int at = 0;
        double trace = 0;
        for (int i = 0; i < width; i++) {
            for (int j = 0; j <= i; j++) {
                double between = 0;
                for (int g = 0; g < groups.size(); g++) {
                    between += groups.get(g).count * means.get(i, g) * means.get(j, g);
                }
                double within = (moments[at + j] - between) / images;
                covariance.set(i, j, within);
                covariance.set(j, i, within);
            }
            at += i + 1;
            trace += covariance.get(i, i);
        }
        double ridge = shrinkage * trace / width + Float.MIN_NORMAL; // images that are all the same have no variance
        for (int i = 0; i < width; i++) {
            covariance.add(i, i, ridge);
        }
        return covariance;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(images);
        out.writeLong(sinceGrowth);
        out.writeLong(nextSolution);
        StateCodec.writeDoubles(out, moments);
        out.writeInt(groups.size());
        for (Group group : groups) {
            out.writeInt(group.component);
            out.writeInt(group.label);
            out.writeLong(group.count);
            StateCodec.writeDoubles(out, group.sum);
            StateCodec.writeFloats(out, group.weight);
            out.writeFloat(group.bias);
        }
    }

    void read(DataInputStream in) throws IOException {
        images = in.readLong();
        sinceGrowth = in.readLong();
        nextSolution = in.readLong();
        StateCodec.readDoubles(in, moments);
        int count = in.readInt();
        for (int g = 0; g < count; g++) {
            Group group = new Group(in.readInt(), in.readInt(), width);
            group.count = in.readLong();
            StateCodec.readDoubles(in, group.sum);
            System.arraycopy(StateCodec.readFloats(in), 0, group.weight, 0, width);
            group.bias = in.readFloat();
            groups.add(group);
        }
    }
}
