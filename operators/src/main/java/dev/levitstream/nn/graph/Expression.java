package dev.levitstream.nn.graph;

/** What an op is applied to. */
interface Expression {
    /** The array itself. */
    Array self();
}
