package dev.levitstream.nn;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/** Starts the native engine with the settings that this project needs, and hands out arrays' root managers. */
public final class NativeEngine {
    private static final String NAME = "PyTorch";

    private NativeEngine() {}

    /**
     * Checks that the engine's classes are there, without starting it.
     *
     * @throws IllegalStateException with what to copy where, if they are not
     */
    public static void require() {
        try {
            Device.cpu();
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "the deep-learning libraries are not on the cluster's class path: copy djl/*.jar of the LEViT-Stream"
                            + " distribution into the lib/ folder of every Flink process and restart it",
                    e);
        }
    }

    /**
     * A root manager on a device; the first call in a process starts the engine (under a second; some more where the
     * native libraries are unpacked for the first time). The engine never uses the network, and one thread per task
     * slot, unless the process says otherwise.
     *
     * @param device {@code cpu} or {@code gpuN}
     */
    public static NDManager newManager(String device) {
        require();
        setUnlessGiven("ai.djl.offline", "true");
        setUnlessGiven("ai.djl.pytorch.num_threads", "1");
        setUnlessGiven("ai.djl.pytorch.num_interop_threads", "1");
        return NDManager.newBaseManager(
                Device.fromName(device), Engine.getEngine(NAME).getEngineName());
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
