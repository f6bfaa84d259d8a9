package dev.levitstream.nn.engine;

import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;

/**
 * Whether the engine records what a backward pass needs. It never has to: scripts compute gradients themselves. The
 * mode belongs to the thread.
 */
public final class GradMode {
    private GradMode() {}

    /** Runs a computation that records nothing, whatever mode the thread was in. */
    public static <T> T off(Supplier<T> computation) {
        boolean before = JniUtils.isGradMode();
        JniUtils.setGradMode(false);
        try {
            return computation.get();
        } finally {
            JniUtils.setGradMode(before);
        }
    }
}
