package dev.levitstream.learner;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Judges, without labels or task ids, whether the world has changed. */
sealed interface ExpansionCriterion permits LatentDistance, ReconstructionError, PrequentialNovelty {
    /** The criterion that the options name. */
    static ExpansionCriterion of(LearnerOptions options, long seed) {
        return switch (options.expansion().criterion()) {
            case LATENT -> new LatentDistance(options, seed);
            case RECONSTRUCTION -> new ReconstructionError(options);
            case NOVELTY -> new PrequentialNovelty(options.expansion());
        };
    }

    /**
     * A measure in units of what is usual; finite also where nothing at all is usual, as for images that are all black.
     */
    static double ratio(double measure, double usual) {
        return measure / Math.max(usual, Float.MIN_NORMAL);
    }

    /** Takes note of a batch, judged before it was learnt. */
    default void observed(List<Judgement> batch, ComponentPool pool) {}

    /** Novelty above which one image speaks for a changed world; NaN where single images are not judged. */
    default float noveltyThreshold(Judgement image, ComponentPool pool) {
        return Float.NaN;
    }

    /**
     * The verdict, if there is evidence for one now.
     *
     * @param batch the images just learnt
     */
    Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool);

    /** Whether there is some evidence for a change, though not enough yet. */
    default boolean suspects() {
        return false;
    }

    /** Starts anew after an expansion. */
    default void expanded() {}

    /** Writes what it carries from batch to batch. */
    default void write(DataOutputStream out) throws IOException {}

    /** Reads what {@link #write} wrote. */
    default void read(DataInputStream in) throws IOException {}
}
