package dev.levitstream.learner;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.nn.backbone.BackboneFile;
import java.io.Serializable;

/** A method's own settings: an immutable record. */
public interface MethodOptions extends Serializable {
    /** What tells these settings apart in a report, in one word; {@code none} if nothing does. */
    default String variant() {
        return "none";
    }

    /**
     * What learners are given of an image: by default the image itself; else what the {@link #backbone} makes of it.
     *
     * @param image size of the images
     */
    default InputShape input(ImageShape image) {
        return image;
    }

    /** The backbone whose features or tokens its learners take; {@link BackboneFile#NONE} if they take none. */
    default BackboneFile backbone() {
        return BackboneFile.NONE;
    }
}
