package dev.levitstream.operator;

/**
 * The newest chunk of an {@link ImageTrail}, as it is stored.
 *
 * @param number chunks before it, also those that are gone (count)
 * @param images in their order; never changed
 */
public record TrailChunk(long number, byte[] images) {
    static final TrailChunk NONE = new TrailChunk(0, new byte[0]);
}
