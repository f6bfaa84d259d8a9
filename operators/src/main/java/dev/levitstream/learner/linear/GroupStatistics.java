package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.model.LinearHead;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.DoubleFunction;

/**
 * Sums of fixed features f by group, and what a linear head makes of them: counts n_g, sums of f, and one sum of f f'
 * over all images. Groups g are the pairs (component that learnt the image, its label). With
 * {@link dev.levitstream.nn.model.LinearDiscriminant} as its head this is streaming linear discriminant analysis (Hayes
 * and Kanan 2020).
 *
 * <p>Sums are all it keeps: nothing is forgotten, and their order does not matter. When they are solved is a
 * {@link SolutionSchedule}'s to say.
 *
 * <p>Images that come while there is evidence for a change are counted apart. If a component is created, they go over
 * to it, for they were the first of its world; else they stay with the component that learnt them. Without this the old
 * component would own a small group amid each new one, and draw its images.
 */
public final class GroupStatistics {
    private final FixedFeatures fixed;
    private final HeadChoice heads;
    private final int width;
    private final GroupMoments moments;
    private final List<FeatureGroup> groups = new ArrayList<>();
    private final EarlyImages early = new EarlyImages();
    private final SolutionSchedule schedule = new SolutionSchedule();

    /**
     * @param fixed what images are described by; taken over
     * @param strength how much the head is regularised, in its own units; 0 to choose by what served best so far
     * @param head makes what scores are made of the sums by
     */
    public GroupStatistics(FixedFeatures fixed, double strength, DoubleFunction<LinearHead> head) {
        this.fixed = fixed;
        this.heads = new HeadChoice(HeadChoice.heads(strength, head));
        this.width = fixed.width();
        this.moments = new GroupMoments(width);
    }

    /** What heads are chosen by, in state apart from the sums: earlier releases had none. */
    public HeadChoice choice() {
        return heads;
    }

    /** Number of features. */
    public int width() {
        return width;
    }

    /** The fixed features of an image. */
    public float[] features(byte[] pixels) {
        return fixed.of(pixels);
    }

    /** Scores of an image; empty before anything was learnt. */
    public GroupScores scores(float[] features) {
        return GroupScores.of(groups.stream().filter(FeatureGroup::isSolved).toList(), features);
    }

    /** Turns the scores of one image, at least one, into probabilities of its groups, in place: at least 0, sum 1. */
    public void probabilities(double[] scores) {
        heads.probabilities(scores);
    }

    /** Share of each group among the images of all groups, 0 to 1, in place of its score. */
    public List<GroupScores.GroupScore> frequencies() {
        double images = groups.stream().mapToLong(group -> group.count).sum();
        return groups.stream()
                .map(group -> group.scored((float) (group.count / images)))
                .toList();
    }

    /** Takes note that a component learns an image, suspected while there is evidence for a change. */
    public void learnt(byte[] pixels, float[] features, int component, int label, boolean suspected) {
        if (label != LabelRegistry.UNLABELLED) {
            heads.judge(features, label);
        }
        FeatureGroup group = count(features, component, label, suspected);
        if (fixed.isProvisional()) {
            early.add(fixed.seen(pixels), group);
        }
    }

    private FeatureGroup count(float[] features, int component, int label, boolean suspected) {
        FeatureGroup group = group(component, label, suspected);
        group.count++;
        schedule.learnt();
        group.add(features);
        moments.add(features, label);
        return group;
    }

    /** Takes note of an image that is in no group: filters are learnt from it, too. */
    public void noted(byte[] pixels) {
        if (fixed.isProvisional()) {
            early.add(fixed.seen(pixels));
        }
    }

    /** Learns an image that was noted before. */
    public void learntLate(byte[] pixels, int component, int label) {
        byte[] seen = fixed.seen(pixels);
        FeatureGroup group = count(fixed.ofSeen(seen), component, label, false);
        if (fixed.isProvisional()) {
            early.move(seen, group);
        }
    }

    /**
     * Learns the filters if it is time to, and computes all sums anew.
     *
     * @return features of the images that they were learnt from, in their order; none if it was not time
     */
    public List<float[]> learnFilters() {
        List<byte[]> different = early.size() < FixedFeatures.ENOUGH ? List.of() : early.different();
        if (different.size() < FixedFeatures.ENOUGH) {
            return List.of();
        }
        fixed.learn(different);
        moments.clear();
        groups.forEach(FeatureGroup::clearSum);
        List<float[]> seen = new ArrayList<>();
        early.forEach((image, group, times) -> {
            float[] features = fixed.ofSeen(image);
            for (int n = 0; n < times; n++) {
                group.ifPresent(counted -> {
                    counted.add(features);
                    moments.add(features, counted.label);
                });
                seen.add(features);
            }
        });
        early.clear();
        heads.restart();
        schedule.dueNow();
        return seen;
    }

    private FeatureGroup group(int component, int label, boolean suspected) {
        return find(component, label, suspected).orElseGet(() -> {
            if (!suspected || find(component, label, false).isEmpty()) {
                schedule.born();
            }
            groups.add(new FeatureGroup(component, label, suspected, width));
            return groups.get(groups.size() - 1);
        });
    }

