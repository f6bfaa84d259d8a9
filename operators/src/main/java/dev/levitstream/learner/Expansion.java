package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The active component was frozen and a new one created.
 *
 * @param componentId id of the new component, which no other ever has
 * @param step batch at which it happened (count)
 * @param verdict what the criterion measured; empty where the first fill of the memory or an event forced the expansion
 * @param componentCount components after it (count)
 * @param imagesSeen images that the frozen component had seen while active (count)
 * @param nearest id of the older component whose images are most like those of the new one; empty where it is not known
 * @param merged one for each component that became part of another, to make room
 */
public record Expansion(
        int componentId,
        long step,
        Optional<Verdict> verdict,
        int componentCount,
        long imagesSeen,
        OptionalInt nearest,
        List<LearnerNotice> merged) {
    public Expansion {
        merged = List.copyOf(merged);
    }

    /** Of a component of which it is not known what it is like, and for which there was room. */
    public Expansion(int componentId, long step, Optional<Verdict> verdict, int componentCount, long imagesSeen) {
        this(componentId, step, verdict, componentCount, imagesSeen, OptionalInt.empty(), List.of());
    }

    /** The same with what became of others, to make room. */
    public Expansion with(List<LearnerNotice> others) {
        return new Expansion(componentId, step, verdict, componentCount, imagesSeen, nearest, others);
    }

    /** The same with what the new component is like. */
    public Expansion near(OptionalInt component) {
        return new Expansion(componentId, step, verdict, componentCount, imagesSeen, component, merged);
    }
}
