package dev.levitstream.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Files that were not published: how many, and why the first of them. Thread-safe. */
public final class Skipped {
    private static final int NAMED = 5;

    private final List<String> first = new ArrayList<>();
    private int count;

    /**
     * One more.
     *
     * @param what a file and the reason, in one line
     */
    public synchronized void add(String what) {
        count++;
        if (first.size() < NAMED) {
            first.add(what);
        }
    }

    /** How many so far. */
    public synchronized int count() {
        return count;
    }

    /** The one line about them; empty if there are none. */
    public synchronized Optional<String> line() {
        if (count == 0) {
            return Optional.empty();
        }
        String others = count > first.size() ? "; and " + (count - first.size()) + " more" : "";
        return Optional.of(
                "skipped " + count + (count == 1 ? " file: " : " files: ") + String.join("; ", first) + others);
    }
}
