package dev.levitstream.learner;

import java.util.Optional;

/**
 * The active component was frozen and a new one created.
 *
 * @param componentId id of the new component
 * @param step batch at which it happened (count)
 * @param verdict what the criterion measured; empty where the first fill of the memory or an event forced the expansion
 * @param componentCount components after it (count)
 * @param imagesSeen images that the frozen component had seen while active (count)
 */
public record Expansion(int componentId, long step, Optional<Verdict> verdict, int componentCount, long imagesSeen) {}
