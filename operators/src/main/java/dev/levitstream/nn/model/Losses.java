package dev.levitstream.nn.model;

import ai.djl.ndarray.NDList;
import dev.levitstream.nn.engine.Tensors;
import java.util.OptionalDouble;

/**
 * Losses of one mini-batch, before the update that followed.
 *
 * @param total what was differentiated: the sum of the parts
 * @param classification cross entropy of the labelled images (nats, mean); absent where no image has a label
 * @param density VAE loss of all images (mean); absent without a VAE
 */
public record Losses(float total, OptionalDouble classification, OptionalDouble density) {
    /** @param results of {@link NetworkFunction#LOSS} or {@link NetworkFunction#UNLABELLED_LOSS} */
    static Losses read(NetworkFunction function, ComponentNetwork network, NDList results) {
        float total = value(results, 0);
        if (function == NetworkFunction.UNLABELLED_LOSS) {
            return new Losses(total, OptionalDouble.empty(), OptionalDouble.of(total));
        }
        return network.hasVae()
                ? new Losses(total, OptionalDouble.of(value(results, 1)), OptionalDouble.of(value(results, 2)))
                : new Losses(total, OptionalDouble.of(total), OptionalDouble.empty());
    }

    private static float value(NDList results, int index) {
        return Tensors.read(results.get(index))[0];
    }

    /** Whether it is a number; else no parameter was changed. */
    public boolean isFinite() {
        return Float.isFinite(total);
    }
}
