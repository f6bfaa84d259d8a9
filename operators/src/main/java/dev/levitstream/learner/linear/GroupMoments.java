package dev.levitstream.learner.linear;

import dev.levitstream.learner.common.LabelRegistry;
import dev.levitstream.learner.common.StateCodec;
import dev.levitstream.nn.model.LinearHead;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Second moments of the images of all groups. Images without a label vary by class, too, which would hide classes; so
 * theirs are kept apart, and once {@value #ENOUGH} images have labels, those alone say how images vary within a class.
 */
final class GroupMoments {
    private static final int ENOUGH = 100;

    private final int width;
    private final SecondMoments labelled;
    private Optional<SecondMoments> unlabelled = Optional.empty();
    /** Not in state of releases that kept all together. */
    private boolean isApart = true;

    GroupMoments(int width) {
        this.width = width;
        this.labelled = new SecondMoments(width);
    }

    private SecondMoments of(int label) {
        if (!isApart || label != LabelRegistry.UNLABELLED) {
            return labelled;
        }
        if (unlabelled.isEmpty()) {
            unlabelled = Optional.of(new SecondMoments(width));
        }
        return unlabelled.get();
    }

    void add(float[] features, int label) {
        of(label).add(features);
    }

    /** An image without a label gets one. */
    void label(float[] features) {
        if (isApart) {
            of(LabelRegistry.UNLABELLED).subtract(features);
            labelled.add(features);
        }
    }

    /** A labelled group goes; what its images vary around their mean stays. */
    void forget(FeatureGroup group) {
        labelled.subtractMean(group.sum, group.count);
    }

    void clear() {
        labelled.clear();
        unlabelled.ifPresent(SecondMoments::clear);
    }

    /** What a head is solved from. */
    LinearHead.Sums sums(List<FeatureGroup> groups) {
        double[] triangle = labelled.lowerTriangle();
        long images = labelled.images();
        if (unlabelled.isPresent()) {
            triangle = triangle.clone();
            if (images < ENOUGH) {
                add(unlabelled.get().lowerTriangle(), triangle);
                images += unlabelled.get().images();
            } else {
                for (FeatureGroup group : groups) {
                    if (group.label == LabelRegistry.UNLABELLED) {
                        group.addMeanTo(triangle);
                    }
                }
            }
        }
        return new LinearHead.Sums(
                triangle,
                groups.stream().map(group -> group.sum).toList(),
                groups.stream().mapToLong(group -> group.count).toArray(),
                images);
    }

    private static void add(double[] values, double[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += values[i];
        }
    }

    /** Images that lie together with labelled ones (count). */
    long images() {
        return labelled.images();
    }

    void write(DataOutputStream out) throws IOException {
        labelled.write(out);
    }

    /** What was added to the format later, after all else. */
    void writeApart(DataOutputStream out) throws IOException {
        out.writeBoolean(isApart);
        out.writeBoolean(unlabelled.isPresent());
        if (unlabelled.isPresent()) {
            out.writeLong(unlabelled.get().images());
            unlabelled.get().write(out);
        }
    }

    /** @param count images that lay together when it was written */
    void read(StateCodec.Input in, long count) throws IOException {
        labelled.read(in, count);
    }

    /** @param groups that were read */
    void readApart(StateCodec.Input in, List<FeatureGroup> groups) throws IOException {
        if (!in.countsUnlabelled()) {
            isApart = groups.stream().noneMatch(group -> group.label == LabelRegistry.UNLABELLED);
            return;
        }
        isApart = in.readBoolean();
        if (in.readBoolean()) {
            of(LabelRegistry.UNLABELLED).read(in, in.readLong());
        }
    }
}
