package dev.levitstream.learner;

import java.util.Optional;

/**
 * What learning from one batch came to.
 *
 * @param expansion the expansion it led to, if any
 * @param updates optimizer updates done (count)
 * @param queuedUpdates updates that the budget left for later (count)
 * @param refusedExpansion whether the criterion found the world new but {@code components.max} was reached
 */
public record Lesson(Optional<Expansion> expansion, int updates, long queuedUpdates, boolean refusedExpansion) {}
