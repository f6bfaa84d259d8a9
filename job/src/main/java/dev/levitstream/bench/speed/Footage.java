package dev.levitstream.bench.speed;

import dev.levitstream.schema.ImageRecord;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;

/** What the keys of a job without a broker show; each reader has a copy. */
interface Footage extends Serializable {
    /**
     * An image as it comes.
     *
     * @param number of the image among those of its key, from 0
     */
    ImageRecord image(String key, long number, Instant time) throws IOException;
}
