package dev.levitstream.nn.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Where and how learners compute: a device, and one compiled script for each text, however many learners run it. Every
 * new label widens a classifier and so makes new scripts; those unused longest are closed, and compiled again when they
 * are needed again. One per task; not for several threads.
 */
public final class Compute implements AutoCloseable {
    /** What the engine says where there is no memory left, on a CPU and on a GPU. */
    private static final List<String> OUT_OF_MEMORY = List.of("allocate memory", "out of memory");

    /**
     * Most compiled scripts (count): 64 learners, the default of a task, may each have a classifier of another width,
     * which takes up to four.
     */
    static final int MOST_SCRIPTS = 320;

    private final String device;
    private final MatMul matMul;
    private final boolean blocks;
    private final NDManager manager;
    private final Map<String, PtSymbolBlock> scripts = oldestFirst();
    private final Map<String, Boolean> invariant = oldestFirst();

    /**
     * Computes by the library that is the fastest on a device.
     *
     * @param device {@code cpu} or {@code gpuN}
     */
    public Compute(String device) {
        this(device, MatMul.of(device), true);
    }

    /**
     * Computes by a given library.
     *
     * @param device {@code cpu} or {@code gpuN}
     * @param matMul the library of matrix products
     * @param blocks whether images that are predicted by themselves may be computed in blocks
     */
    public Compute(String device, MatMul matMul, boolean blocks) {
        this.device = device;
        this.matMul = matMul;
        this.blocks = blocks;
        this.manager = NativeEngine.newManager(device);
    }

    private static <V> Map<String, V> oldestFirst() {
        return new LinkedHashMap<>(16, 0.75f, true);
    }

    /**
     * What the last bits of results depend on beside options and images, by name: processor, kind of device, engine,
     * and its threads.
     */
    public Map<String, String> identity() {
        return Map.of(
                "cpu", Processor.kind(),
                "device", manager.getDevice().getDeviceType(),
                "engine",
                        manager.getEngine().getEngineName() + " "
                                + manager.getEngine().getVersion(),
                "threads", Integer.toString(JniUtils.getNumThreads()));
    }

    /** Where it computes: {@code cpu} or {@code gpuN}. */
    public String device() {
        return device;
    }

    /** An owner of arrays on the device; the caller closes it. */
    public NDManager newManager() {
        return manager.newSubManager();
    }

    /** How training multiplies matrices. */
    public MatMul matMul() {
        return matMul;
    }

    /**
     * Compiles a script's text, or finds it compiled.
     *
     * @return to be run at once; the next call may close it
     */
    public PtSymbolBlock compile(String text) {
        PtSymbolBlock known = scripts.get(text);
        if (known != null) {
            return known;
        }
        try {
            PtSymbolBlock compiled = JniUtils.loadModule(
                    (PtNDManager) manager, new ByteArrayInputStream(TorchModule.archive(text)), false, false);
            scripts.put(text, compiled);
            oldestBeyondMost(scripts).ifPresent(PtSymbolBlock::close);
            return compiled;
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    /** Compiled scripts (count). */
    int scripts() {
        return scripts.size();
    }

    /** Takes the one unused longest out, if there is one too many. */
    private static <V> Optional<V> oldestBeyondMost(Map<String, V> map) {
        if (map.size() <= MOST_SCRIPTS) {
            return Optional.empty();
        }
        Iterator<V> oldest = map.values().iterator();
        V value = oldest.next();
        oldest.remove();
        return Optional.of(value);
    }

    /**
     * Runs a compiled script; the results belong where the first argument does.
     *
     * @throws NumericException if the engine cannot compute with the arguments' numbers
     */
    public static NDList run(PtSymbolBlock script, NDList arguments) {
        // per thread; an optimising executor measures first and changes the last bits after some calls
        JniUtils.setGraphExecutorOptimize(false);
        try {
            return IValueUtils.forward(script, arguments, true);
        } catch (EngineException e) {
            if (OUT_OF_MEMORY.stream().anyMatch(String.valueOf(e.getMessage())::contains)) {
                throw e; // the process is in trouble, not the numbers
            }
            throw new NumericException("the engine could not compute with these numbers: " + firstLine(e), e);
        }
    }

    private static String firstLine(EngineException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    }

    /**
     * Whether a script for blocks of images may be trusted: if it is {@link BatchInvarianceCheck batch invariant},
     * which is found out once, and not where several threads divide the values of an array among them.
     */
    public boolean isBatchInvariant(String text, BooleanSupplier trial) {
        if (!blocks || JniUtils.getNumThreads() != 1) {
            return false;
        }
        boolean holds = invariant.computeIfAbsent(text, any -> trial.getAsBoolean());
        oldestBeyondMost(invariant);
        return holds;
    }

    @Override
    public void close() {
        scripts.values().forEach(PtSymbolBlock::close);
        manager.close();
    }
}
