package dev.levitstream.learner.levit;

import dev.levitstream.common.InputShape;
import dev.levitstream.learner.LearnerNotice;
import dev.levitstream.learner.Verdict;
import dev.levitstream.learner.change.ChangeAlarm;
import dev.levitstream.learner.change.RandomProjection;
import dev.levitstream.learner.common.ReplayMemory;
import dev.levitstream.learner.common.StateCodec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Scorers, without labels or task ids, whether the world has changed. */
sealed interface ExpansionCriterion permits LatentDistance, ReconstructionError, PageTestCriterion, TwoSampleCriterion {
    /**
     * The criterion that the options name.
     *
     * @param projection of the router's features, asked for if it is needed
     */
    static ExpansionCriterion of(
            ExpansionOptions options, InputShape input, long seed, Supplier<RandomProjection> projection) {
        return switch (options.criterion()) {
            case LATENT -> new LatentDistance(options, input, seed);
            case RECONSTRUCTION -> new ReconstructionError(options);
            case NOVELTY -> new PageTestCriterion(options);
            case TWO_SAMPLE ->
                new TwoSampleCriterion(
                        new ChangeAlarm(projection.get(), options.falseAlarm(), options.maxComponents()));
        };
    }

    /**
     * A measure in units of what is usual; finite also where nothing at all is usual, as for images that are all black.
     */
    static double ratio(double measure, double usual) {
        return measure / Math.max(usual, Float.MIN_NORMAL);
    }

    /** Takes note of a batch, as it was routed before it was learnt. */
    default void observed(List<RoutingResult> batch, ComponentPool pool) {}

    /** Novelty above which one image speaks for a changed world; NaN where single images are not tested. */
    default float noveltyThreshold(RoutingResult image, ComponentPool pool) {
        return Float.NaN;
    }

    /**
     * The verdict, if there is evidence for one now.
     *
     * @param batch the images just learnt
     */
    Optional<Verdict> verdict(List<byte[]> batch, ReplayMemory memory, ComponentPool pool);

    /** Whether a change of features would be told now. */
    default boolean watchesFeatures() {
        return false;
    }

    /** What was noticed besides new worlds since this was last asked. */
    default List<LearnerNotice> takeNotices() {
        return List.of();
    }

    /** Whether there is some evidence for a change, though not enough yet. */
    default boolean suspects() {
        return false;
    }

    /**
     * Starts anew after an expansion.
     *
     * @param asked whether it followed from this criterion's verdict
     */
    default void expanded(boolean asked) {}

    /** One component answers for another's worlds from now on; ids of both. */
    default void merged(int kept, int gone) {}

    /**
     * Begins again where features are computed otherwise than before.
     *
     * @param features new ones of all images so far, in their order
     */
    default void seesAnew(List<float[]> features) {}

    /** Writes what it carries from batch to batch. */
    default void write(DataOutputStream out) throws IOException {}

    /** Reads what {@link #write} wrote. */
    default void read(StateCodec.Input in) throws IOException {}
}
