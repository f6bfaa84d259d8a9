package dev.levitstream.learner;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The answer to one image.
 *
 * @param labels classes known when it was made, in order of first sight
 * @param scores probability of each of them, 0 to 1; sum 1, or less where {@code classes} leaves places without a name;
 *     empty while the component that answers knows no label
 * @param componentId component that the router chose; the first is 1
 * @param novelty smallest VAE loss over the components that judged the image (squared pixel units); 0 for learners
 *     without a VAE
 * @param noveltyThreshold novelty above which this image speaks for a changed world (same units); NaN where the
 *     learner's criterion does not judge single images or does not know yet what is usual
 */
public record ImagePrediction(
        List<String> labels, float[] scores, int componentId, float novelty, float noveltyThreshold) {
    /** Label with the highest score, the earliest of equals. */
    public Optional<String> label() {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return scores.length == 0 ? Optional.empty() : Optional.of(labels.get(best));
    }

    /** The same for other probabilities of the labels; what is missing of them is 0, what is too much is left out. */
    ImagePrediction withScores(float[] other) {
        float[] padded = other.length == 0 ? other : Arrays.copyOf(other, labels.size());
        return new ImagePrediction(labels, padded, componentId, novelty, noveltyThreshold);
    }

    /** Whether every number is finite; if not, the component's parameters have diverged. */
    public boolean isFinite() {
        boolean finite = Float.isFinite(novelty);
        for (float score : scores) {
            finite &= Float.isFinite(score);
        }
        return finite;
    }
}
