package dev.levitstream.learner;

/**
 * What all components make of one image.
 *
 * @param errors reconstruction error under each component
 * @param scores VAE score under each component
 * @param routed index of the component that answers
 * @param features what the router looks at; empty if it is the VAEs
 * @param probabilities of the classes that the routed component knows
 * @param view the frozen components' part, to be kept beside the image
 */
record Judgement(float[] errors, float[] scores, int routed, float[] features, float[] probabilities, FrozenView view) {
    /** Smallest VAE score. */
    float novelty() {
        return scores[Router.best(scores)];
    }
}
