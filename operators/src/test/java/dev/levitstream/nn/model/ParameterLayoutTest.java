package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.Randomness;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
    @Test
    void valuesRowByRowGoWhereTheLayoutHasThem() {
        ParameterLayout layout = new ParameterLayout.Builder()
                .add("first", Initializer.ZERO, 2, 3)
                .add("second", Initializer.ZERO, List.of(1, 0), 3, 2)
                .add("third", Initializer.ZERO, 2)
                .build();
        float[] rows = {0, 1, 2, 3, 4, 5, /* second */ 11, 12, 21, 22, 31, 32, /* third */ 6, 7};
        layout.order(rows, entry -> true);
        assertThat(rows).containsExactly(0, 1, 2, 3, 4, 5, 11, 21, 31, 12, 22, 32, 6, 7);
    }

    @Test
    void aWeightThatNarrowsLiesByColumnAndStartsAsOneByRow() {
        ParameterLayout.Builder narrowing = new ParameterLayout.Builder();
        Layers.declareLinear(narrowing, "layer", Initializer.GLOROT, 5, 3);
        ParameterLayout byRow = new ParameterLayout.Builder()
                .add("layer.weight", Initializer.GLOROT, 5, 3)
                .add("layer.bias", Initializer.ZERO, 3)
                .build();
        ParameterLayout layout = narrowing.build();
        assertThat(layout.entry("layer.weight").order()).containsExactly(1, 0);
        float[] expected = byRow.initialise(Randomness.at(1, Randomness.Purpose.INITIALISE, 1));
        layout.order(expected, entry -> true);
        assertThat(layout.initialise(Randomness.at(1, Randomness.Purpose.INITIALISE, 1)))
                .isEqualTo(expected);
    }

    @Test
    void aConvolutionLiesWithItsChannelsLast() {
        ParameterLayout.Builder builder = new ParameterLayout.Builder();
        Layers.declareConvolution(builder, "halving", 2, 3);
        Layers.declareConvTranspose(builder, "doubling", 2, 3);
        ParameterLayout layout = builder.build();
        float[] flat = new float[layout.size()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = i;
        }
        layout.order(flat, entry -> true);
        ParameterLayout.Entry halving = layout.entry("halving.weight");
        ParameterLayout.Entry doubling = layout.entry("doubling.weight");
        for (int out = 0; out < 3; out++) {
            for (int in = 0; in < 2; in++) {
                for (int k = 0; k < 9; k++) {
                    float value = (out * 2 + in) * 9 + k;
                    assertThat(flat[(out * 9 + k) * 2 + in]).isEqualTo(value);
                    assertThat(halving.place(out, in, k / 3, k % 3)).isEqualTo((out * 9 + k) * 2 + in);
                    assertThat(flat[doubling.offset() + (in * 9 + k) * 3 + out]).isEqualTo(doubling.offset() + value);
                }
            }
        }
    }
}
