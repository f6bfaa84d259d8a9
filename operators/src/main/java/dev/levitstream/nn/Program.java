package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.levitstream.nn.ComponentNetwork.TrainingBatch;
import java.util.List;

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
     * The same, of each image by itself: no bit of what it gets depends on its batch mates, on their number or on its
     * place among them. How many are computed at once is the program's affair (package documentation).
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
     * One optimizer update. A loss that is no finite number changes nothing: parameters stay usable, whatever the data.
     *
     * @param flat (size) parameters that require a gradient; borrowed, attached to {@code scope} until that closes, and
     *     changed
     * @param adam of these parameters, changed
     * @param rates learning rate of each range of parameters; the ranges must cover all, and none may end inside an
     *     array
     * @return the loss
     */
    float update(NDManager scope, NDArray flat, TrainingBatch batch, Adam adam, List<Adam.Rate> rates);

    /**
     * One optimizer update of each of G components of this shape, each with a batch of its own. Meant for a GPU, where
     * to start an operation is what costs; no GPU has run it yet. On a CPU it is a loop.
     *
     * @param flats (G, size) parameters that require a gradient; borrowed, attached to {@code scope} until that closes,
     *     and changed; those of a component whose loss is no finite number are not
     * @param batches arrays of a batch with the component as a further axis before all others
     * @param adam of all parameters, component after component, changed; its updates are those of the fleet
     * @param rates learning rate of each range of one component's parameters, as for one
     * @return the losses (G)
     */
    float[] fleetUpdate(NDManager scope, NDArray flats, TrainingBatch batches, Adam adam, List<Adam.Rate> rates);
}
