package dev.levitstream.picture;

/**
 * Size of an upright picture.
 *
 * @param height rows
 * @param width columns
 * @param channels 1 if it is stored in grey, else 3
 */
public record PictureSize(int height, int width, int channels) {
    static PictureSize of(Structure structure) {
        int channels = structure.isGrey() ? 1 : 3;
        return structure.orientation().swapsAxes()
                ? new PictureSize(structure.width(), structure.height(), channels)
                : new PictureSize(structure.height(), structure.width(), channels);
    }

    /** Rows and columns. */
    @Override
    public String toString() {
        return height + "x" + width;
    }
}
