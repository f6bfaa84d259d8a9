package dev.levitstream.nn.graph;

/** How a gradient passes back through an array to what that was made of. */
@FunctionalInterface
interface Rule {
    /**
     * Adds the parts of this array.
     *
     * @param y the array
     * @param dy the gradient at it, of the same shape
     * @param to takes the gradients at what it was made of; a part that was broadcast is summed up there
     */
    void back(Array y, Array dy, Gradients to);

    /** A rule of an array that was made of one other: the gradient at that. */
    @FunctionalInterface
    interface Derivative {
        Array of(Array y, Array dy);
    }
}
