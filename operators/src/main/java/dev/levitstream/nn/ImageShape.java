package dev.levitstream.nn;

import java.io.Serializable;

/**
 * Size of the images of one stream.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels values per pixel, 1 or 3
 */
public record ImageShape(int height, int width, int channels) implements Serializable {
    public ImageShape {
        Check.that(height > 0, "image.height", height, "must be at least 1");
        Check.that(width > 0, "image.width", width, "must be at least 1");
        Check.that(channels == 1 || channels == 3, "image.channels", channels, "must be 1 or 3");
    }

    /** Values of one image: D = H W C. */
    public int size() {
        return height * width * channels;
    }

    @Override
    public String toString() {
        return height + "x" + width + "x" + channels;
    }
}
