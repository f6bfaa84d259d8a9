package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.levitstream.nn.ComponentNetwork.TrainingBatch;

/**
 * The functions of one component's network, ready to run. Parameters come with each call, so nothing is remembered. All
 * results belong to the scope of the call.
 */
public interface Program {
    /**
     * Values of a function for a whole batch; an image's bits may depend on its batch mates.
     *
     * @param scope owner of all that comes about
     * @param flat (size) parameters; borrowed, and attached to {@code scope} until that closes
     * @param inputs as the function says
     */
    NDList call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs);

    /**
     * The same, one image at a time: the rounding of a matrix product depends on where a row stands in it, on every
     * engine and for shapes that nobody can foresee, and then an answer would depend on its batch mates in its last
     * bits.
     */
    NDList each(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs);

    /**
     * The loss of a batch and its gradient. Any number of threads may do this at once, each with its own parameters.
     *
     * @param flat (size) parameters that require a gradient; borrowed, and attached to {@code scope} until that closes
     * @param gradient (size), filled
     * @return the loss
     */
    float gradient(NDManager scope, NDArray flat, TrainingBatch batch, float[] gradient);

    /**
     * The losses of G components of this shape, each of its own batch, and their gradients. Meant for a GPU, where to
     * start an operation is what costs; no GPU has run it yet.
     *
     * @param flats (G, size) parameters that require a gradient; borrowed, and attached to {@code scope} until that
     *     closes
     * @param batches arrays of a batch with the component as a further axis before all others
     * @param gradient (G size), filled
     * @return the losses (G)
     */
    float[] fleetGradient(NDManager scope, NDArray flats, TrainingBatch batches, float[] gradient);
}
