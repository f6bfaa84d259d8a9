package dev.levitstream.learner.levit;

import dev.levitstream.learner.common.FixedFeatures;
import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.LinearDiscriminant;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Routes by streaming linear discriminant analysis (Hayes and Kanan 2020) over fixed features f: groups g are the pairs
 * (component that learnt the image, its label), score_g(f) = f' S^-1 m_g - m_g' S^-1 m_g / 2 + ln n_g with group means
 * m_g, sizes n_g and one covariance S within groups, shrunk towards a multiple of the identity. The component of the
 * best group answers.
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

    private final FixedFeatures fixed;
    private final LinearDiscriminant discriminant;
    private final int width;
    private final SecondMoments moments;
    private final List<DiscriminantGroup> groups = new ArrayList<>();
    private final EarlyImages early = new EarlyImages();
    private long sinceBirth;
    private long nextSolution;

    SldaRouter(FixedFeatures fixed, double shrinkage, Compute compute) {
        this.fixed = fixed;
        this.width = fixed.width();
        this.discriminant = new LinearDiscriminant(compute, width, shrinkage);
        this.moments = new SecondMoments(width);
    }

    /** Number of features. */
    int width() {
        return width;
    }

    /** The fixed features of an image. */
    float[] features(byte[] pixels) {
        return fixed.of(pixels);
    }

    /** Scores of an image; empty before anything was learnt. */
    GroupScores scores(float[] features) {
        List<DiscriminantGroup> solved =
                groups.stream().filter(DiscriminantGroup::isSolved).toList();
        List<GroupScores.GroupScore> scores = new ArrayList<>(solved.size());
        for (int from = 0; from < solved.size(); from += TOGETHER) {
            scores.addAll(scores(features, solved.subList(from, Math.min(solved.size(), from + TOGETHER))));
        }
        return new GroupScores(scores);
    }

    /** Of one to four groups, side by side: in a single sum each addition waits for the one before. */
    private List<GroupScores.GroupScore> scores(float[] features, List<DiscriminantGroup> some) {
        DiscriminantGroup first = some.get(0);
        DiscriminantGroup second = some.get(Math.min(1, some.size() - 1));
        DiscriminantGroup third = some.get(Math.min(2, some.size() - 1));
        DiscriminantGroup fourth = some.get(some.size() - 1);
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
     * @param features of the image
     * @param suspected whether there is evidence for a change at the moment
     */
    void learnt(byte[] pixels, float[] features, int component, int label, boolean suspected) {
        DiscriminantGroup group = group(component, label, suspected);
        group.count++;
        sinceBirth++;
        group.add(features);
        moments.add(features);
        if (fixed.isProvisional()) {
            early.add(fixed.seen(pixels), group);
        }
    }

    /**
     * Learns the filters if it is time to, and computes all sums anew.
     *
     * @return features of the images that they were learnt from, in their order; none if it was not time
     */
    List<float[]> learnFilters() {
        if (early.size() < FixedFeatures.ENOUGH) {
            return List.of();
        }
        List<byte[]> different = early.different();
        if (different.size() < FixedFeatures.ENOUGH) {
            return List.of();
        }
        fixed.learn(different);
        moments.clear();
        groups.forEach(DiscriminantGroup::clearSum);
        List<float[]> seen = new ArrayList<>();
        early.forEach((image, group, times) -> {
            float[] features = fixed.ofSeen(image);
            for (int n = 0; n < times; n++) {
                group.add(features);
                moments.add(features);
                seen.add(features);
            }
        });
        early.clear();
        nextSolution = sinceBirth;
        return seen;
    }

    private DiscriminantGroup group(int component, int label, boolean suspected) {
        Optional<DiscriminantGroup> found = find(component, label, suspected);
        if (found.isPresent()) {
            return found.get();
        }
        if (!suspected || find(component, label, false).isEmpty()) {
            sinceBirth = 0;
            nextSolution = FIRST;
        }
        DiscriminantGroup fresh = new DiscriminantGroup(component, label, suspected, width);
        groups.add(fresh);
        return fresh;
    }

    private Optional<DiscriminantGroup> find(int component, int label, boolean suspected) {
        return groups.stream()
                .filter(group -> group.is(component, label, suspected))
                .findFirst();
    }

    /**
     * Moves an image from its component's unlabelled group to one with a label.
     *
     * @return whether there is such a group to move it from
     */
    boolean label(byte[] pixels, int component, int label) {
        byte[] seen = fixed.seen(pixels);
        float[] features = fixed.ofSeen(seen);
        Optional<DiscriminantGroup> from =
                find(component, LabelRegistry.UNLABELLED, false).filter(group -> group.count > 1);
        from.ifPresent(unlabelled -> {
            DiscriminantGroup to = group(component, label, false);
            unlabelled.count--;
            to.count++;
            unlabelled.subtract(features);
            to.add(features);
            early.move(seen, unlabelled, to);
        });
        return from.isPresent();
    }

    /** The evidence came to nothing: suspected images stay with the component that learnt them. */
    void settle() {
        for (DiscriminantGroup group : List.copyOf(groups)) {
            if (group.suspected) {
                Optional<DiscriminantGroup> own = find(group.component, group.label, false);
                own.ifPresent(settled -> {
                    settled.merge(group);
                    early.moveAll(group, settled);
                    groups.remove(group);
                });
                group.suspected = false;
            }
        }
    }

    /** The world has changed: suspected images go over to the component that was created for it. */
    void handOver(int component) {
        for (DiscriminantGroup group : groups) {
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
            groups.get(g).solved(solution.weights().get(g), solution.biases()[g]);
        }
    }

    void write(DataOutputStream out) throws IOException {
        out.writeLong(moments.images());
        out.writeLong(sinceBirth);
        out.writeLong(nextSolution);
        moments.write(out);
        out.writeInt(groups.size());
        for (DiscriminantGroup group : groups) {
            group.write(out);
        }
        if (fixed.isLearnt()) {
            fixed.write(out);
            early.write(out, groups);
        }
    }

    void read(StateCodec.Input in) throws IOException {
        long images = in.readLong();
        sinceBirth = in.readLong();
        nextSolution = in.readLong();
        moments.read(in, images);
        int count = in.readInt();
        for (int g = 0; g < count; g++) {
            groups.add(DiscriminantGroup.read(in, width));
        }
        if (fixed.isLearnt()) {
            fixed.read(in);
            early.read(in, groups);
        }
    }
}
