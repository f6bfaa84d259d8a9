package dev.levitstream.picture;

/**
 * Rows of a JPEG. Grey, RGB and YCbCr stay as they are until they are averaged: the matrix that turns luma and chroma
 * into colours is linear, so it is applied to few pixels, not to all. Inks are not, and become colours at once.
 */
final class JpegRows implements Rows {
    private final byte[] values;
    private final int rowLength;
    private final JpegColours colours;
    private final int[] samples = new int[4];
    private int at;

    /**
     * @param values components of all pixels, those of a pixel together
     * @param rowLength how many of a row
     */
    JpegRows(byte[] values, int rowLength, JpegColours colours) {
        this.values = values;
        this.rowLength = rowLength;
        this.colours = colours;
    }

    @Override
    public int bands() {
        return colours == JpegColours.GREY ? 1 : 3;
    }

    @Override
    public void next(byte[] row) {
        if (!colours.isPrinted()) {
            System.arraycopy(values, at, row, 0, rowLength);
        } else {
            for (int x = 0; x < rowLength / 4; x++) {
                int rgb = of(values, at + 4 * x, 4);
                row[3 * x] = (byte) (rgb >> 16);
                row[3 * x + 1] = (byte) (rgb >> 8);
                row[3 * x + 2] = (byte) rgb;
            }
        }
        at += rowLength;
    }

    @Override
    public int rgb(byte[] pixels, int from) {
        return colours.isPrinted() ? Rows.super.rgb(pixels, from) : of(pixels, from, bands());
    }

    private int of(byte[] pixels, int from, int components) {
        for (int i = 0; i < components; i++) {
            samples[i] = pixels[from + i] & 0xFF;
        }
        return colours.rgb(samples);
    }
}
