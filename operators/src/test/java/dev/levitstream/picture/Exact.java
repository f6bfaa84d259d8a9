package dev.levitstream.picture;

import dev.levitstream.common.ImageShape;

/** Pictures of one format that have the size of the image. */
final class Exact {
    private static final PictureOptions OPTIONS = PictureOptions.DEFAULT.with(Fit.EXACT);

    private Exact() {}

    /**
     * Decodes a picture as a record's that says format and size.
     *
     * @throws PictureException if the picture is of another format or size, damaged, or too costly
     */
    static byte[] decode(PictureFormat format, byte[] bytes, ImageShape shape) {
        format.requireIn(bytes);
        return Picture.of(bytes, OPTIONS).pixels(shape);
    }
}
