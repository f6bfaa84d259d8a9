package dev.levitstream.learner.common;

/**
 * One image in the replay memory.
 *
 * @param pixels H W C unsigned bytes
 * @param label class, or {@link LabelRegistry#UNLABELLED}
 * @param view what frozen components make of it
 */
public record MemoryItem(byte[] pixels, int label, FrozenView view) {}
