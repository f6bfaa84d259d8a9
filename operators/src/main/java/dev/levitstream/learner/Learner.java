package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;

/**
 * One learner of one stream: the contract that every method implements. {@link LearnerMethod} opens and restores one.
 *
 * <p>A batch's life: each of its images is {@link #predict predicted} when it comes; when the batch is full it is
 * {@link #observe observed} together with those predictions; then {@link #nextWork} is run until there is none. Between
 * any two calls the learner is complete and can be stored. How its work is divided into calls changes no bit of it.
 *
 * <p>Not thread-safe; different learners may work in different threads at once.
 */
public interface Learner extends AutoCloseable {
    /**
     * Answers for images without learning. Pure: each answer depends on the learner's state and that one image alone,
     * to the bit.
     *
     * @param images any number, each H W C unsigned bytes of the learner's shape; borrowed
     * @throws IllegalArgumentException if an image has another size
     */
    List<ImagePrediction> predict(List<byte[]> images);

    /**
     * Takes a batch in. Its work is due afterwards.
     *
     * @param batch at least one image, each with its prediction by the learner as it is now
     * @throws IllegalArgumentException if there is no room for a label ({@link LearnerOptions#mostLabels})
     * @throws IllegalStateException if work of the batch before is left, or a prediction is of another step
     */
    void observe(List<Observation> batch);

    /**
     * The next unit of work for the latest batch; empty once its budget is spent and all that follows is done. What the
     * budget leaves is kept for the next batch. To ask changes nothing. By default all is learnt when it is observed.
     */
    default Optional<UnitOfWork> nextWork() {
        return Optional.empty();
    }

    /** Gives up the batch that is being learnt, after its work failed: nothing more is learnt from it. */
    default void abandon() {}

    /**
     * Takes in the label of an image that was observed without one. Allowed between batches only.
     *
     * @param image with its label
     * @return whether the label will be learnt; false, as by default, where the learner does not hold the image any
     *     more
     */
    default boolean onLabel(LabelledImage image) {
        return false;
    }

    /**
     * Tells the learner what happened around it. A method does nothing, as by default, on an event that it has no use
     * for.
     *
     * @return the expansion that followed, if any
     */
    default Optional<Expansion> onEvent(LearnerEvent event) {
        return Optional.empty();
    }

    /** Batches observed so far (count). */
    long step();

    /**
     * Everything that the next answers depend on, as named entries; contents are made when asked for. Empty while the
     * learner is as it was when it was opened without state.
     */
    List<StateEntry> state();

    /** What this learner holds. */
    LearnerDescription describe();

    /** Frees native memory, if there is any; the learner is unusable afterwards. */
    @Override
    default void close() {}
}
