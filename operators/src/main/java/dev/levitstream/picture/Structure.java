package dev.levitstream.picture;

import java.io.InputStream;

/** What a picture says about itself, read and checked before anything is decoded. */
sealed interface Structure permits JpegStructure, PngStructure {
    /** Stored rows. */
    int height();

    /** Stored columns. */
    int width();

    Orientation orientation();

    /** Whether it is stored in grey. */
    boolean isGrey();

    /**
     * The picture without all that is not needed for its samples, so that the reader meets neither metadata nor
     * profiles and converts no colours.
     *
     * @throws PictureException if data is missing or damaged, or more than a picture of this size can need
     */
    InputStream samplesOnly();

    /**
     * Colour of a pixel.
     *
     * @param samples of the pixel, as they are stored
     * @return 0xRRGGBB
     * @throws PictureException if the samples name no colour
     */
    int rgb(int[] samples);
}
