package dev.levitstream.picture;

/**
 * What a picture may cost. With these no record takes more than a second of CPU or 200 MB of allocation; the test of
 * hostile pictures measures it. Bytes that hold no pixels (EXIF, profiles, text) are skipped and count as segments
 * only.
 */
final class PictureLimits {
    /** Pixels of a picture: a frame of 1920x1080 fits, and 16 bits with alpha are no more than a message of 16 MiB. */
    static final long PIXELS = 1L << 21;

    /** Segments of a JPEG or chunks of a PNG: a message of 16 MiB in pieces of 1 KiB. */
    static final int SEGMENTS = 1 << 14;

    /** Scans of a JPEG: encoders make 1 to 12, optimizers a few more; each scan goes over the whole picture. */
    static final int SCANS = 32;

    /**
     * Bytes of compressed pixels: 1920x1080 in colour fits whatever it shows. Empty blocks cost most: 6 MiB of them
     * take 0.6 s to inflate.
     */
    private static final long DATA = 6 << 20;

    private static final long SLACK = 1 << 16;

    private PictureLimits() {}

    /**
     * Most bytes that the scans of a JPEG may have. A value has at most 27 bits in a baseline scan (16 of code, 11 of
     * magnitude), so whatever is longer repeats or pads.
     *
     * @param values height x width x components
     */
    static long scanBytes(long values) {
        return Math.min(DATA, 4 * values + SLACK);
    }

    /**
     * Most bytes that the data of a PNG may have. What does not shrink is stored with 5 bytes for each block; an eighth
     * pays for blocks of 40 bytes.
     *
     * @param bytes size of the filtered rows before compression
     */
    static long dataBytes(long bytes) {
        return Math.min(DATA, bytes + bytes / 8 + SLACK);
    }
}
