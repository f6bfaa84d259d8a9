package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.nn.model.ParameterLayout.Start;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterViewsTest {
    private final ParameterLayout layout = new ParameterLayout.Builder()
            .add("first", Start.ZERO, 2, 3)
            .add("second", Start.ZERO, 4)
            .add("third", Start.ZERO, 5)
            .add("turned", Start.ZERO, List.of(1, 0), 6, 7)
            .build();

    private final ParameterViews views = new ParameterViews(layout);

    @Test
    void neighboursThatNobodyUsesAreOnePartOfTheVector() {
        assertThat(views.of(layout.entry("turned"))).isEqualTo("p0");
        assertThat(views.of(layout.entry("first"))).isEqualTo("p1");
        assertThat(views.of(layout.entry("turned"))).isEqualTo("p0");
        assertThat(views.used()).containsExactly(layout.entry("turned"), layout.entry("first"));
        assertThat(views.lines())
                .containsExactly(
                        "parts = torch.split_with_sizes(flat, [6, 9, 42], 0)",
                        "p0 = torch.view(parts[2], [7, 6])",
                        "p1 = torch.view(parts[0], [2, 3])");
    }

    @Test
    void vectorsAreTakenAsTheyAre() {
        views.of(layout.entry("second"));
        views.of(layout.entry("third"));
        assertThat(views.lines())
                .containsExactly(
                        "parts = torch.split_with_sizes(flat, [6, 4, 5, 42], 0)", "p0 = parts[1]", "p1 = parts[2]");
    }

    @Test
    void aFleetsParametersHaveOneMoreAxis() {
        views.of(layout.entry("third"));
        views.of(layout.entry("turned"));
        assertThat(views.fleetLines())
                .containsExactly(
                        "p0 = torch.narrow(flat, 1, 10, 5)",
                        "p1 = torch.view(torch.narrow(flat, 1, 15, 42), [g, 7, 6])");
    }
}