    private Optional<FeatureGroup> find(int component, int label, boolean suspected) {
        return groups.stream()
                .filter(group -> group.is(component, label, suspected))
                .findFirst();
    }

    /**
     * Moves an image from its component's unlabelled group to one with a label.
     *
     * @return whether there is such a group to move it from
     */
    public boolean label(byte[] pixels, int component, int label) {
        byte[] seen = fixed.seen(pixels);
        float[] features = fixed.ofSeen(seen);
        Optional<FeatureGroup> from =
                find(component, LabelRegistry.UNLABELLED, false).filter(group -> group.count > 1);
        from.ifPresent(without -> {
            FeatureGroup to = group(component, label, false);
            without.count--;
            to.count++;
            without.subtract(features);
            to.add(features);
            moments.label(features);
            early.move(seen, without, to);
        });
        return from.isPresent();
    }

    /**
     * Forgets the images of some classes, of all components: their labels mean others now. How they vary around their
     * means is as true as before and stays.
     */
    public void forget(Set<Integer> labels) {
        for (FeatureGroup group : List.copyOf(groups)) {
            if (labels.contains(group.label)) {
                moments.forget(group);
                early.forget(group);
                groups.remove(group);
            }
        }
        heads.restart();
        schedule.changed();
    }

    /** The evidence came to nothing: suspected images stay with the component that learnt them. */
    public void settle() {
        for (FeatureGroup group : List.copyOf(groups)) {
            if (group.suspected) {
                find(group.component, group.label, false).ifPresent(settled -> join(group, settled));
                group.suspected = false;
            }
        }
    }

    private void join(FeatureGroup group, FeatureGroup other) {
        other.merge(group);
        early.moveAll(group, other);
        groups.remove(group);
    }

    /**
     * The world has changed: suspected images go over to the component that was created for it, and with them those of
     * their label that came before the evidence, if they are fewer: it begins some images after the change.
     */
    public void handOver(int component) {
        for (FeatureGroup group : List.copyOf(groups)) {
            if (group.suspected) {
                find(group.component, group.label, false)
                        .filter(before -> before.count < group.count)
                        .ifPresent(before -> join(before, group));
                group.component = component;
                group.suspected = false;
                schedule.dueNow();
            }
        }
        heads.changed();
    }

    /**
     * The two components whose images differ least ({@link NearestWorlds}), if there are two.
     *
     * @param components from the first on that may become one (count)
     * @param lasting components, from the first on, of which no two may (count)
     */
    public Optional<WorldPair> nearest(int components, int lasting) {
        return new NearestWorlds(groups, moments.sums(groups), width, components).nearest(lasting);
    }

    /**
     * A component's images go over to another, as exactly as if that had always learnt them; components after it move
     * up by one.
     */
    public void merge(int kept, int gone) {
        for (FeatureGroup group : List.copyOf(groups)) {
            if (group.component == gone) {
                find(kept, group.label, group.suspected).ifPresent(same -> join(group, same));
                group.component = kept;
            }
        }
        groups.forEach(group -> group.component -= group.component > gone ? 1 : 0);
        schedule.dueNow();
    }

    /** Images of a component, with a label or without (count). */
    public long images(int component) {
        return groups.stream()
                .filter(group -> group.component == component)
                .mapToLong(group -> group.count)
                .sum();
    }

    /** Solves for the discriminants if that is due. */
    public void refresh() {
        if (groups.isEmpty() || !schedule.isDue()) {
            return;
        }
        int[] labels = groups.stream().mapToInt(group -> group.label).toArray();
        LinearHead.Solution solution = heads.solve(moments.sums(groups), labels, schedule.comparesHeads());
        schedule.solved();
        for (int g = 0; g < groups.size(); g++) {
            FeatureGroup group = groups.get(g);
            group.solved(solution.weights().get(g), solution.biases()[g] + group.unlabelledShare(groups));
        }
    }

    /** The other component whose images lie nearest those of one ({@link NearestWorlds}); none if either has none. */
    public OptionalInt nearestTo(int component) {
        int components =
                groups.stream().mapToInt(group -> group.component + 1).max().orElse(0);
        return new NearestWorlds(groups, moments.sums(groups), width, components).nearestTo(component);
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeLong(moments.images());
        schedule.write(out);
        moments.write(out);
        out.writeInt(groups.size());
        for (FeatureGroup group : groups) {
            group.write(out);
        }
        if (fixed.isLearnt()) {
            fixed.write(out);
            early.write(out, groups);
        }
        moments.writeApart(out);
    }

    public void read(StateCodec.Input in) throws IOException {
        long images = in.readLong();
        schedule.read(in);
        moments.read(in, images);
        int count = in.readInt();
        for (int g = 0; g < count; g++) {
            groups.add(FeatureGroup.read(in, width));
        }
        if (fixed.isLearnt()) {
            fixed.read(in);
            early.read(in, groups);
        }
        moments.readApart(in, groups);
    }
}
