package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The only place that switches grad mode and runs a backward pass. Grad mode belongs to the thread and the backward
 * pass runs in it, so any number of threads may train different components at once; DJL's own collector allows one per
 * process.
 */
public final class Backward {
    private Backward() {}

    /** Runs a computation that records no gradient, whatever mode the thread was in. */
    public static <T> T without(Supplier<T> computation) {
        return inGradMode(false, computation);
    }

    /** Runs a computation that records what its gradient needs, whatever mode the thread was in. */
    static <T> T with(Supplier<T> computation) {
        return inGradMode(true, computation);
    }

    private static <T> T inGradMode(boolean mode, Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(mode);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }

    /**
     * Value and gradient of a scalar loss at {@code leaf}.
     *
     * @param scope owner of every intermediate; the caller closes it
     * @param leaf (size) float32 that requires a gradient; borrowed, and attached to {@code scope} until that closes
     * @param loss from the leaf to a scalar; everything it creates must live as long as {@code scope}
     * @param gradient (size) filled with dloss/dleaf
     * @return the loss
     */
    public static float gradient(NDManager scope, NDArray leaf, Function<NDArray, NDArray> loss, float[] gradient) {
        Tensors.lend(leaf, scope);
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(true);
        try {
            PtNDArray value = (PtNDArray) loss.apply(leaf);
            JniUtils.backward(value, (PtNDArray) value.onesLike(), false, false);
            JniUtils.setGradMode(false);
            try (NDArray grad = leaf.getGradient()) {
                Tensors.read(grad, gradient);
            }
            JniUtils.zeroGrad((PtNDArray) leaf);
            return value.toFloatArray()[0];
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
