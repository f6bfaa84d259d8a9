package dev.levitstream.operator;

/**
 * What a key remembers besides its learner and its {@link KeyTimes times}.
 *
 * @param answered images at the head of those that wait which are answered already (count)
 * @param quarantines how often its learner failed (count)
 * @param quarantined whether it has failed and learns no more
 * @param expiry event time of the one timer that looks whether the key is silent for ever (epoch milliseconds); 0 for
 *     none
 */
public record KeyStatus(int answered, int quarantines, boolean quarantined, long expiry) {
    static final KeyStatus NONE = new KeyStatus(0, 0, false, 0);

    KeyStatus withAnswered(int images) {
        return new KeyStatus(images, quarantines, quarantined, expiry);
    }

    KeyStatus withExpiry(long time) {
        return new KeyStatus(answered, quarantines, quarantined, time);
    }

    /** After another failure. */
    KeyStatus failed() {
        return new KeyStatus(0, quarantines + 1, true, expiry);
    }

    /** It may learn again. */
    KeyStatus released() {
        return new KeyStatus(0, quarantines, false, expiry);
    }
}
