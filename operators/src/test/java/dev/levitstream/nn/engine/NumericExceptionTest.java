package dev.levitstream.nn.engine;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class NumericExceptionTest {
    private static final String FACTOR =
            TorchModule.text(List.of("a"), 1, List.of("return (torch.linalg_cholesky(a),)"));
    private static final String HUGE = TorchModule.text(List.of("a"), 1, List.of("return (torch.ones([1 << 50]),)"));

    private static void run(String script) {
        try (Compute compute = new Compute("cpu");
                NDManager scope = compute.newManager()) {
            NDArray indefinite = Tensors.of(scope, new float[] {1, 2, 2, 1}, new Shape(2, 2));
            Compute.run(compute.compile(script), new NDList(indefinite));
        }
    }

    @Test
    void numbersThatCannotBeComputedWithAreToldFromAProcessWithoutMemory() {
        assertThatThrownBy(() -> run(FACTOR))
                .isInstanceOf(NumericException.class)
                .hasMessageStartingWith("the engine could not compute with these numbers: ");
        assertThatThrownBy(() -> run(HUGE))
                .isNotInstanceOf(NumericException.class)
                .hasMessageContaining("memory");
    }
}
