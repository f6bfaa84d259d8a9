package dev.levitstream.operator;

import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Where learners compute. */
public enum DeviceChoice {
    /** On a GPU that the cluster offers as the external resource {@code gpu}, else on the CPU. */
    AUTO,
    CPU,
    /** On a GPU; an error where the cluster offers none. */
    GPU;

    private static final String RESOURCE = "gpu";
    private static final String INDEX = "index";

    /** The engine's name of the device for this subtask; subtasks share the GPUs of their task manager in turn. */
    String resolve(RuntimeContext context) {
        if (this == CPU) {
            return "cpu";
        }
        Set<ExternalResourceInfo> infos = context.getExternalResourceInfos(RESOURCE);
        String[] indices = infos.stream()
                .flatMap(info -> info.getProperty(INDEX).stream())
                .sorted()
                .toArray(String[]::new);
        if (indices.length == 0) {
            if (this == GPU) {
                throw new IllegalStateException(
                        "device=gpu but the cluster offers no external resource gpu: set external-resources: gpu, or device=auto");
            }
            return "cpu";
        }
        return "gpu" + indices[context.getTaskInfo().getIndexOfThisSubtask() % indices.length];
    }
}
