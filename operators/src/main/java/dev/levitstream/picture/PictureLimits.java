package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

/**
 * What a picture may cost, as counts of work: with the default options no record takes more than about a second of CPU
 * or 225 MB of allocation, which the test of hostile pictures measures. Bytes that hold no pixels (EXIF, profiles,
 * text) are skipped and count as segments only.
 *
 * @param bytes most bytes of the whole picture
 * @param pixels most pixels of it
 */
record PictureLimits(int bytes, int pixels) {
    /** Segments of a JPEG, chunks of a PNG or WebP, blocks before the first frame of a GIF, strips of a TIFF. */
    static final int SEGMENTS = 1 << 14;

    /** Scans of a JPEG: encoders make 1 to 12, optimizers a few more; each scan goes over the whole picture. */
    static final int SCANS = 32;

    /**
     * Samples that the scans of a JPEG go over, per pixel of the limit: a baseline JPEG takes 1 to 4, a progressive one
     * of the usual ten scans 8 or 16, so it may have 21 or 10 million pixels where a baseline one may have 33.
     */
    private static final int SAMPLES = 5;

    /** What the decoders of WebP take per pixel where a JPEG takes 1: 0.2 µs and 106 bytes. */
    private static final int WEBP = 16;

    /** Decoded bytes per pixel of the limit: 4 of 8 bits, 2 of 16. */
    private static final int VALUES = 4;

    /** Bytes of compressed rows of a PNG; empty blocks cost most, 0.1 s for each MiB. */
    private static final int DEFLATED = 8 << 20;

    private static final int SLACK = 1 << 16;

    /** Refuses what is longer than a picture may be. */
    void requireBytes(byte[] picture) {
        require(
                picture.length <= bytes,
                "length",
                picture.length + " bytes",
                "must be at most " + bytes + " (option image.max-bytes)");
    }

    /** Refuses a size of no pixels, or of more than are allowed. */
    void requirePixels(long height, long width) {
        require(height > 0 && width > 0, "size", height + "x" + width, "must be positive");
        // neither side overflows: both are at most 32 bits
        requireSize(height, width, height * width, pixels, "pixels");
    }

    /** Refuses a picture whose decoded rows take too much memory. */
    void requireValues(long height, long width, long rowBytes) {
        requirePixels(height, width);
        requireSize(height, width, height * rowBytes, (long) VALUES * pixels, "decoded bytes");
    }

    /** Refuses a WebP that takes too long. */
    void requireWebp(long height, long width) {
        requireSize(height, width, height * width, pixels / WEBP, "pixels of a WebP");
    }

    /** Refuses a TIFF whose LZW codes take too long: 0.04 µs and 24 bytes for each decoded one. */
    void requireLzw(long height, long width, long rowBytes) {
        requireSize(height, width, height * rowBytes, pixels / VALUES, "decoded bytes of LZW");
    }

    private static void requireSize(long height, long width, long found, long most, String of) {
        String size = height + "x" + width;
        require(found <= most, "size", size, "must be at most " + most + " " + of + " (option image.max-pixels)");
    }

    /** Refuses a JPEG whose scans go over too many samples. */
    void requireSamples(int scans, long samples) {
        long most = (long) SAMPLES * pixels;
        require(
                samples <= most,
                "scans",
                scans + " over " + samples + " samples",
                "must go over at most " + most + " (option image.max-pixels)");
    }

    /** Refuses more segments, chunks or strips than a picture has. */
    static void requireSegments(String part, long count) {
        require(count <= SEGMENTS, part, count, "must be at most " + SEGMENTS);
    }

    /**
     * Most bytes that the scans of a JPEG may have. A value has at most 27 bits in a baseline scan (16 of code, 11 of
     * magnitude), so whatever is longer repeats or pads.
     *
     * @param values height x width x components
     */
    long scanBytes(long values) {
        return Math.min(bytes, 4 * values + SLACK);
    }

    /**
     * Most bytes that the data of a PNG may have. What does not shrink is stored with 5 bytes for each block; an eighth
     * pays for blocks of 40 bytes.
     *
     * @param rows bytes of the filtered rows before compression
     */
    static long dataBytes(long rows) {
        return Math.min(DEFLATED, rows + rows / 8 + SLACK);
    }
}
