package dev.levitstream.learner;

import java.io.Serializable;

/** A method's own settings: an immutable record. */
public interface MethodOptions extends Serializable {
    /** Of a method without any. */
    MethodOptions NONE = new None();

    /** What tells these settings apart in a report, in one word; {@code none} if nothing does. */
    default String variant() {
        return "none";
    }

    /** Nothing. */
    record None() implements MethodOptions {
        private static final long serialVersionUID = 1L;
    }
}
