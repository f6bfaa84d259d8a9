package dev.levitstream.learner;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The answer to one image.
 *
 * @param labels classes known when it was made, in order of first sight
 * @param scores probability of each of them, 0 to 1; sum 1, or less where {@code classes} leaves places without a name;
 *     empty while nothing is known that could answer
 * @param step batches that the learner had observed (count)
 * @param routed the component that answers; empty for a method without components
 * @param trace what the method wants back when the image is observed; empty for a method that needs nothing
 */
public record ImagePrediction(
        List<String> labels, float[] scores, long step, Optional<Routed> routed, Optional<Trace> trace) {
    /** Of a method without components or traces. */
    public ImagePrediction(List<String> labels, float[] scores, long step) {
        this(labels, scores, step, Optional.empty(), Optional.empty());
    }

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
    public ImagePrediction withScores(float[] other) {
        float[] padded = other.length == 0 ? other : Arrays.copyOf(other, labels.size());
        return new ImagePrediction(labels, padded, step, routed, trace);
    }

    /** Whether every number is finite; if not, the learner's parameters have diverged. */
    public boolean isFinite() {
        boolean finite = routed.map(Routed::novelty).map(Float::isFinite).orElse(true);
        for (float score : scores) {
            finite &= Float.isFinite(score);
        }
        return finite;
    }
}
