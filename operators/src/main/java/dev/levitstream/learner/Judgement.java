package dev.levitstream.learner;

/**
 * What the components make of one image.
 *
 * @param scores VAE score under each component that judged it, NaN of the others
 * @param routed index of the component that answers
 * @param features what the router looks at; empty if it is the VAEs
 * @param probabilities of the classes that the routed component knows
 * @param view what of the frozen components' part is to be kept beside the image
 */
record Judgement(float[] scores, int routed, float[] features, float[] probabilities, FrozenView view) {
    /** Smallest VAE score. */
    float novelty() {
        return scores[Router.best(scores)];
    }
}
