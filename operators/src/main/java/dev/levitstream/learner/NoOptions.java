package dev.levitstream.learner;

/** Settings of a method that has none. */
public record NoOptions() implements MethodOptions {
    private static final long serialVersionUID = 1L;
}
