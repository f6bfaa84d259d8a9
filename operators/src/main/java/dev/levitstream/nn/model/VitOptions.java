package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import java.io.Serializable;
import java.util.List;

/**
 * Sizes of one Vision Transformer.
 *
 * @param input shape of what it looks at
 * @param patch side P of a square patch in pixels; must divide height and width; 1 for tokens, each of which is a patch
 * @param embeddingWidth Q, width of a patch token, at least 1
 * @param heads attention heads, each of full width Q, at least 1
 * @param hidden widths of the MLP's layers, at least one; the last is the feature width F
 */
public record VitOptions(InputShape input, int patch, int embeddingWidth, int heads, List<Integer> hidden)
        implements Serializable {
    private static final int MAX_WIDTH = 100_000_000;

    public VitOptions {
        Check.that(patch > 0, "vit.patch", patch, "must be at least 1");
        Check.that(
                patch == 1 || !(input instanceof TokenShape), "vit.patch", patch, "must be 1 for tokens of a backbone");
        Check.that(
                input.height() % patch == 0 && input.width() % patch == 0,
                "vit.patch",
                patch,
                "must divide height and width of " + input);
        Check.that(embeddingWidth > 0, "vit.embedding-width", embeddingWidth, "must be at least 1");
        Check.that(heads > 0, "vit.heads", heads, "must be at least 1");
        long tokens = (long) (input.height() / patch) * (input.width() / patch) * embeddingWidth;
        Check.that(
                tokens <= MAX_WIDTH && tokens * heads <= MAX_WIDTH,
                "vit.heads",
                heads,
                "times patches=" + input.height() / patch * (input.width() / patch) + " times vit.embedding-width="
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
        return (input.height() / patch) * (input.width() / patch);
    }
}
