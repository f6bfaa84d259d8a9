package dev.levitstream.nn;

/** An array that is a variable of a {@link Script}. */
interface Variable extends Array {
    /** Name of the variable. */
    String name();
}
