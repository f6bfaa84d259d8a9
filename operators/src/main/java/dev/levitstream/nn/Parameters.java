package dev.levitstream.nn;

/** The arrays of a {@link ParameterLayout} by name. */
public interface Parameters {
    /** The array of that name, which must be in the layout. */
    Array get(String name);
}
