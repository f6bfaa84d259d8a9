package dev.levitstream.learner.levit;

import dev.levitstream.learner.Trace;
import dev.levitstream.learner.common.FrozenView;
import dev.levitstream.learner.linear.GroupScores;

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
    /** Smallest VAE loss. */
    float novelty() {
        return losses[VaeRouter.best(losses)];
    }
}
