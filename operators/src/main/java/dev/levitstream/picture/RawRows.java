package dev.levitstream.picture;

/** Rows of pixels that were never encoded. */
final class RawRows implements Rows {
    private final byte[] pixels;
    private final int rowLength;
    private final int channels;
    private int at;

    /** @param pixels H W C unsigned bytes; borrowed */
    RawRows(byte[] pixels, int width, int channels) {
        this.pixels = pixels;
        this.rowLength = width * channels;
        this.channels = channels;
    }

    @Override
    public int bands() {
        return channels;
    }

    @Override
    public void next(byte[] row) {
        System.arraycopy(pixels, at, row, 0, rowLength);
        at += rowLength;
    }
}
