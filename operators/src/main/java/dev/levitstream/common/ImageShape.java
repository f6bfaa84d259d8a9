package dev.levitstream.common;

/**
 * Size of the images of one stream: at most 16,777,216 values.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels values per pixel, 1 to 64: grey 1, colour 3, a multispectral sensor as many as it has
 */
public record ImageShape(int height, int width, int channels) implements InputShape {
    private static final int MAX_CHANNELS = 64;
    private static final int MAX_SIZE = 1 << 24;

    public ImageShape {
        Check.that(height > 0, "image.height", height, "must be at least 1");
        Check.that(width > 0, "image.width", width, "must be at least 1");
        Check.that(
                channels >= 1 && channels <= MAX_CHANNELS, "image.channels", channels, "must be 1 to " + MAX_CHANNELS);
        long size = (long) height * width * channels;
        Check.that(
                (long) height * width <= MAX_SIZE && size <= MAX_SIZE,
                "image",
                height + "x" + width + "x" + channels,
                "must have at most " + MAX_SIZE + " values");
    }

    @Override
    public int bytes() {
        return size();
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + channels;
    }
}
