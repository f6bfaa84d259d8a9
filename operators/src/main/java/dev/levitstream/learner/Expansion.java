package dev.levitstream.learner;

/**
 * The active component was frozen and a new one created.
 *
 * @param componentId id of the new component
 * @param step batch at which it happened (count)
 * @param distance what the criterion measured; NaN where the first fill of the memory or an event forced it
 * @param threshold what the distance had to exceed
 * @param componentCount components after it (count)
 * @param imagesSeen images that the frozen component had seen while active (count)
 */
public record Expansion(
        int componentId, long step, double distance, double threshold, int componentCount, long imagesSeen) {}
