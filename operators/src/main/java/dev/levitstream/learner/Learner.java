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
     * Predicts one batch of the stream, then takes it in. {@link #learn} is due afterwards.
     *
     * @param images at least one, of the learner's image shape; borrowed
     * @throws IllegalArgumentException if an image has another size or a label is not {@link #admits admitted}
     * @throws IllegalStateException if it {@link #isLearning} from the batch before
     */
    Answers answer(List<LabelledImage> images);

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
        return Fleet.learn(List.of(this), updates).get(0);
    }

    /** Answers, then learns, all at once. */
    default Outcome observe(List<LabelledImage> images) {
        Answers answers = answer(images);
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
