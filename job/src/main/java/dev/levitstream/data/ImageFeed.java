package dev.levitstream.data;

import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;

/** Images to publish, one after the other. Closing it, from any thread, ends it. */
public interface ImageFeed extends AutoCloseable {
    /**
     * One of them.
     *
     * @param eventTime when it was taken, where the source knows
     */
    record Item(String imageId, Sample sample, Optional<Instant> eventTime) {}

    /**
     * The next one; waits for it.
     *
     * @return empty at the end
     * @throws IOException with one line, if there can be no more
     */
    Optional<Item> next() throws IOException;

    /** How many there are, where that is known. */
    OptionalLong count();

    /** Whether they are the same each time, so that one can go on in the middle. */
    boolean isRepeatable();

    @Override
    void close();

    /**
     * Samples in their order.
     *
     * @param names gives an image its id, from its place and itself
     */
    static ImageFeed of(List<Sample> samples, BiFunction<Integer, Sample, String> names) {
        Iterator<Sample> left = samples.iterator();
        return new ImageFeed() {
            private int place;

            @Override
            public Optional<Item> next() {
                if (!left.hasNext()) {
                    return Optional.empty();
                }
                Sample sample = left.next();
                return Optional.of(new Item(names.apply(place++, sample), sample, Optional.empty()));
            }

            @Override
            public OptionalLong count() {
                return OptionalLong.of(samples.size());
            }

            @Override
            public boolean isRepeatable() {
                return true;
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }
}
