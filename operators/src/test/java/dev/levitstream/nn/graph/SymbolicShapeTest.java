package dev.levitstream.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SymbolicShapeTest {
    private static final SymbolicShape IMAGES = SymbolicShape.of(-1, 28, 28, 1);

    @Test
    void anAxisOfImagesIsAMultipleOfTheirNumberWhateverTheShape() {
        SymbolicShape patches = IMAGES.reshaped(-1, 4, 7, 4, 7, 1).permuted(0, 1, 3, 2, 4, 5);
        assertThat(patches).isEqualTo(SymbolicShape.of(-1, 4, 4, 7, 7, 1));
        assertThat(patches.reshaped(-1, 49)).isEqualTo(SymbolicShape.of(-16, 49));
        assertThat(patches.reshaped(-1, 49).sizes()).containsExactly(-1L, 49L);
        assertThat(patches.reshaped(-1, 49).reshaped(-1, 784)).isEqualTo(SymbolicShape.of(-1, 784));
        assertThat(SymbolicShape.of(3, 4).reshaped(-1, 1)).isEqualTo(SymbolicShape.of(12, 1));
    }

    @Test
    void aShapeThatCannotHoldTheValuesIsRefused() {
        assertThatThrownBy(() -> IMAGES.reshaped(-1, 100))
                .hasMessage("shape=[-1, 100] must hold the values of [-1, 28, 28, 1]");
    }

    @Test
    void sizesAreBroadcastFromTheLastAxis() {
        SymbolicShape rows = SymbolicShape.of(-16, 100);
        assertThat(rows.broadcast(SymbolicShape.of(100))).isEqualTo(rows);
        assertThat(SymbolicShape.of(100).broadcast(rows)).isEqualTo(rows);
        assertThat(SymbolicShape.of().broadcast(rows)).isEqualTo(rows);
        assertThat(SymbolicShape.of(-1, 3, 8).broadcast(SymbolicShape.of(3, 1))).isEqualTo(SymbolicShape.of(-1, 3, 8));
        assertThat(SymbolicShape.of(-1, 1).broadcast(SymbolicShape.of(8))).isEqualTo(SymbolicShape.of(-1, 8));
    }

    @Test
    void onlySymbolicShapeAtTheEndAreThoseThatLeadingAxesWereAddedTo() {
        assertThat(SymbolicShape.of(100).isSuffixOf(SymbolicShape.of(-16, 100))).isTrue();
        assertThat(SymbolicShape.of().isSuffixOf(SymbolicShape.of(-16, 100))).isTrue();
        assertThat(SymbolicShape.of(3, 1).isSuffixOf(SymbolicShape.of(-1, 3, 8)))
                .isFalse();
        assertThat(SymbolicShape.of(-1, 3).isSuffixOf(SymbolicShape.of(3))).isFalse();
    }

    @Test
    void anAxisGoesOrChanges() {
        assertThat(IMAGES.without(1)).isEqualTo(SymbolicShape.of(-1, 28, 1));
        assertThat(IMAGES.with(3, 4)).isEqualTo(SymbolicShape.of(-1, 28, 28, 4));
    }
}
