package dev.levitstream.nn.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class BatchInvarianceCheckTest {
    private static final int BLOCK = 10;

    private static boolean holds(UnaryOperator<NDArray> function) {
        try (NDManager scope = NativeEngine.newManager("cpu")) {
            return BatchInvarianceCheck.holds(
                    scope, BLOCK, in -> new NDList(function.apply(in[0])), List.of(new Shape(3, 4)));
        }
    }

    @Test
    void holdsForAFunctionOfEachImageByItself() {
        assertThat(holds(images -> images.mul(images).sum(new int[] {1}))).isTrue();
    }

    @Test
    void doesNotHoldWhereAnImageDependsOnTheOthers() {
        assertThat(holds(images -> images.sub(images.mean()))).isFalse();
    }

    @Test
    void doesNotHoldWhereALastBitDependsOnHowManyImagesThereAre() {
        assertThat(holds(images -> images.getShape().get(0) == 3
                        ? images.mul(Math.nextUp(1f)).sum(new int[] {1})
                        : images.sum(new int[] {1})))
                .isFalse();
    }

    @Test
    void doesNotHoldWhereALastBitDependsOnThePlaceInTheBlock() {
        assertThat(holds(images -> {
                    float[] almostOnes = new float[BLOCK];
                    Arrays.fill(almostOnes, 1);
                    almostOnes[BLOCK - 1] = Math.nextUp(1f);
                    NDArray factors = Tensors.of(images.getManager(), almostOnes, new Shape(BLOCK, 1));
                    return images.mul(factors.get("0:" + images.getShape().get(0)));
                }))
                .isFalse();
    }

    /** As in a product of few values, where most come out the same in any order: several trials find one. */
    @Test
    void doesNotHoldWhereFewValuesDepend() {
        assertThat(holds(images -> images.getShape().get(0) == 3
                        ? images.add(images.gt(0.99f).toType(DataType.FLOAT32, false))
                        : images))
                .isFalse();
    }
}
