package dev.levitstream.learner;

/**
 * What a method is.
 *
 * @param family methods that share their options; the options' prefix
 * @param summary in one line
 * @param needs what it needs of a stream: labels, boundaries
 * @param fidelity how exactly the published method is known and followed
 * @param state what is stored of a learner, and what it grows with
 * @param expands whether it may create components, and so has a use for being told of changes
 */
public record MethodDescription(
        String family, String summary, String needs, String fidelity, String state, boolean expands) {}
