package dev.levitstream.learner.common;

import dev.levitstream.common.Check;
import java.io.Serializable;

/**
 * One optimizer update.
 *
 * @param batch images per mini-batch (count), at least 1
 * @param learningRate of Adam, positive
 * @param gateLearningRate of Adam for the fusion gates (ambiguity A13), positive
 * @param beta1 decay of Adam's first moment, in [0, 1) (ambiguity A3)
 * @param beta2 decay of Adam's second moment, in [0, 1)
 * @param klWeight weight of the VAE loss's second part (ambiguity A3), at least 0
 * @param augmentation how images are changed before an update; what frozen components make of them is then computed
 *     anew each time
 */
public record TrainingOptions(
        int batch,
        double learningRate,
        double gateLearningRate,
        double beta1,
        double beta2,
        double klWeight,
        Augmentation augmentation)
        implements Serializable {
    public TrainingOptions {
        Check.that(batch >= 1, "training.batch", batch, "must be at least 1");
        Check.that(learningRate > 0, "training.learning-rate", learningRate, "must be positive");
        Check.that(gateLearningRate > 0, "training.gate-learning-rate", gateLearningRate, "must be positive");
        Check.that(beta1 >= 0 && beta1 < 1, "training.beta1", beta1, "must be in [0, 1)");
        Check.that(beta2 >= 0 && beta2 < 1, "training.beta2", beta2, "must be in [0, 1)");
        Check.that(klWeight >= 0, "training.kl-weight", klWeight, "must be at least 0");
    }
}
