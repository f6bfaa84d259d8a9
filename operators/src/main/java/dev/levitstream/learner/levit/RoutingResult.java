package dev.levitstream.learner.levit;

import dev.levitstream.learner.Trace;
import dev.levitstream.learner.common.FrozenView;

/**
 * What the components make of one image.
 *
 * @param losses VAE loss under each component that scored it, NaN of the others
 * @param routed index of the component that answers
 * @param features what the SLDA router looks at; empty if the router is the VAEs
 * @param probabilities of the classes that the routed component knows
 * @param view what of the frozen components' part is to be kept beside the image
 */
record RoutingResult(float[] losses, int routed, float[] features, float[] probabilities, FrozenView view)
        implements Trace {
    /** Smallest VAE loss. */
    float novelty() {
        return losses[VaeRouter.best(losses)];
    }
}
