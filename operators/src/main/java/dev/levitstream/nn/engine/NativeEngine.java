package dev.levitstream.nn.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import java.io.IOException;
import java.nio.file.FileSystemException;

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
     * @throws IllegalStateException with one line that says what to do, if the engine cannot be started on this machine
     */
    public static NDManager newManager(String device) {
        require();
        setUnlessGiven("ai.djl.offline", "true");
        setUnlessGiven("ai.djl.pytorch.num_threads", "1");
        setUnlessGiven("ai.djl.pytorch.num_interop_threads", "1");
        String engine = engine().getEngineName(); // first: naming a device starts an engine, too
        return NDManager.newBaseManager(Device.fromName(device), engine);
    }

    private static Engine engine() {
        try {
            return Engine.getEngine(NAME);
        } catch (EngineException | LinkageError e) {
            throw new IllegalStateException(trouble(e), e);
        }
    }

    /** What a user can do about an engine that does not start: the library's own words are about its insides. */
    private static String trouble(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!hasNatives()) {
            return "the deep-learning engine has no native libraries for " + machine
                    + " on the class path: use Linux on x86_64, or put the pytorch-native-cpu jar for this machine"
                    + " beside the other djl jars";
        }
        if (root instanceof FileSystemException
                || String.valueOf(root.getMessage()).contains("space left")) {
            return "folder " + Utils.getEngineCacheDir() + " cannot take the deep-learning engine's native libraries ("
                    + reason(root) + "): set DJL_CACHE_DIR to a folder that can be written, with 500 MB left";
        }
        if (root instanceof IOException) { // it looks for libraries that fit elsewhere, and may not
            return "the djl jars on the class path do not belong together: take all of them from one LEViT-Stream"
                    + " distribution";
        }
        return "the deep-learning engine's native libraries in " + Utils.getEngineCacheDir()
                + " cannot be loaded on this machine, " + machine + " (" + reason(root)
                + "): if they are damaged delete that folder, if they may not run there set DJL_CACHE_DIR to another";
    }

    private static boolean hasNatives() {
        try {
            return !Platform.detectPlatform("pytorch").isPlaceholder();
        } catch (AssertionError e) { // an operating system that it does not know
            return false;
        }
    }

    private static String reason(Throwable root) {
        String message = root instanceof FileSystemException file ? file.getReason() : root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }

    private static void setUnlessGiven(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
