package dev.levitstream.learner;

import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;

/**
 * Where components come from: what one starts as is a function of the learner's seed and the component's number.
 *
 * @param blueprint its parts
 * @param seed of the learner
 */
record Initialiser(Blueprint blueprint, long seed) {
    /** Parameters that a component starts with, as the layout of its network has them. */
    float[] parameters(int id, int fused, int classes) {
        return blueprint.network(fused, classes).layout().initialise(Randomness.at(seed, Purpose.INITIALISE, id));
    }
}
