package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The filtered rows of a PNG, inflated here because the JDK's reader takes too little, too much and a wrong checksum
 * without a word.
 */
final class PngData implements AutoCloseable {
    private final Inflater inflater = new Inflater();
    private final byte[] rows;
    private int filled;

    /** @param size bytes of the filtered rows */
    PngData(int size) {
        this.rows = new byte[size];
    }

    /** Inflates the content of the next IDAT chunk. */
    void add(byte[] bytes, int from, int length) {
        inflater.setInput(bytes, from, length);
        try {
            while (!inflater.finished() && !inflater.needsInput()) {
                inflate();
            }
        } catch (DataFormatException e) {
            throw new PictureException("data", String.valueOf(e.getMessage()), "must be undamaged");
        }
        require(
                inflater.getRemaining() == 0,
                "data",
                inflater.getRemaining() + " bytes more",
                "must end with its rows");
    }

    private void inflate() throws DataFormatException {
        if (filled < rows.length) {
            filled += inflater.inflate(rows, filled, rows.length - filled);
        } else if (inflater.inflate(new byte[1]) > 0) { // the end and its checksum may still come
            throw new PictureException("data", "more than " + rows.length + " bytes", "must be as long as its rows");
        }
        require(!inflater.needsDictionary(), "data", "preset dictionary", "must be plain zlib");
    }

    /**
     * The rows, each with its filter type in front.
     *
     * @throws PictureException if the data has not come to its end, checksum included
     */
    byte[] rows() {
        require(filled == rows.length, "data", filled + " bytes", "must be " + rows.length);
        require(inflater.finished(), "data", "no end", "must end with its checksum");
        return rows;
    }

    @Override
    public void close() {
        inflater.end();
    }
}
