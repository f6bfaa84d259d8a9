package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;

/**
 * An image made smaller by a whole number: each pixel is the rounded mean of a square of pixels, so that the shorter
 * side has 28 to 55 of them. Smaller images stay as they are; what is left over at the right and at the bottom goes.
 *
 * @param image shape of the images
 * @param factor pixels to a side of a square
 */
public record Thumbnail(ImageShape image, int factor) {
    private static final int SHORTER_SIDE = 28;

    /** The thumbnails of images of a shape. */
    public static Thumbnail of(ImageShape image) {
        return new Thumbnail(image, Math.max(1, Math.min(image.height(), image.width()) / SHORTER_SIDE));
    }

    /** Shape of the thumbnails. */
    public ImageShape shape() {
        return new ImageShape(image.height() / factor, image.width() / factor, image.channels());
    }

    /** The thumbnail of one image, H W C unsigned bytes; the image itself where it is small. */
    public byte[] of(byte[] pixels) {
        Check.that(pixels.length == image.size(), "image.pixels", pixels.length, "must be " + image.size());
        return factor == 1 ? pixels : reduced(pixels);
    }

    private byte[] reduced(byte[] pixels) {
        ImageShape small = shape();
        byte[] reduced = new byte[small.size()];
        int at = 0;
        for (int y = 0; y < small.height(); y++) {
            for (int x = 0; x < small.width(); x++) {
                for (int c = 0; c < small.channels(); c++) {
                    reduced[at++] = (byte) mean(pixels, y * factor, x * factor, c);
                }
            }
        }
        return reduced;
    }

    private int mean(byte[] pixels, int top, int left, int channel) {
        long sum = 0;
        for (int y = top; y < top + factor; y++) {
            for (int x = left; x < left + factor; x++) {
                sum += pixels[(y * image.width() + x) * image.channels() + channel] & 0xFF;
            }
        }
        long squares = (long) factor * factor;
        return (int) ((sum + squares / 2) / squares);
    }
}
