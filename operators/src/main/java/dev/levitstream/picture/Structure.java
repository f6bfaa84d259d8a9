package dev.levitstream.picture;

/** What a picture says about itself, read and checked before anything is decoded. */
sealed interface Structure
        permits BmpStructure, GifStructure, JpegStructure, PngStructure, TiffStructure, WebpStructure {
    /** Stored rows. */
    int height();

    /** Stored columns. */
    int width();

    /** How they lie; only formats with EXIF have another. */
    default Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    /** Whether it is stored in grey. */
    boolean isGrey();

    /**
     * Decodes what its pixels need and nothing else, so that no reader meets metadata, profiles or further pictures.
     *
     * @param background what transparent pixels are laid over, 0xRRGGBB
     * @throws PictureException if data is missing or damaged, or more than a picture of this size can need
     */
    Rows rows(int background);
}
