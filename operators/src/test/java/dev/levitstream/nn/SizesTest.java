package dev.levitstream.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SizesTest {
    private static final Sizes IMAGES = Sizes.of(-1, 28, 28, 1);

    @Test
    void anAxisOfImagesIsAMultipleOfTheirNumberWhateverTheShape() {
        Sizes patches = IMAGES.reshaped(-1, 4, 7, 4, 7, 1).transposed(0, 1, 3, 2, 4, 5);
        assertThat(patches).isEqualTo(Sizes.of(-1, 4, 4, 7, 7, 1));
        assertThat(patches.reshaped(-1, 49)).isEqualTo(Sizes.of(-16, 49));
        assertThat(patches.reshaped(-1, 49).shape()).containsExactly(-1, 49);
        assertThat(patches.reshaped(-1, 49).reshaped(-1, 784)).isEqualTo(Sizes.of(-1, 784));
        assertThat(Sizes.of(3, 4).reshaped(-1, 1)).isEqualTo(Sizes.of(12, 1));
    }

    @Test
    void aShapeThatCannotHoldTheValuesIsRefused() {
        assertThatThrownBy(() -> IMAGES.reshaped(-1, 100))
                .hasMessage("shape=[-1, 100] must hold the values of [-1, 28, 28, 1]");
    }

    @Test
    void sizesAreBroadcastFromTheLastAxis() {
        Sizes rows = Sizes.of(-16, 100);
        assertThat(rows.broadcast(Sizes.of(100))).isEqualTo(rows);
        assertThat(Sizes.of(100).broadcast(rows)).isEqualTo(rows);
        assertThat(Sizes.of().broadcast(rows)).isEqualTo(rows);
        assertThat(Sizes.of(-1, 3, 8).broadcast(Sizes.of(3, 1))).isEqualTo(Sizes.of(-1, 3, 8));
        assertThat(Sizes.of(-1, 1).broadcast(Sizes.of(8))).isEqualTo(Sizes.of(-1, 8));
    }

    @Test
    void onlySizesAtTheEndAreThoseThatLeadingAxesWereAddedTo() {
        assertThat(Sizes.of(100).endThoseOf(Sizes.of(-16, 100))).isTrue();
        assertThat(Sizes.of().endThoseOf(Sizes.of(-16, 100))).isTrue();
        assertThat(Sizes.of(3, 1).endThoseOf(Sizes.of(-1, 3, 8))).isFalse();
        assertThat(Sizes.of(-1, 3).endThoseOf(Sizes.of(3))).isFalse();
    }

    @Test
    void anAxisGoesOrChanges() {
        assertThat(IMAGES.without(1)).isEqualTo(Sizes.of(-1, 28, 1));
        assertThat(IMAGES.with(3, 4)).isEqualTo(Sizes.of(-1, 28, 28, 4));
    }
}
