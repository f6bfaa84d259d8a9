package dev.levitstream.operator;

import dev.levitstream.learner.LabelledImage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One decoded and checked image of a stream; of plain fields, for it goes from task to task and into state.
 *
 * @param imageId its name within the stream
 * @param eventTime when it was taken, milliseconds since 1970
 * @param pixels H W C unsigned bytes, row by row, channels of a pixel together; of an image that was embedded the half
 *     floats of its tokens; never changed
 * @param label true class, null where it is not known
 */
public record Frame(
        String imageId,
        long eventTime,
        byte[] pixels,
        @Nullable String label) {
    /** The same image with other pixels. */
    Frame withPixels(byte[] others) {
        return new Frame(imageId, eventTime, others, label);
    }

    /** Pixels and label, as learners take them. */
    LabelledImage image() {
        return new LabelledImage(pixels, Optional.ofNullable(label));
    }
}
