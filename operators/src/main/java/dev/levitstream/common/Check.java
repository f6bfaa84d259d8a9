package dev.levitstream.common;

/** The one argument check: {@code name=value rule}. */
public final class Check {
    private Check() {}

    /**
     * Refuses a value that breaks a rule.
     *
     * @param holds whether the rule holds
     * @param name option or argument, dotted lower case
     * @param value what was given
     * @param rule what is allowed, as in {@code must be positive}
     * @throws IllegalArgumentException if it does not hold
     */
    public static void that(boolean holds, String name, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(name + "=" + value + " " + rule);
        }
    }
}
