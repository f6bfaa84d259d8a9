package dev.levitstream.nn.backbone;

import dev.levitstream.common.Check;
import java.io.Serializable;
import java.util.List;

/**
 * How a backbone is used.
 *
 * @param batch most images computed at once, at least 1; it never changes a bit
 * @param size side of the square that images are resized to (pixels); 0 for as they come, or as the file says
 * @param mean of each channel, or one for all, taken from values in 0 to 1; none for what the file says, else 0
 * @param std that they are divided by then, likewise; none for what the file says, else 1
 * @param heads attention heads of a safetensors ViT; 0 for what the file says, else one for every 64 of its width
 */
public record BackboneOptions(int batch, int size, List<Float> mean, List<Float> std, int heads)
        implements Serializable {
    /** Image by image, all else as the file says. */
    public static final BackboneOptions DEFAULTS = new BackboneOptions(1, 0, List.of(), List.of(), 0);

    private static final int MOST_BATCH = 256;
    private static final int MOST_SIZE = 4096;

    public BackboneOptions {
        Check.that(batch >= 1 && batch <= MOST_BATCH, "backbone.batch", batch, "must be 1 to " + MOST_BATCH);
        Check.that(size >= 0 && size <= MOST_SIZE, "backbone.size", size, "must be 0 to " + MOST_SIZE);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        Check.that(heads >= 0, "backbone.heads", heads, "must be at least 0");
    }
}
