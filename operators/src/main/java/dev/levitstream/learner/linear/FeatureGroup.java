package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Images of one class that one component has learnt: the sum of their features, and the discriminant that the last
 * solution gave them; none before the first.
 */
final class FeatureGroup {
    /** Class, or {@link LabelRegistry#UNLABELLED}. */
    final int label;

    final double[] sum;
    final float[] weight;
    float bias = Float.NEGATIVE_INFINITY;
    int component;
    /** Whether its images came while there was evidence for a change. */
    boolean suspected;

    long count;

    FeatureGroup(int component, int label, boolean suspected, int width) {
        this.component = component;
        this.label = label;
        this.suspected = suspected;
        this.sum = new double[width];
        this.weight = new float[width];
    }

    boolean is(int ofComponent, int ofLabel, boolean whenSuspected) {
        return component == ofComponent && label == ofLabel && suspected == whenSuspected;
    }

    boolean isSolved() {
        return bias > Float.NEGATIVE_INFINITY;
    }

    GroupScores.GroupScore scored(float score) {
        return new GroupScores.GroupScore(component, label, score);
    }

    /** Adds one image to the sum, not to the count. */
    void add(float[] features) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += features[i];
        }
    }

    void subtract(float[] features) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] -= features[i];
        }
    }

    /** Takes in another group's images. */
    void merge(FeatureGroup other) {
        count += other.count;
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other.sum[i];
        }
    }

    /** Adds the outer product of its mean, count m m', to a lower triangle, row by row. */
    void addMeanTo(double[] triangle) {
        for (int i = 0, at = 0; i < sum.length; at += ++i) {
            for (int j = 0; j <= i; j++) {
                triangle[at + j] += sum[i] * sum[j] / count;
            }
        }
    }

    void clearSum() {
        Arrays.fill(sum, 0);
    }

    void solved(float[] newWeight, float newBias) {
        System.arraycopy(newWeight, 0, weight, 0, weight.length);
        bias = newBias;
    }

    /**
     * Images of a component without a label are of its classes as often as those with one: ln (all / labelled) is added
     * to its classes' scores.
     *
     * @param all groups
     */
    float unlabelledShare(List<FeatureGroup> all) {
        long with = 0;
        long without = 0;
        for (FeatureGroup group : all) {
            boolean counts = group.component == component;
            with += counts && group.label != LabelRegistry.UNLABELLED ? group.count : 0;
            without += counts && group.label == LabelRegistry.UNLABELLED ? group.count : 0;
        }
        return label == LabelRegistry.UNLABELLED || without == 0
                ? 0
                : (float) StrictMath.log((double) (with + without) / with);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(component);
        out.writeInt(label);
        out.writeBoolean(suspected);
        out.writeLong(count);
        StateCodec.writeDoubles(out, sum);
        StateCodec.writeFloats(out, weight);
        out.writeFloat(bias);
    }

    static FeatureGroup read(StateCodec.Input in, int width) throws IOException {
        FeatureGroup group = new FeatureGroup(in.readInt(), in.readInt(), in.readBoolean(), width);
        group.count = in.readLong();
        StateCodec.readDoubles(in, group.sum);
        float[] weight = StateCodec.readFloats(in);
        group.solved(weight, in.readFloat());
        return group;
    }
}
