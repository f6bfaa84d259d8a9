package dev.levitstream.learner.common;

import dev.levitstream.common.Check;
import java.io.Serializable;

/**
 * The replay memory.
 *
 * @param capacity most images (count), at least 64
 * @param admission which images are kept when it is full
 * @param unlabelled which images without a label enter
 */
public record MemoryOptions(int capacity, Admission admission, Unlabelled unlabelled) implements Serializable {
    /** What enters a full memory, and what leaves. */
    public enum Admission {
        /** All enter; the 64 oldest leave (Algorithm 1). */
        FIFO,
        /** Each image ever seen is kept with the same probability (Vitter 1985). */
        RESERVOIR
    }

    /** Which images without a label enter. */
    public enum Unlabelled {
        ALL,
        /** Those that no frozen component explains better than the active one. */
        ROUTED
    }

    public MemoryOptions {
        Check.that(
                capacity >= ReplayMemory.SEGMENT,
                "memory.capacity",
                capacity,
                "must be at least " + ReplayMemory.SEGMENT);
    }
}
