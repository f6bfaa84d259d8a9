package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import java.io.Serializable;
import java.util.List;

/**
 * Sizes of one Vision Transformer.
 *
 * @param image size of the images
 * @param patch side P of a square patch in pixels; must divide height and width
 * @param embeddingWidth Q, width of a patch token, at least 1
 * @param heads attention heads, each of full width Q, at least 1
 * @param hidden widths of the MLP's layers, at least one; the last is the feature width F
 */
public record VitOptions(ImageShape image, int patch, int embeddingWidth, int heads, List<Integer> hidden)
        implements Serializable {
    private static final int MAX_WIDTH = 100_000_000;

    public VitOptions {
        Check.that(patch > 0, "vit.patch", patch, "must be at least 1");
        Check.that(
                image.height() % patch == 0 && image.width() % patch == 0,
                "vit.patch",
                patch,
                "must divide height and width of " + image);
        Check.that(embeddingWidth > 0, "vit.embedding-width", embeddingWidth, "must be at least 1");
        Check.that(heads > 0, "vit.heads", heads, "must be at least 1");
        long tokens = (long) (image.height() / patch) * (image.width() / patch) * embeddingWidth;
        Check.that(
                tokens <= MAX_WIDTH && tokens * heads <= MAX_WIDTH,
                "vit.heads",
                heads,
                "times patches=" + image.height() / patch * (image.width() / patch) + " times vit.embedding-width="
                        + embeddingWidth + " must be at most " + MAX_WIDTH);
        Check.that(
                !hidden.isEmpty() && hidden.stream().allMatch(width -> width > 0),
                "vit.hidden",
                hidden,
                "must be widths of at least 1");
        hidden = List.copyOf(hidden);
    }

    /** N, the number of patches. */
    public int patches() {
        return (image.height() / patch) * (image.width() / patch);
    }
}
