package dev.levitstream.learner;

import dev.levitstream.nn.backbone.BackboneFile;
import java.io.Serializable;

/** A method's own settings: an immutable record. */
public interface MethodOptions extends Serializable {
    /** What tells these settings apart in a report, in one word; {@code none} if nothing does. */
    default String variant() {
        return "none";
    }

    /** The backbone whose features or tokens its learners take; {@link BackboneFile#NONE} if they take none. */
    default BackboneFile backbone() {
        return BackboneFile.NONE;
    }
}
