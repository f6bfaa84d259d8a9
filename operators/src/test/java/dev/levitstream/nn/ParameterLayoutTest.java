package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.nn.ParameterLayout.Start;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {
    @Test
    void valuesRowByRowGoWhereTheLayoutHasThem() {
        ParameterLayout layout = new ParameterLayout.Builder()
                .add("first", Start.ZERO, 2, 3)
                .addByColumn("second", Start.ZERO, 3, 2)
                .add("third", Start.ZERO, 2)
                .build();
        float[] rows = {0, 1, 2, 3, 4, 5, /* second */ 11, 12, 21, 22, 31, 32, /* third */ 6, 7};
        assertThat(layout.fromRows(rows)).containsExactly(0, 1, 2, 3, 4, 5, 11, 21, 31, 12, 22, 32, 6, 7);
    }

    @Test
    void aWeightThatNarrowsLiesByColumnAndStartsAsOneByRow() {
        ParameterLayout.Builder narrowing = new ParameterLayout.Builder();
        Layers.declareLinear(narrowing, "layer", Start.GLOROT, 5, 3);
        ParameterLayout byRow = new ParameterLayout.Builder()
                .add("layer.weight", Start.GLOROT, 5, 3)
                .add("layer.bias", Start.ZERO, 3)
                .build();
        ParameterLayout layout = narrowing.build();
        assertThat(layout.entry("layer.weight").byColumn()).isTrue();
        assertThat(layout.initialise(Randomness.at(1, Randomness.Purpose.INITIALISE, 1)))
                .isEqualTo(layout.fromRows(byRow.initialise(Randomness.at(1, Randomness.Purpose.INITIALISE, 1))));
    }
}
