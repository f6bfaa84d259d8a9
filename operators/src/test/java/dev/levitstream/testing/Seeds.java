package dev.levitstream.testing;

import java.util.stream.LongStream;

/** Seeds of property tests; the seed stands in the test's name. */
public final class Seeds {
    private Seeds() {}

    /** 0 to 19. */
    public static LongStream twenty() {
        return LongStream.range(0, 20);
    }

    /**
     * 0 to 3, or up to system property {@code test.seeds}: for properties of whole learners, which take seconds each.
     */
    public static LongStream few() {
        return LongStream.range(0, Integer.getInteger("test.seeds", 4));
    }
}
