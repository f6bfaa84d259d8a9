package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import java.io.Serializable;
import java.util.List;

/**
 * What every learner is given, whatever its method.
 *
 * @param method name of the method
 * @param input what the learner is given of each image, as {@link MethodOptions#input} says
 * @param batchSize images per observed batch (count), at least 1
 * @param slice most units of work in one go (count), at least 1: a checkpoint may wait for so many; an overloaded key
 *     does more if it must to keep pace
 * @param classes most labels; 0 lets the classifier grow with every new label, n > 0 fixes its width and refuses more
 * @param mostLabels most labels of one learner where {@code classes} is 0 (count), at least 1
 * @param maxMib most memory that a learner may need, as estimated (MiB), at least 1
 * @param seed of all randomness; each stream key derives its own
 * @param own settings of the method
 */
public record LearnerOptions(
        String method,
        InputShape input,
        int batchSize,
        int slice,
        int classes,
        int mostLabels,
        int maxMib,
        long seed,
        MethodOptions own)
        implements Serializable {
    public LearnerOptions {
        Check.that(batchSize >= 1, "batch.size", batchSize, "must be at least 1");
        Check.that(slice >= 1, "learner.slice", slice, "must be at least 1");
        Check.that(classes >= 0, "classes", classes, "must be at least 0");
        Check.that(mostLabels >= 1, "labels.max", mostLabels, "must be at least 1");
        Check.that(maxMib >= 1, "learner.max-mib", maxMib, "must be at least 1");
    }

    /** Of a learner that is given of images of a size what its method takes. */
    public static LearnerOptions of(
            String method,
            ImageShape image,
            int batchSize,
            int slice,
            int classes,
            int mostLabels,
            int maxMib,
            long seed,
            MethodOptions own) {
        return new LearnerOptions(method, own.input(image), batchSize, slice, classes, mostLabels, maxMib, seed, own);
    }

    /**
     * Refuses sizes that could not be allocated or stored, before anything is.
     *
     * @throws IllegalArgumentException if a learner needs more than {@code maxMib}
     */
    public void requireFit() {
        Footprint footprint = LearnerMethods.named(method).footprint(this);
        Check.that(
                footprint.isStorable() && footprint.mib() <= maxMib,
                input instanceof ImageShape ? "image" : "input",
                input,
                "must need at most learner.max-mib=" + maxMib + " for one learner, but needs about " + footprint.mib()
                        + " MiB: " + footprint.advice());
    }

    /**
     * Size of the images, of a learner that is given images themselves.
     *
     * @throws IllegalArgumentException in one line, if it is given tokens
     */
    public ImageShape image() {
        if (input instanceof ImageShape image) {
            return image;
        }
        throw new IllegalArgumentException(
                "input=" + input + " must be an image: learner=" + method + " takes no tokens of a backbone here");
    }

    /**
     * Checks the length of inputs as they are stored.
     *
     * @throws IllegalArgumentException if one has another
     */
    public void requireInputs(List<byte[]> inputs) {
        for (byte[] one : inputs) {
            Check.that(one.length == input.bytes(), "image.pixels", one.length, "must be " + input.bytes());
        }
    }

    /** Labels that a learner may know (count). */
    public int labelBound() {
        return classes > 0 ? classes : mostLabels;
    }

    /** Which labels are admitted, as a rule: those known, up to a number. */
    public String labelRule() {
        return "must be one of the " + labelBound()
                + (classes > 0 ? " classes known (option classes)" : " labels known (option labels.max)");
    }
}
