package dev.levitstream.learner.levit;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.LinearDiscriminant;
import dev.levitstream.nn.model.RandomPatches;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Routes by streaming linear discriminant analysis (Hayes and Kanan 2020) over fixed random features f: groups g are
 * the pairs (component that learnt the image, its label), score_g(f) = f' S^-1 m_g - m_g' S^-1 m_g / 2 + ln n_g with
 * group means m_g, sizes n_g and one covariance S within groups, shrunk towards a multiple of the identity. The
 * component of the best group answers.
 *
 * <p>Sums, counts and second moments are all it keeps: nothing is forgotten, their order does not matter, and their
 * size does not grow with the number of images. Solved anew {@value #FIRST} images after a group's first, when the
 * images since then have doubled, and every {@value #PERIOD} images.
 *
 * <p>Images that come while there is evidence for a change are counted apart. If a component is created, they go over
 * to it, for they were the first of its world; else they stay with the component that learnt them. Without this the old
 * component would own a small group amid each new one, and draw its images.
 */
final class SldaRouter {
    private static final int FIRST = 10;
    private static final int PERIOD = 1024;
    /** Groups whose scores are added up side by side. */
    private static final int TOGETHER = 4;

    private final RandomPatches patches;
    private final LinearDiscriminant discriminant;
    private final int width;
    private final SecondMoments moments;
    private final List<Group> groups = new ArrayList<>();
    private long sinceBirth;
    private long nextSolution;

    /** One group: its sums, and the discriminant that the last solution gave it; none before the first. */
    private static final class Group {
        private final int label;
        private final double[] sum;
        private final float[] weight;
        private float bias = Float.NEGATIVE_INFINITY;
        private int component;
        private boolean suspected;
        private long count;

        private Group(int component, int label, boolean suspected, int width) {
            this.component = component;
            this.label = label;
            this.suspected = suspected;
            this.sum = new double[width];
            this.weight = new float[width];
        }

        private GroupScores.GroupScore scored(float score) {
            return new GroupScores.GroupScore(component, label, score);
        }
    }

    SldaRouter(RandomPatches patches, double shrinkage, Compute compute) {
        this.patches = patches;
        this.width = patches.width();
        this.discriminant = new LinearDiscriminant(compute, width, shrinkage);
        this.moments = new SecondMoments(width);
    }

    /** Number of features. */
    int width() {
        return width;
    }

    /** The fixed features of an image. */
    float[] features(byte[] pixels) {
        return patches.of(pixels);
    }

    /** Scores of an image; empty before anything was learnt. */
    GroupScores scores(float[] features) {
        List<Group> solved = groups.stream()
                .filter(group -> group.bias > Float.NEGATIVE_INFINITY)
                .toList();
        List<GroupScores.GroupScore> scores = new ArrayList<>(solved.size());
        for (int from = 0; from < solved.size(); from += TOGETHER) {
            scores.addAll(scores(features, solved.subList(from, Math.min(solved.size(), from + TOGETHER))));
        }
        return new GroupScores(scores);
    }

    /** Of one to four groups, side by side: in a single sum each addition waits for the one before. */
    private List<GroupScores.GroupScore> scores(float[] features, List<Group> some) {
        Group first = some.get(0);
        Group second = some.get(Math.min(1, some.size() - 1));
        Group third = some.get(Math.min(2, some.size() - 1));
        Group fourth = some.get(some.size() - 1);
        float a = first.bias;
        float b = second.bias;
        float c = third.bias;
        float d = fourth.bias;
        for (int i = 0; i < width; i++) {
            float value = features[i];
            a += value * first.weight[i];
            b += value * second.weight[i];
            c += value * third.weight[i];
            d += value * fourth.weight[i];
        }
        return Stream.of(first.scored(a), second.scored(b), third.scored(c), fourth.scored(d))
                .limit(some.size())
                .toList();
    }

    /**
     * Takes note that a component learns an image.
     *
     * @param suspected whether there is evidence for a change at the moment
     */
    void learnt(float[] features, int component, int label, boolean suspected) {
        Group group = group(component, label, suspected);
        group.count++;
        sinceBirth++;
        for (int i = 0; i < width; i++) {
            group.sum[i] += features[i];
        }
        moments.add(features);
    }

    private Group group(int component, int label, boolean suspected) {
        Optional<Group> found = find(component, label, suspected);
        if (found.isPresent()) {
            return found.get();
        }
        if (!suspected || find(component, label, false).isEmpty()) {
            sinceBirth = 0;
            nextSolution = FIRST;
        }
        Group fresh = new Group(component, label, suspected, width);
        groups.add(fresh);
        return fresh;
    }

    private Optional<Group> find(int component, int label, boolean suspected) {
        return groups.stream()
                .filter(group -> group.component == component && group.label == label && group.suspected == suspected)
                .findFirst();
    }

    /**
     * Moves an image from its component's unlabelled group to one with a label.
     *
     * @return whether there is such a group to move it from
     */
    boolean label(float[] features, int component, int label) {
        Optional<Group> from = find(component, LabelRegistry.UNLABELLED, false).filter(group -> group.count > 1);
        from.ifPresent(unlabelled -> {
            Group to = group(component, label, false);
            unlabelled.count--;
            to.count++;
            for (int i = 0; i < width; i++) {
                unlabelled.sum[i] -= features[i];
                to.sum[i] += features[i];
            }
        });
        return from.isPresent();
    }

    /** The evidence came to nothing: suspected images stay with the component that learnt them. */
    void settle() {
        for (Group group : List.copyOf(groups)) {
            if (group.suspected) {
                Optional<Group> own = find(group.component, group.label, false);
                own.ifPresent(settled -> {
                    settled.count += group.count;
                    for (int i = 0; i < width; i++) {
                        settled.sum[i] += group.sum[i];
                    }
                    groups.remove(group);
                });
                group.suspected = false;
            }
        }
    }

    /** The world has changed: suspected images go over to the component that was created for it. */
    void handOver(int component) {
        for (Group group : groups) {
            if (group.suspected) {
                group.component = component;
                group.suspected = false;
                sinceBirth = 0;
                nextSolution = 0;
            }
        }
    }

    /** Solves for the discriminants if that is due. */
    void refresh() {
        if (groups.isEmpty() || sinceBirth < nextSolution) {
            return;
        }
        nextSolution = sinceBirth + Math.max(FIRST, Math.min(PERIOD, sinceBirth));
        LinearDiscriminant.Solution solution = discriminant.solve(
                moments.lowerTriangle(),
                groups.stream().map(group -> group.sum).toList(),
                groups.stream().mapToLong(group -> group.count).toArray());
        for (int g = 0; g < groups.size(); g++) {
            System.arraycopy(solution.weights().get(g), 0, groups.get(g).weight, 0, width);
            groups.get(g).bias = solution.biases()[g];
        }
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(moments.images());
        out.writeLong(sinceBirth);
        out.writeLong(nextSolution);
        moments.write(out);
        out.writeInt(groups.size());
        for (Group group : groups) {
            out.writeInt(group.component);
            out.writeInt(group.label);
            out.writeBoolean(group.suspected);
            out.writeLong(group.count);
            StateCodec.writeDoubles(out, group.sum);
            StateCodec.writeFloats(out, group.weight);
            out.writeFloat(group.bias);
        }
    }

    void read(StateCodec.Input in) throws IOException {
        long images = in.readLong();
        sinceBirth = in.readLong();
        nextSolution = in.readLong();
        moments.read(in, images);
        int count = in.readInt();
        for (int g = 0; g < count; g++) {
            Group group = new Group(in.readInt(), in.readInt(), in.readBoolean(), width);
            group.count = in.readLong();
            StateCodec.readDoubles(in, group.sum);
            System.arraycopy(StateCodec.readFloats(in), 0, group.weight, 0, width);
            group.bias = in.readFloat();
            groups.add(group);
        }
    }
}
