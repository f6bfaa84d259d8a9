package dev.levitstream.learner;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import java.io.Serializable;

/**
 * Everything that shapes a learner. {@link Presets} gives complete ones.
 *
 * @param kind which method
 * @param image size of the images
 * @param batchSize images per observed batch (count), at least 1
 * @param classes most labels; 0 grows the classifier with every new label, n > 0 fixes its width and refuses more
 * @param mostLabels most labels of one learner where {@code classes} is 0 (count), at least 1; each takes its share of
 *     the classifier and of the router
 * @param maxMib most memory that a learner with one component may need, as estimated (MiB), at least 1
 * @param seed of all randomness; each stream key derives its own
 * @param fusion how components build on frozen ones
 * @param routing how images find their component
 * @param network sizes
 * @param training one update
 * @param budget how many updates
 * @param memory replay memory
 * @param expansion when to expand
 */
public record LearnerOptions(
        LearnerKind kind,
        ImageShape image,
        int batchSize,
        int classes,
        int mostLabels,
        int maxMib,
        long seed,
        FusionOptions fusion,
        RoutingOptions routing,
        NetworkOptions network,
        TrainingOptions training,
        BudgetOptions budget,
        MemoryOptions memory,
        ExpansionOptions expansion)
        implements Serializable {
    public LearnerOptions {
        Check.that(batchSize >= 1, "batch.size", batchSize, "must be at least 1");
        Check.that(classes >= 0, "classes", classes, "must be at least 0");
        Check.that(mostLabels >= 1, "labels.max", mostLabels, "must be at least 1");
        Check.that(maxMib >= 1, "learner.max-mib", maxMib, "must be at least 1");
        Check.that(
                memory.capacity() >= training.batch(),
                "memory.capacity",
                memory.capacity(),
                "must be at least training.batch=" + training.batch());
        Check.that(
                expansion.criterion() == ExpansionOptions.Criterion.NOVELTY || expansion.samples() <= memory.capacity(),
                "expansion.samples",
                expansion.samples(),
                "must be at most memory.capacity=" + memory.capacity());
    }

    /**
     * Refuses sizes that could not be allocated or stored, before anything is.
     *
     * @throws IllegalArgumentException if a learner with one component needs more than {@code maxMib}
     */
    public void requireFit() {
        Footprint footprint = Footprint.of(this);
        Check.that(
                footprint.fits(maxMib),
                "image",
                image,
                "must need at most learner.max-mib=" + maxMib + " for one learner, but needs about "
                        + footprint.mib() + " MiB: "
                        + Footprint.advice(this));
    }

    /** Which labels are admitted, as a rule: those known, up to a number. */
    public String labelRule() {
        return classes > 0
                ? "must be one of the " + classes + " classes known (option classes)"
                : "must be one of the " + mostLabels + " labels known (option labels.max)";
    }
}
