package dev.levitstream.learner.levit;

import dev.levitstream.common.Check;
import java.io.Serializable;

/**
 * When the world counts as changed.
 *
 * @param criterion what is measured
 * @param scale whether the measure stands for itself or is divided by what is usual
 * @param threshold what the measure must exceed, positive: latent units (latent), squared pixel units (reconstruction,
 *     novelty), or a ratio where the scale is ratio; the two-sample criterion goes by falseAlarm instead
 * @param codes which codes the latent criterion compares (ambiguity A1)
 * @param samples images compared by the latent criterion and the ratio scale (count), at least 16
 * @param evidence how much excess over the threshold the novelty criterion must add up (thresholds), positive
 * @param warmUp images that a component sees before the novelty criterion tests (count), at least 64
 * @param firstFill whether the first fill of the memory always creates the second component (Algorithm 1, line 14;
 *     ambiguity A10)
 * @param maxImages images after which a component is frozen whatever is measured (count); 0 for never
 * @param maxComponents most components (count), at least 1; beyond it two frozen ones become one, and where none can
 *     the active one learns on
 * @param falseAlarm probability that one test of the two-sample criterion, made every ten images, finds a change where
 *     there is none; above 0, at most 0.01
 */
public record ExpansionOptions(
        Criterion criterion,
        Scale scale,
        double threshold,
        Codes codes,
        int samples,
        double evidence,
        int warmUp,
        boolean firstFill,
        long maxImages,
        int maxComponents,
        double falseAlarm)
        implements Serializable {
    /** What is measured. */
    public enum Criterion {
        /** Eq. (6): distance in the active encoder between the memory and what frozen components generate. */
        LATENT,
        /** Reconstruction error of the memory under the frozen components' VAEs. */
        RECONSTRUCTION,
        /** Novelty of the most recent images, before they are learnt. */
        NOVELTY,
        /** Fixed features of the most recent images against those before them. */
        TWO_SAMPLE;

        /** Whether it compares samples of the memory, each with all components. */
        boolean comparesMemory() {
            return this == LATENT || this == RECONSTRUCTION;
        }
    }

    /** What the measure is compared on. */
    public enum Scale {
        ABSOLUTE,
        RATIO
    }

    /** Codes of the latent criterion. */
    public enum Codes {
        MEAN,
        SAMPLED
    }

    public ExpansionOptions {
        Check.that(threshold > 0, "expansion.threshold", threshold, "must be positive");
        Check.that(samples >= 16, "expansion.samples", samples, "must be at least 16");
        Check.that(evidence > 0, "expansion.evidence", evidence, "must be positive");
        Check.that(maxImages >= 0, "expansion.max-images", maxImages, "must be at least 0");
        Check.that(warmUp >= 64, "expansion.warm-up", warmUp, "must be at least 64");
        Check.that(maxComponents >= 1, "components.max", maxComponents, "must be at least 1");
        Check.that(
                falseAlarm > 0 && falseAlarm <= 0.01,
                "expansion.false-alarm",
                falseAlarm,
                "must be above 0, at most 0.01");
    }
}
