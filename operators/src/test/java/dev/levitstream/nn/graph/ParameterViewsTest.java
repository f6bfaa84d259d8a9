package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterViewsTest {
    private static final Op.Parameter FIRST = new Op.Parameter(0, SymbolicShape.of(2, 3));
    private static final Op.Parameter SECOND = new Op.Parameter(6, SymbolicShape.of(4));
    private static final Op.Parameter THIRD = new Op.Parameter(10, SymbolicShape.of(5));
    private static final Op.Parameter FOURTH = new Op.Parameter(15, SymbolicShape.of(7, 6));

    @Test
    void neighboursThatNobodyUsesAreOnePartOfTheVector() {
        assertThat(ParameterViews.lines(List.of(FOURTH, FIRST), 57))
                .containsExactly(
                        "parts = torch.split_with_sizes(flat, [6, 9, 42], 0)",
                        "p1 = torch.view(parts[0], [2, 3])",
                        "p0 = torch.view(parts[2], [7, 6])");
    }

    @Test
    void vectorsAreTakenAsTheyAre() {
        assertThat(ParameterViews.lines(List.of(SECOND, THIRD), 57))
                .containsExactly(
                        "parts = torch.split_with_sizes(flat, [6, 4, 5, 42], 0)", "p0 = parts[1]", "p1 = parts[2]");
    }
}
