package dev.levitstream.picture;

import dev.levitstream.common.ImageShape;

/** A picture of any format that was walked and checked, and can be decoded: exactly, or not at all. */
public final class Picture {
    private final PictureFormat format;
    private final Structure structure;
    private final PictureOptions options;

    private Picture(PictureFormat format, Structure structure, PictureOptions options) {
        this.format = format;
        this.structure = structure;
        this.options = options;
    }

    /**
     * Walks a picture; nothing is decoded yet.
     *
     * @param bytes of any format; borrowed as long as the picture is used
     * @param options how it is to become an image, and what it may cost
     * @throws PictureException if it is of no known format, damaged, or too costly
     */
    public static Picture of(byte[] bytes, PictureOptions options) {
        PictureLimits limits = options.limits();
        limits.requireBytes(bytes);
        PictureFormat format = PictureFormat.of(bytes);
        return new Picture(format, format.structure(bytes, limits), options);
    }

    public PictureFormat format() {
        return format;
    }

    /** Size of the upright picture, by what it says of itself. */
    public PictureSize size() {
        return PictureSize.of(structure);
    }

    /**
     * Decodes it by the rules of this package, and fits it.
     *
     * @param shape of the image; 1 channel for grey or 3 for red, green, blue
     * @return H W C unsigned bytes
     * @throws PictureException if it is damaged, or of another size where it must fit exactly
     */
    public byte[] pixels(ImageShape shape) {
        boolean fits = size().height() == shape.height() && size().width() == shape.width();
        if (options.fit() == Fit.EXACT && !fits) {
            String rule = "must be " + shape.height() + "x" + shape.width();
            throw new PictureException("size", size(), rule + " (option image.fit is exact)");
        }
        try (Rows rows = structure.rows(options.background())) {
            return new Fitting(structure.height(), structure.width(), structure.orientation(), shape, options)
                    .fit(rows);
        }
    }

    /**
     * Fits pixels that were never encoded.
     *
     * @param pixels H W C unsigned bytes; borrowed
     * @param from their shape
     * @param to shape of the image: as many channels, or 1 of 3, or 3 of 1
     * @return H W C unsigned bytes; the same array where both shapes are one
     */
    public static byte[] fit(byte[] pixels, ImageShape from, ImageShape to, PictureOptions options) {
        if (from.equals(to)) {
            return pixels;
        }
        return new Fitting(from.height(), from.width(), Orientation.UPRIGHT, to, options)
                .fit(new RawRows(pixels, from.width(), from.channels()));
    }
}
