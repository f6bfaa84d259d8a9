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
     * One of the components that learn together.
     *
     * @param flat (size) parameters that require a gradient; borrowed and changed
     * @param batch its own, of the same kind and sizes as the others'
     * @param adam of these parameters, changed
     */
    record Member(NDArray flat, TrainingBatch batch, Adam adam) {
        /** Parameters, first and second moments, attached to a scope until that closes. */
        NDList state(NDManager scope) {
            NDList state = new NDList(flat, adam.firstMoments(), adam.secondMoments());
            state.forEach(array -> Tensors.lend(array, scope));
            return state;
        }

        NDList inputs() {
            return new NDList(batch.inputs());
        }

        /** Number of the next update, counted from 1. */
        float step() {
            return adam.updates() + 1;
        }
    }

    /** Whether {@link #updateTogether} updates components in one step, not one by one. */
    default boolean updatesTogether() {
        return false;
    }

    /**
     * One optimizer update of each of some components of this shape: on a GPU, where to start an operation is what
     * costs, all in one step (no GPU has run it yet); on a CPU, where each is best done in cache, one by one.
     *
     * @param scope owner of all that comes about; parameters and moments are attached to it until it closes
     * @param fleet at least one
     * @param rates learning rate of each range of one component's parameters
     * @return the losses; where one is no finite number, that component is as before
     */
    default float[] updateTogether(NDManager scope, List<Member> fleet, List<Adam.Rate> rates) {
        float[] losses = new float[fleet.size()];
        for (int g = 0; g < losses.length; g++) {
            Member member = fleet.get(g);
            losses[g] = update(scope, member.flat(), member.batch(), member.adam(), rates);
        }
        return losses;
    }
}
