package dev.levitstream.picture;

import dev.levitstream.common.Check;
import java.io.Serializable;

/**
 * How pictures become images, and what they may cost.
 *
 * <p>Limits are on work, never on time: a replay must refuse what the first run refused.
 *
 * @param fit how a picture of another size becomes one of the learner's
 * @param background what lies under transparent pixels and around a picture that does not fill its image, 0xRRGGBB;
 *     images of one channel have its luma
 * @param maxBytes most bytes of an encoded picture, at least 1
 * @param maxPixels most pixels of a picture, 1 to 2^28; whatever takes more than a JPEG per pixel, in time or memory,
 *     may have fewer ({@link PictureLimits})
 */
public record PictureOptions(Fit fit, int background, int maxBytes, int maxPixels) implements Serializable {
    /** All of a message, and 33 megapixels, which take 134 MB at most while they are decoded. */
    public static final PictureOptions DEFAULT = new PictureOptions(Fit.STRETCH, 0, 1 << 24, 1 << 25);

    /** Byte arrays of four values a pixel end there, with room to spare. */
    private static final int MOST_PIXELS = 1 << 28;

    public PictureOptions {
        Check.that(
                background >= 0 && background <= 0xFFFFFF,
                "image.background",
                "%06x".formatted(background),
                "must be a colour RRGGBB, 000000 to ffffff");
        Check.that(maxBytes >= 1, "image.max-bytes", maxBytes, "must be at least 1");
        Check.that(
                maxPixels >= 1 && maxPixels <= MOST_PIXELS,
                "image.max-pixels",
                maxPixels,
                "must be 1 to " + MOST_PIXELS);
    }

    /** The same with another fit. */
    public PictureOptions with(Fit other) {
        return new PictureOptions(other, background, maxBytes, maxPixels);
    }

    PictureLimits limits() {
        return new PictureLimits(maxBytes, maxPixels);
    }
}
