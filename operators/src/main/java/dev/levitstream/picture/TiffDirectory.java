package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The first directory of a TIFF: the entries that say how its pixels are stored. Others, with all the directories and
 * the metadata that they lead to, are passed over.
 */
final class TiffDirectory {
    static final int WIDTH = 256;
    static final int HEIGHT = 257;
    static final int BITS = 258;
    static final int COMPRESSION = 259;
    static final int COLOURS = 262;
    static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES = 277;
    static final int STRIP_ROWS = 278;
    static final int STRIP_LENGTHS = 279;
    static final int PLANES = 284;
    static final int PREDICTOR = 317;
    static final int TILE_WIDTH = 322;
    static final int TILE_HEIGHT = 323;
    static final int TILE_OFFSETS = 324;
    static final int TILE_LENGTHS = 325;
    static final int FORMAT = 339;
    static final int JPEG_TABLES = 347;

    private static final Set<Integer> NEEDED = Set.of(
            WIDTH,
            HEIGHT,
            BITS,
            COMPRESSION,
            COLOURS,
            STRIP_OFFSETS,
            ORIENTATION,
            SAMPLES,
            STRIP_ROWS,
            STRIP_LENGTHS,
            PLANES,
            PREDICTOR,
            TILE_WIDTH,
            TILE_HEIGHT,
            TILE_OFFSETS,
            TILE_LENGTHS,
            FORMAT,
            JPEG_TABLES,
            266, // order of bits
            292, // options of fax codes
            293,
            320, // palette
            338, // what further samples are
            529, // YCbCr: coefficients, subsampling, position, range
            530,
            531,
            532);

    private static final int ENTRY = 12;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    /** Bytes of a value, by type: 1 byte, text, short, long, rational, signed byte, undefined. */
    private static final int[] SIZES = {0, 1, 1, 2, 4, 8, 1, 1};

    private final byte[] bytes;
    private final ByteOrder order;
    private final Bytes in;
    private final Map<Integer, Integer> entries = new TreeMap<>(); // place by tag

    /** Reads the directory. */
    TiffDirectory(byte[] bytes) {
        this.bytes = bytes;
        this.order = bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        this.in = new Bytes(bytes, order);
        int version = in.unsigned16(2);
        require(version == 42, "version", version, "must be 42 (BigTIFF is for files that no message holds)");
        long start = in.unsigned32(4);
        int count = in.unsigned16(start);
        in.within(start, 2 + (long) count * ENTRY);
        for (int i = 0; i < count; i++) {
            int at = (int) start + 2 + i * ENTRY;
            if (NEEDED.contains(in.unsigned16(at))) {
                add(at);
            }
        }
    }

    private void add(int at) {
        int tag = in.unsigned16(at);
        int type = in.unsigned16(at + 2L);
        require(type > 0 && type < SIZES.length, "type of tag " + tag, type, "must be 1 to " + (SIZES.length - 1));
        long length = in.unsigned32(at + 4L) * SIZES[type];
        in.within(length > 4 ? in.unsigned32(at + 8L) : at + 8L, length);
        require(entries.put(tag, at) == null, "tag", "second " + tag, "must come once");
    }

    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /** The only value of a tag, or a default where it is missing. */
    long value(int tag, long otherwise) {
        List<Long> values = values(tag);
        require(values.size() <= 1, "tag " + tag, values.size() + " values", "must have 1");
        return values.isEmpty() ? otherwise : values.get(0);
    }

    /** The only value of a tag that must be there. */
    long value(int tag) {
        require(has(tag), "tag " + tag, "none", "must be there");
        return value(tag, 0);
    }

    /** All values of a tag of whole numbers; none where it is missing. */
    List<Long> values(int tag) {
        List<Long> values = new ArrayList<>();
        Integer at = entries.get(tag);
        if (at != null) {
            int type = in.unsigned16(at + 2L);
            require(type == SHORT || type == LONG, "type of tag " + tag, type, "must be 3 or 4");
            long count = in.unsigned32(at + 4L);
            PictureLimits.requireSegments("values of tag " + tag, count);
            long from = count * SIZES[type] > 4 ? in.unsigned32(at + 8L) : at + 8L;
            for (int i = 0; i < count; i++) {
                values.add(type == SHORT ? (long) in.unsigned16(from + 2L * i) : in.unsigned32(from + 4L * i));
            }
        }
        return values;
    }

    /** A range of bytes that must be there. */
    byte[] range(long from, long length) {
        int start = in.within(from, length);
        return Arrays.copyOfRange(bytes, start, start + (int) length);
    }

    void requireRange(long from, long length) {
        in.within(from, length);
    }

    /**
     * The file with a directory of these entries alone, and none behind it.
     *
     * @param slack bytes of zeros at the end
     */
    byte[] alone(int slack) {
        int start = bytes.length + (bytes.length & 1);
        ByteBuffer file = ByteBuffer.allocate(start + 2 + entries.size() * ENTRY + 4 + slack)
                .order(order);
        file.put(bytes).putInt(4, start).position(start).putShort((short) entries.size());
        for (int at : entries.values()) {
            file.put(bytes, at, ENTRY);
        }
        return file.array();
    }
}
