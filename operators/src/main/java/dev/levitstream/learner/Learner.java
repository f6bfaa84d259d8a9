package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One learner of one stream: the contract that every method implements. Opening and restoring is
 * {@link LearnerKind#open}. Not thread-safe; different learners may work in different threads at once.
 */
public interface Learner extends AutoCloseable {
    /**
     * Answers for images without learning. Pure: each answer depends on the learner's state and that one image alone,
     * to the bit.
     *
     * @param images any number, of the learner's image shape; borrowed
     */
    List<ImagePrediction> predict(List<LabelledImage> images);

    /**
     * Answers the next images of the stream, which join the batch. The state that a batch is answered with is that of
     * the moment when the work for the batch before ended, so it makes no difference whether its images are answered
     * one by one as they come or all at once.
     *
     * <p>Images that were answered and not yet {@link #begin taken in} are no part of {@link #state}: they are answered
     * once more, to the same bits, after a restore.
     *
     * @param images at least one, of the learner's image shape; borrowed
     * @throws IllegalArgumentException if an image has another size
     * @throws IllegalStateException if it {@link #isLearning} from the batch before
     */
    Answers answer(List<LabelledImage> images);

    /**
     * Ends the batch and takes its images in. {@link #learn} is due afterwards.
     *
     * @throws IllegalArgumentException if a label is not {@link #admits admitted}
     * @throws IllegalStateException if no image was answered, or it {@link #isLearning} already
     */
    void begin();

    /**
     * Gives the batch up that waits or that it is learning from: nothing more is learnt from it. For a learner whose
     * work failed.
     */
    void abandon();

    /** Whether it is as it was when it was opened without state: then it has no state that need be stored. */
    boolean isBlank();

    /** Batches taken in so far (count). */
    long step();

    /** Whether there is work left to do for the latest batch. */
    boolean isLearning();

    /**
     * The next optimizer update for the latest batch; empty once the budget's work is done, and what the budget leaves
     * stays queued for the next batch. To ask changes nothing. Between two updates the learner can be stored and
     * restored.
     *
     * @throws IllegalStateException if it is not {@link #isLearning}
     */
    Optional<Update> nextUpdate();

    /**
     * Ends the work for the latest batch: the expansion check, and what else comes after the updates.
     *
     * @throws IllegalStateException if it is not {@link #isLearning}
     */
    Lesson conclude();

    /**
     * Learns from the latest batch, at most so many updates at a time; how work is cut into calls changes nothing that
     * it comes to.
     *
     * @param updates most optimizer updates in this call (count), at least 1
     * @return what it came to, once nothing is left to do
     * @throws IllegalStateException if it is not {@link #isLearning}
     */
    default Optional<Lesson> learn(int updates) {
        return Fleet.learn(List.of(this), updates).get(0).orElseThrow();
    }

    /** Answers a batch, then learns from it, all at once. */
    default Outcome observe(List<LabelledImage> images) {
        Answers answers = answer(images);
        begin();
        return new Outcome(answers, learn(Integer.MAX_VALUE).orElseThrow());
    }

    /**
     * Tells the learner what happened around it.
     *
     * @return the expansion that followed, if any
     */
    Optional<Expansion> onEvent(LearnerEvent event);

    /**
     * Whether images with these labels can be learnt together: each is known, or there is room for it as one more
     * class.
     */
    boolean admits(Set<String> labels);

    /** Everything that the next answers depend on, as named entries; contents are made when asked for. */
    List<StateEntry> state();

    /**
     * What every component would answer to each image, whichever the router chooses: for evaluation, and as pure as
     * {@link #predict}.
     */
    List<ComponentAnswers> everyAnswer(List<LabelledImage> images);

    /**
     * What there is to see of each component, oldest first: for reports.
     *
     * @param generated images that its VAE draws (count), at least 0
     */
    List<ComponentProfile> profiles(int generated);

    /** What this learner is and how much it holds. */
    LearnerDescription describe();

    /** Frees native memory; the learner is unusable afterwards. */
    @Override
    void close();
}
