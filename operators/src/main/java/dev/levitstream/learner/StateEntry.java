package dev.levitstream.learner;

import java.util.function.Supplier;

/**
 * One named part of a learner's state.
 *
 * @param name unique within the learner
 * @param revision rises whenever the content changes; while it stands, stored bytes need not be written again
 * @param writeOnce whether the content can never change again (a frozen component)
 * @param content makes the bytes; a new array each time, taken by the caller
 */
public record StateEntry(String name, long revision, boolean writeOnce, Supplier<byte[]> content) {}
