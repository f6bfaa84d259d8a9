package dev.levitstream.picture;

import dev.levitstream.common.ImageShape;

/** Pictures of one format that have the size of the image. */
public final class PictureDecoder {
    private static final PictureOptions EXACT = PictureOptions.DEFAULT.with(Fit.EXACT);

    private PictureDecoder() {}

    /**
     * Decodes a picture by the rules of this package.
     *
     * @param format what the bytes are said to be
     * @param bytes borrowed
     * @param shape of the upright picture; 1 channel for grey or 3 for red, green, blue
     * @return H W C unsigned bytes
     * @throws PictureException if the picture is of another format or size, damaged, or too costly
     */
    public static byte[] decode(PictureFormat format, byte[] bytes, ImageShape shape) {
        format.requireIn(bytes);
        return Picture.of(bytes, EXACT).pixels(shape);
    }

    /**
     * Size of the upright picture, by what it says of itself: one channel if it is stored in grey, else three.
     *
     * @param format what the bytes are said to be
     * @param bytes borrowed
     * @throws PictureException if the picture is of another format, damaged, or too costly, or too large for an image
     */
    public static ImageShape shape(PictureFormat format, byte[] bytes) {
        format.requireIn(bytes);
        PictureSize size = Picture.of(bytes, EXACT).size();
        try {
            return new ImageShape(size.height(), size.width(), size.channels());
        } catch (IllegalArgumentException e) {
            throw new PictureException("size", size, "must be at most that of an image: " + e.getMessage());
        }
    }
}
