package dev.levitstream.operator;

/**
 * Times that a key remembers.
 *
 * @param lastEventTime event time of the last image answered (epoch milliseconds)
 * @param flushAt processing time at which an incomplete batch goes; 0 for none
 * @param timer processing time of the one timer that is set; 0 for none
 */
public record KeyTimes(long lastEventTime, long flushAt, long timer) {
    static final KeyTimes NONE = new KeyTimes(0, 0, 0);

    /** After an image was answered. */
    KeyTimes answered(long eventTime) {
        return new KeyTimes(eventTime, flushAt, timer);
    }

    /** After a batch was begun to learn from: the next one waits anew. */
    KeyTimes begun() {
        return new KeyTimes(lastEventTime, 0, timer);
    }

    KeyTimes withTimer(long time) {
        return new KeyTimes(lastEventTime, flushAt, time);
    }
}
