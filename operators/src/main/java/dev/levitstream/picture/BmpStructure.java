package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** A BMP, whose header is checked before the JDK's reader believes it. */
final class BmpStructure implements Structure {
    private static final int FILE_HEADER = 14;
    private static final int OLDEST = 12; // length of the header of OS/2
    private static final Set<Integer> HEADERS = Set.of(OLDEST, 40, 52, 56, 108, 124);
    private static final Set<Integer> DEPTHS = Set.of(1, 4, 8, 16, 24, 32);
    private static final int PLAIN = 0;
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int MASKS = 3;
    private static final int COLOUR_SPACE = FILE_HEADER + 56; // in headers of 108 bytes and more
    private static final int SRGB = 0x73524742;

    private final byte[] bytes;
    private final Bytes in;
    private final int headerLength;
    private final int height;
    private final int width;
    private final int depth;
    private final int compression;

    private BmpStructure(byte[] bytes, PictureLimits limits) {
        this.bytes = bytes;
        this.in = new Bytes(bytes, ByteOrder.LITTLE_ENDIAN);
        this.headerLength = in.signed32(FILE_HEADER);
        require(HEADERS.contains(headerLength), "header", headerLength + " bytes", "must be of a known version");
        in.within(FILE_HEADER, headerLength);
        boolean oldest = headerLength == OLDEST;
        this.width = oldest ? in.unsigned16(18) : in.signed32(18);
        int rows = oldest ? in.unsigned16(20) : in.signed32(22);
        require(rows != Integer.MIN_VALUE, "height", rows, "must be a number of rows");
        this.height = Math.abs(rows); // negative where the rows come from above
        this.depth = in.unsigned16(oldest ? 24 : 28);
        this.compression = oldest ? PLAIN : in.signed32(30);
        require(DEPTHS.contains(depth), "depth", depth, "must be 1, 4, 8, 16, 24 or 32 bits");
        long rowBytes = ((long) width * depth + 31) / 32 * 4;
        limits.requireValues(height, width, rowBytes);
        requirePixels(in.unsigned32(10), rowBytes);
        requirePalette();
    }

    /**
     * Reads the header of a BMP.
     *
     * @param bytes begin with the signature; borrowed
     * @throws PictureException if it breaks a rule, is cut, or costs too much
     */
    static BmpStructure of(byte[] bytes, PictureLimits limits) {
        return new BmpStructure(bytes, limits);
    }

    private void requirePixels(long from, long rowBytes) {
        switch (compression) {
            case PLAIN -> in.within(from, height * rowBytes);
            case MASKS -> {
                require(depth == 16 || depth == 32, "depth", depth, "must be 16 or 32 bits where masks are given");
                in.within(from, height * rowBytes);
            }
            case RLE8, RLE4 -> {
                require(depth == (compression == RLE8 ? 8 : 4), "depth", depth, "must be that of the compression");
                in.within(from, 2);
                boolean ends = bytes[bytes.length - 2] == 0 && bytes[bytes.length - 1] == 1;
                require(ends, "data", "no end", "must end with its end of bitmap");
            }
            default -> throw new PictureException("compression", compression, "must be none, RLE or masks");
        }
    }

    /** Refuses more colours than the depth has, for which the reader would make room. */
    private void requirePalette() {
        long colours = headerLength == OLDEST ? 0 : in.unsigned32(46);
        long most = depth <= 8 ? 1L << depth : 256;
        require(colours <= most, "palette", colours + " colours", "must be at most " + most);
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public boolean isGrey() {
        return false;
    }

    @Override
    public Rows rows(int background) {
        byte[] plain = bytes.clone();
        ByteBuffer header = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(2, plain.length);
        if (headerLength != OLDEST) {
            header.putInt(34, plain.length - in.signed32(10)); // bytes of pixels, which may be missing or wrong
        }
        if (headerLength >= 108) {
            header.putInt(COLOUR_SPACE, SRGB); // instead of a profile
        }
        var decoded = StrictReader.image(StrictReader.ofJdk("bmp"), plain, warning -> false);
        return new ImageRows(decoded.image(), false, new Canvas(height, width), background);
    }
}
