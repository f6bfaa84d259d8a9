package dev.levitstream.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ComputeTest {
    private static String adding(int number) {
        return TorchModule.text(List.of("x"), 1, List.of("return (torch.add(x, " + number + "),)"));
    }

    private static float run(Compute compute, NDManager scope, int number) {
        NDArray one = Tensors.of(scope, new float[] {1}, new Shape(1));
        return Tensors.read(
                Compute.run(compute.compile(adding(number)), new NDList(one)).singletonOrThrow())[0];
    }

    @Test
    void scriptsUnusedLongestAreClosedAndComeBackWhenTheyAreNeeded() {
        try (Compute compute = new Compute("cpu");
                NDManager scope = compute.newManager()) {
            for (int number = 0; number < Compute.MOST_SCRIPTS + 50; number++) {
                assertThat(run(compute, scope, number)).isEqualTo(1 + number);
                assertThat(run(compute, scope, 0)).isEqualTo(1);
                assertThat(compute.scripts()).isLessThanOrEqualTo(Compute.MOST_SCRIPTS);
            }
            assertThat(compute.scripts()).isEqualTo(Compute.MOST_SCRIPTS);
            assertThat(compute.compile(adding(0))).as("used all the time").isSameAs(compute.compile(adding(0)));
            assertThat(run(compute, scope, 1)).as("closed long ago").isEqualTo(2);
        }
    }

    @Test
    void whetherAScriptIsBatchInvariantIsFoundOutOnceWhileItIsInUse() {
        AtomicInteger trials = new AtomicInteger();
        try (Compute compute = new Compute("cpu")) {
            for (int i = 0; i < Compute.MOST_SCRIPTS; i++) {
                assertThat(compute.isBatchInvariant("script " + i, () -> trials.incrementAndGet() > 0))
                        .isTrue();
                assertThat(compute.isBatchInvariant("script 0", () -> false)).isTrue();
            }
            assertThat(trials).hasValue(Compute.MOST_SCRIPTS);
            assertThat(compute.isBatchInvariant("one more", () -> false)).isFalse();
            assertThat(compute.isBatchInvariant("script 1", () -> trials.incrementAndGet() > 0))
                    .isTrue();
            assertThat(trials).as("forgotten").hasValue(Compute.MOST_SCRIPTS + 1);
        }
    }
}
