package dev.levitstream.nn.backbone;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import dev.levitstream.common.Check;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.engine.GradMode;
import dev.levitstream.nn.engine.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A TorchScript file: its method {@code forward}, and {@code tokens} if it has one. */
final class ScriptedNetwork implements FrozenNetwork {
    private static final String FORWARD = "forward";
    private static final String TOKENS = "tokens";

    private final PtSymbolBlock module;
    private final List<String> methods;

    private ScriptedNetwork(PtSymbolBlock module) {
        this.module = module;
        this.methods = List.of(JniUtils.getMethodNames(module));
    }

    /** Whether a file that begins so may be one: a zip archive. */
    static boolean isMagic(byte[] first) {
        return first.length > 3 && first[0] == 'P' && first[1] == 'K' && first[2] == 3 && first[3] == 4;
    }

    /**
     * Loads a file; what is read belongs to {@code compute}.
     *
     * @param file from its first byte
     * @throws IllegalArgumentException with what is wrong, if it is no module or has no method {@code forward}
     */
    static ScriptedNetwork read(InputStream file, Compute compute) throws IOException {
        NDManager owner = compute.newManager();
        try {
            // to the device of the manager, wherever the file was written
            PtSymbolBlock module = JniUtils.loadModule((PtNDManager) owner, file, true, false);
            JniUtils.enableInferenceMode(module); // a file written in the middle of training drops out at random
            ScriptedNetwork network = new ScriptedNetwork(module);
            Check.that(network.methods.contains(FORWARD), "methods", network.methods, "must have " + FORWARD);
            return network;
        } catch (EngineException e) {
            throw new IllegalArgumentException(
                    "the archive must be TorchScript, as torch.jit.save writes it: " + Trial.reason(e), e);
        }
    }

    @Override
    public NDArray forward(NDArray images) {
        return run(images, FORWARD);
    }

    @Override
    public boolean hasTokens() {
        return methods.contains(TOKENS);
    }

    @Override
    public NDArray tokens(NDArray images) {
        return run(images, TOKENS);
    }

    private NDArray run(NDArray images, String method) {
        NDArray name = Tensors.constant(images.getManager(), 0);
        name.setName("module_method:" + method); // how the engine's interface is told a method
        try {
            NDList results = GradMode.off(() -> Compute.run(module, new NDList(images, name)));
            Check.that(results.size() == 1, method, results.size(), "arrays, must be one");
            return results.get(0);
        } catch (UnsupportedOperationException e) { // what the engine's interface says of a number
            throw new IllegalArgumentException(method + " gives no array, must be features or tokens", e);
        }
    }
}
