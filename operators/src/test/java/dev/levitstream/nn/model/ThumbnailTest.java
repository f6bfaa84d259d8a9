package dev.levitstream.nn.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.levitstream.common.ImageShape;
import org.junit.jupiter.api.Test;

class ThumbnailTest {
    @Test
    void aThumbnailIsTheMeanOfSquares() {
        ImageShape shape = new ImageShape(57, 90, 2);
        Thumbnail thumbnail = Thumbnail.of(shape);
        assertThat(thumbnail.shape()).isEqualTo(new ImageShape(28, 45, 2));
        byte[] pixels = new byte[shape.size()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i % 2 == 0 ? i / 2 / 90 : 200); // the row, and a constant
        }
        byte[] small = thumbnail.of(pixels);
        assertThat(small).hasSize(28 * 45 * 2);
        assertThat(small[(27 * 45 + 3) * 2]).isEqualTo((byte) 55); // rows 54 and 55: 54.5
        assertThat(small[(27 * 45 + 3) * 2 + 1]).isEqualTo((byte) 200);
        assertThat(Thumbnail.of(new ImageShape(8, 8, 1)).shape()).isEqualTo(new ImageShape(8, 8, 1));
    }
}
