package dev.levitstream.operator;

import dev.levitstream.common.Check;
import java.io.Serializable;
import java.util.Set;

/**
 * How many keys there may be, how long they live, and what becomes of one whose learner fails.
 *
 * @param most keys with state in one subtask (count), at least 1; images of others become dead letters
 * @param expireMillis event time between two images of a key after which it starts anew (milliseconds); 0 for never.
 *     State of a key that stays silent is removed when the watermark is twice as far
 * @param failure what becomes of the images of a key in quarantine
 * @param released quarantines that are over, as {@code KEY#N}, the N-th of a key: it goes on from where it failed
 * @param reset the same, but the key starts from nothing
 */
public record KeyOptions(int most, long expireMillis, Failure failure, Set<String> released, Set<String> reset)
        implements Serializable {
    /** What becomes of images of a key whose learner failed. */
    public enum Failure {
        /** They are answered by the learner as it was when it failed, where that gives an answer. */
        ANSWER,
        /** They become dead letters. */
        DEAD_LETTER
    }

    /** Nothing expires, nothing is released. */
    public static final KeyOptions DEFAULT = new KeyOptions(10_000, 0, Failure.ANSWER, Set.of(), Set.of());

    public KeyOptions {
        Check.that(most >= 1, "keys.max", most, "must be at least 1");
        Check.that(expireMillis >= 0, "keys.expire-millis", expireMillis, "must be at least 0");
        released = checked("quarantine.release", released);
        reset = checked("quarantine.reset", reset);
    }

    private static Set<String> checked(String option, Set<String> names) {
        for (String name : names) {
            Check.that(name.matches("(?s).+#[0-9]+"), option, name, "must be KEY#N, as the event KEY_QUARANTINED says");
        }
        return Set.copyOf(names);
    }

    /** Name of a key's quarantine. */
    static String quarantine(String streamKey, int number) {
        return streamKey + "#" + number;
    }
}
