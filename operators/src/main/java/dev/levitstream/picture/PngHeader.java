package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * IHDR chunk of a PNG.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param depth bits of a sample: 1, 2, 4, 8 or 16
 * @param colourType 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha
 * @param interlaced whether the rows come in the seven passes of Adam7
 */
record PngHeader(int height, int width, int depth, int colourType, boolean interlaced) {
    static final int GREY = 0;
    static final int RGB = 2;
    static final int PALETTE = 3;
    static final int GREY_ALPHA = 4;
    static final int RGB_ALPHA = 6;

    private static final int LENGTH = 13;

    private static final List<Pass> PLAIN = List.of(new Pass(0, 0, 1, 1));
    private static final List<Pass> ADAM7 = List.of(
            new Pass(0, 0, 8, 8),
            new Pass(4, 0, 8, 8),
            new Pass(0, 4, 4, 8),
            new Pass(2, 0, 4, 4),
            new Pass(0, 2, 2, 4),
            new Pass(1, 0, 2, 2),
            new Pass(0, 1, 1, 2));

    /**
     * Pixels that come together.
     *
     * @param left first column
     * @param top first row
     * @param right columns from one to the next
     * @param down rows from one to the next
     */
    record Pass(int left, int top, int right, int down) {
        int columns(int width) {
            return (int) ((width - left + right - 1L) / right);
        }

        int rows(int height) {
            return (int) ((height - top + down - 1L) / down);
        }
    }

    /** Reads the content of the chunk. */
    static PngHeader of(byte[] bytes, int from, int length) {
        require(length == LENGTH, "IHDR", length + " bytes", "must have " + LENGTH);
        ByteBuffer content = ByteBuffer.wrap(bytes, from, length);
        int width = content.getInt();
        int height = content.getInt();
        require(width > 0 && height > 0, "size", height + "x" + width, "must be positive");
        int depth = content.get();
        int colourType = content.get();
        require(
                isKnown(colourType, depth),
                "colour type and depth",
                colourType + "," + depth,
                "must be of the standard");
        int compression = content.get();
        int filter = content.get();
        int interlace = content.get();
        require(compression == 0, "compression", compression, "must be 0");
        require(filter == 0, "filter", filter, "must be 0");
        require(interlace == 0 || interlace == 1, "interlace", interlace, "must be 0 or 1");
        return new PngHeader(height, width, depth, colourType, interlace == 1);
    }

    private static boolean isKnown(int colourType, int depth) {
        return switch (colourType) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
    }

    /** Largest value of a sample. */
    int largest() {
        return (1 << depth) - 1;
    }

    /** Samples of a pixel. */
    int samples() {
        return switch (colourType) {
            case GREY_ALPHA -> 2;
            case RGB -> 3;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
    }

    /** Bytes of so many pixels in one row, without its filter type. */
    int rowBytes(long columns) {
        return (int) Math.min(Integer.MAX_VALUE, (columns * samples() * depth + 7) / 8);
    }

    /** The passes that have pixels, in their order. */
    List<Pass> passes() {
        return (interlaced ? ADAM7 : PLAIN)
                .stream()
                        .filter(pass -> pass.left() < width && pass.top() < height)
                        .toList();
    }

    /** Bytes of all filtered rows, each with its filter type in front. */
    long dataBytes() {
        return passes().stream()
                .mapToLong(pass -> pass.rows(height) * (1L + rowBytes(pass.columns(width))))
                .sum();
    }
}
