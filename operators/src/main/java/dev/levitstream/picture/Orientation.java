package dev.levitstream.picture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** How stored rows and columns lie in the upright picture; in the order of EXIF's codes 1 to 8. */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    UPSIDE_DOWN(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    TURNED_RIGHT(true, false, true),
    TRANSVERSED(true, true, true),
    TURNED_LEFT(true, true, false);

    /** What an EXIF segment of a JPEG begins with; a PNG has the TIFF structure alone. */
    static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private static final int TIFF_HEADER = 8;
    private static final int ENTRY = 12;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;

    private final boolean swapsAxes;
    private final boolean fromRight;
    private final boolean fromBelow;

    Orientation(boolean swapsAxes, boolean fromRight, boolean fromBelow) {
        this.swapsAxes = swapsAxes;
        this.fromRight = fromRight;
        this.fromBelow = fromBelow;
    }

    /** Whether stored rows are columns of the upright picture. */
    boolean swapsAxes() {
        return swapsAxes;
    }

    /**
     * Place of a stored pixel among the pixels of the upright picture, counted row by row.
     *
     * @param width stored width in pixels
     * @param height stored height in pixels
     */
    int place(int x, int y, int width, int height) {
        int column = fromRight ? width - 1 - x : x;
        int row = fromBelow ? height - 1 - y : y;
        return swapsAxes ? column * height + row : row * width + column;
    }

    /**
     * Reads the orientation of EXIF data (a TIFF structure); whatever is damaged leaves the picture as it is stored.
     */
    static Orientation ofExif(byte[] bytes, int from, int length) {
        ByteBuffer tiff = ByteBuffer.wrap(bytes, from, length).slice();
        if (length < TIFF_HEADER + 2) {
            return UPRIGHT;
        }
        switch (tiff.getShort(0)) {
            case 0x4949 -> tiff.order(ByteOrder.LITTLE_ENDIAN);
            case 0x4D4D -> tiff.order(ByteOrder.BIG_ENDIAN);
            default -> {
                return UPRIGHT;
            }
        }
        int directory = tiff.getInt(4);
        if (tiff.getShort(2) != 42 || directory < TIFF_HEADER || directory > length - 2) {
            return UPRIGHT;
        }
        int entries = Math.min(tiff.getShort(directory) & 0xFFFF, (length - directory - 2) / ENTRY);
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + i * ENTRY;
            if ((tiff.getShort(entry) & 0xFFFF) == TAG) {
                return ofEntry(tiff, entry);
            }
        }
        return UPRIGHT;
    }

    private static Orientation ofEntry(ByteBuffer tiff, int entry) {
        boolean sound = tiff.getShort(entry + 2) == SHORT && tiff.getInt(entry + 4) == 1;
        return sound ? ofCode(tiff.getShort(entry + 8)) : UPRIGHT;
    }

    /** By its code, 1 to 8; upright under any other. */
    static Orientation ofCode(int code) {
        return code >= 1 && code <= values().length ? values()[code - 1] : UPRIGHT;
    }
}
