package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.levitstream.nn.ComponentNetwork.TrainingBatch;
import dev.levitstream.nn.Script.Form;
import java.util.EnumMap;
import java.util.Map;

/**
 * Runs a network as compiled scripts: one call into the engine does what takes {@link ArrayProgram} some hundred, and
 * the gradient is taken inside it, so that nothing of the graph ever reaches Java.
 */
final class ScriptProgram implements Program {
    /** Compiles a script's text, or finds it compiled. */
    interface Compiler {
        PtSymbolBlock compile(String text);
    }

    private final ComponentNetwork network;
    private final Compiler compiler;
    private final Map<Form, Map<NetworkFunction, PtSymbolBlock>> modules = new EnumMap<>(Form.class);

    ScriptProgram(ComponentNetwork network, Compiler compiler) {
        this.network = network;
        this.compiler = compiler;
    }

    @Override
    public NDList call(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> run(scope, Form.WHOLE, function, flat, inputs));
    }

    @Override
    public NDList each(NDManager scope, NetworkFunction function, NDArray flat, NDArray... inputs) {
        return Backward.without(() -> run(scope, Form.EACH, function, flat, inputs));
    }

    @Override
    public float gradient(NDManager scope, NDArray flat, TrainingBatch batch, float[] gradient) {
        NDList results = Backward.with(() -> run(scope, Form.GRADIENT, batch.loss(), flat, batch.inputs()));
        Tensors.read(results.get(1), gradient);
        return Tensors.read(results.get(0))[0];
    }

    private NDList run(NDManager scope, Form form, NetworkFunction function, NDArray flat, NDArray... inputs) {
        // per thread; an optimising executor measures first and changes the last bits after some calls
        JniUtils.setGraphExecutorOptimize(false);
        Tensors.lend(flat, scope);
        NDList arguments = new NDList(flat);
        for (NDArray input : inputs) {
            arguments.add(input);
        }
        PtSymbolBlock module = modules.computeIfAbsent(form, any -> new EnumMap<>(NetworkFunction.class))
                .computeIfAbsent(
                        function, any -> compiler.compile(Script.write(form, function, network, inputs.length)));
        return IValueUtils.forward(module, arguments, true);
    }
}
