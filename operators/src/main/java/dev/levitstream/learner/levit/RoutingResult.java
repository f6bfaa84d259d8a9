package dev.levitstream.learner.levit;

import dev.levitstream.learner.ImagePrediction;
import dev.levitstream.learner.Routed;
import dev.levitstream.learner.Trace;
import dev.levitstream.learner.common.FrozenView;
import dev.levitstream.learner.linear.GroupScores;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the components make of one image.
 *
 * @param losses VAE loss under each component that scored it, NaN of the others
 * @param routed index of the component that answers
 * @param features what the router looks at; empty if the router is the VAEs
 * @param scores what the router makes of them, before they are tempered
 * @param first index of the component that the router chose
 * @param own that component's own answer; empty while it knows no label
 * @param probabilities of the classes that the routed component knows
 * @param view what of the frozen components' part is to be kept beside the image
 */
record RoutingResult(
        float[] losses,
        int routed,
        float[] features,
        GroupScores scores,
        int first,
        float[] own,
        float[] probabilities,
        FrozenView view)
        implements Trace {
    /**
     * The answer. A component knows the classes of its time; later ones get probability 0, unnamed places are left out.
     *
     * @param labels known now
     * @param id of the routed component
     * @param step batches observed so far (count)
     * @param threshold novelty above which the image speaks for a changed world
     */
    ImagePrediction prediction(List<String> labels, int id, long step, float threshold) {
        float[] scores = probabilities.length == 0 ? probabilities : Arrays.copyOf(probabilities, labels.size());
        Routed chosen = new Routed(id, novelty(), threshold);
        return new ImagePrediction(labels, scores, step, Optional.of(chosen), Optional.of(this));
    }

    /** Smallest VAE loss. */
    float novelty() {
        return losses[VaeRouter.best(losses)];
    }
}
