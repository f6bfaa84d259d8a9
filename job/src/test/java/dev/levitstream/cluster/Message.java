package dev.levitstream.cluster;

import org.jspecify.annotations.Nullable;

/**
 * A record that a test sends, and what must come of it.
 *
 * @param key of the Kafka record; null for none
 * @param value of the Kafka record; null for none
 * @param imageId name of the image in it; empty where there is none to be read
 * @param fate what must come of it
 */
record Message(@Nullable String key, byte @Nullable [] value, String imageId, Fate fate) {
    /** What comes of a record. */
    enum Fate {
        ANSWER,
        DEAD_LETTER,
        /** One of the two: which is the job's to decide. */
        EITHER
    }

    /** Where it lies in the topic of images. */
    record Place(int partition, long offset) {}
}
