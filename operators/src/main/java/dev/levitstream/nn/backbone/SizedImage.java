package dev.levitstream.nn.backbone;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;

/**
 * An image with its size.
 *
 * @param shape its size
 * @param pixels H W C unsigned bytes, row by row, channels of a pixel together; borrowed
 */
public record SizedImage(ImageShape shape, byte[] pixels) {
    public SizedImage {
        Check.that(pixels.length == shape.size(), "image.pixels", pixels.length, "must be " + shape.size());
    }
}
