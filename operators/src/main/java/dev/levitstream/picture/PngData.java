package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The filtered rows of a PNG, inflated from its IDAT chunks; they must be as many as its size says, and end there. */
final class PngData implements AutoCloseable {
    private static final int FRAME = 12; // length, type and checksum of a chunk

    private final Inflater inflater = new Inflater();
    private final byte[] bytes;
    private final int to;
    private final long size;
    private int chunk;
    private long inflated;

    /**
     * @param bytes of the picture; borrowed
     * @param from where the first IDAT chunk begins
     * @param to where the last one ends; nothing else is between them
     * @param size bytes of all filtered rows
     */
    PngData(byte[] bytes, int from, int to, long size) {
        this.bytes = bytes;
        this.chunk = from;
        this.to = to;
        this.size = size;
    }

    /** Fills an array. */
    void read(byte[] into, int length) {
        int filled = 0;
        while (filled < length) {
            int more = inflate(into, filled, length - filled);
            if (more == 0 && !feed()) {
                throw new PictureException("data", inflated + " bytes", "must be " + size);
            }
            filled += more;
        }
    }

    /**
     * Ends the data.
     *
     * @throws PictureException if it has not come to its end, checksum included, or goes on
     */
    void end() {
        byte[] surplus = new byte[1];
        do {
            if (inflate(surplus, 0, 1) > 0) {
                throw new PictureException("data", "more than " + size + " bytes", "must be as long as its rows");
            }
        } while (!inflater.finished() && feed());
        require(inflater.finished(), "data", "no end", "must end with its checksum");
        int left = inflater.getRemaining();
        while (left == 0 && chunk < to) {
            left = length();
            chunk += FRAME + left;
        }
        require(left == 0, "data", left + " bytes more", "must end with its rows");
    }

    /** Goes on until there is output or no input. */
    private int inflate(byte[] into, int from, int length) {
        try {
            int more = inflater.inflate(into, from, length);
            require(!inflater.needsDictionary(), "data", "preset dictionary", "must be plain zlib");
            inflated += more;
            return more;
        } catch (DataFormatException e) {
            throw new PictureException("data", String.valueOf(e.getMessage()), "must be undamaged");
        }
    }

    /** Takes the next chunk, if there is one and the data has not ended. */
    private boolean feed() {
        if (chunk == to || inflater.finished()) {
            return false;
        }
        inflater.setInput(bytes, chunk + 8, length());
        chunk += FRAME + length();
        return true;
    }

    private int length() {
        return ByteBuffer.wrap(bytes).getInt(chunk);
    }

    @Override
    public void close() {
        inflater.end();
    }
}
