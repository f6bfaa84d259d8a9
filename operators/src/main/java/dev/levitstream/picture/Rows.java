package dev.levitstream.picture;

/**
 * The rows of a picture as they are stored, from above; what is damaged is noticed on the way, at the latest by the
 * end.
 */
interface Rows extends AutoCloseable {
    /** Bytes of a pixel. */
    int bands();

    /**
     * Writes the next row.
     *
     * @param row width x bands unsigned bytes
     * @throws PictureException if it is damaged
     */
    void next(byte[] row);

    /**
     * Colour of a pixel. Means of values are values: averaged before they become colours, they give the averaged
     * colour.
     *
     * @param values those of a pixel, or of a mean of pixels
     * @param at index of the first
     * @return 0xRRGGBB
     */
    default int rgb(byte[] values, int at) {
        int red = values[at] & 0xFF;
        return bands() == 1 ? red * 0x010101 : red << 16 | (values[at + 1] & 0xFF) << 8 | (values[at + 2] & 0xFF);
    }

    /**
     * Ends with the last row.
     *
     * @throws PictureException if something is missing or left over
     */
    default void end() {}

    @Override
    default void close() {}
}
