package dev.levitstream.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was given on the command line; nothing of it must be without effect. */
final class Given {
    private Given() {}

    /**
     * The first option that was given.
     *
     * @param namesAndValues by turns; a value is null, false or empty where the option was not given
     */
    static Optional<String> first(@Nullable Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (isGiven(namesAndValues[i + 1])) {
                return Optional.of(namesAndValues[i] + "=" + namesAndValues[i + 1]);
            }
        }
        return Optional.empty();
    }

    /**
     * Refuses options that would have no effect.
     *
     * @param rule what they need
     * @param namesAndValues by turns
     * @throws IllegalArgumentException that names the first of them that was given
     */
    static void requireNone(String rule, @Nullable Object... namesAndValues) {
        first(namesAndValues).ifPresent(given -> {
            throw new IllegalArgumentException(given.substring(2) + " " + rule);
        });
    }

    /** Refuses an option beside another one. */
    static void requireAlone(String name, @Nullable Object value, String other, @Nullable Object otherValue) {
        if (isGiven(otherValue)) {
            requireNone("must not stand beside " + other, name, value);
        }
    }

    private static boolean isGiven(@Nullable Object value) {
        return value != null && !value.equals(false) && !value.equals("");
    }
}
