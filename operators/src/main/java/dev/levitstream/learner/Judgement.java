package dev.levitstream.learner;

/**
 * What all components make of one image.
 *
 * @param errors reconstruction error under each component
 * @param scores routing score under each component
 * @param routed index of the component with the best score
 * @param probabilities of the classes that the routed component knows
 * @param view the frozen components' part, to be kept beside the image
 */
record Judgement(float[] errors, float[] scores, int routed, float[] probabilities, FrozenView view) {
    /** Smallest routing score. */
    float novelty() {
        return scores[routed];
    }
}
