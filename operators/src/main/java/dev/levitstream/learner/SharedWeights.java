package dev.levitstream.learner;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Weights that never change and that all learners of a task read: held once, however many learners there are. Not
 * thread-safe; one per task.
 */
public final class SharedWeights {
    private final Map<String, Object> weights = new HashMap<>();

    /**
     * The weights of a name; borrowed, and never to be changed.
     *
     * @param name says what they are made of: two makers of one name must make the same
     * @param maker makes them when they are first asked for
     */
    public <T> T get(String name, Class<T> type, Supplier<T> maker) {
        return type.cast(weights.computeIfAbsent(name, any -> maker.get()));
    }
}
