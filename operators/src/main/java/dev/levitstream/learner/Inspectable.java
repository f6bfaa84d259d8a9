package dev.levitstream.learner;

import java.util.List;

/** What only evaluation asks of a learner; implemented by methods that have components to look into. */
public interface Inspectable {
    /**
     * What every component would answer to each image, whichever the router chooses; as pure as
     * {@link Learner#predict}.
     *
     * @param images each H W C unsigned bytes of the learner's shape; borrowed
     */
    List<ComponentAnswers> everyAnswer(List<byte[]> images);

    /**
     * What there is to see of each component, oldest first.
     *
     * @param generated images that its VAE draws (count), at least 0
     */
    List<ComponentProfile> profiles(int generated);
}
