package dev.levitstream.learner;

import java.io.Serializable;

/** A method's own settings: an immutable record. */
public interface MethodOptions extends Serializable {
    /** What tells these settings apart in a report, in one word; {@code none} if nothing does. */
    default String variant() {
        return "none";
    }
}
