package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/** A PNG, walked chunk by chunk up to IEND. */
final class PngStructure implements Structure {
    private static final int SIGNATURE = 8;
    private static final int FRAME = 12; // length, type and checksum of a chunk
    private static final int CRITICAL = 0x20; // bit of the first letter: not set in chunks that must be understood

    private final byte[] bytes;
    private final PngHeader header;
    private final PngColours colours;
    private final CRC32 crc = new CRC32();
    private final Set<String> seen = new HashSet<>(); // of the chunks that are read
    private int at = SIGNATURE;
    private int chunks;
    private int dataFrom;
    private int dataTo;
    private Optional<Orientation> orientation = Optional.empty();

    private PngStructure(byte[] bytes, PictureLimits limits) {
        this.bytes = bytes;
        int length = length();
        requireChecksum(length);
        require(type().equals("IHDR"), "first chunk", type(), "must be IHDR");
        this.header = PngHeader.of(bytes, at + 8, length);
        limits.requireValues(header.height(), header.width(), header.rowBytes(header.width()));
        this.colours = new PngColours(header);
    }

    /**
     * Walks a PNG.
     *
     * @param bytes begin with the signature; borrowed
     * @throws PictureException if it breaks a rule, is cut, or costs too much
     */
    static PngStructure of(byte[] bytes, PictureLimits limits) {
        PngStructure structure = new PngStructure(bytes, limits);
        boolean ended = false;
        while (!ended) {
            ended = structure.chunk().equals("IEND");
        }
        return structure;
    }

    /** Reads a chunk and returns its type. */
    private String chunk() {
        chunks++;
        PictureLimits.requireSegments("chunks", chunks);
        int length = length();
        String type = type();
        requireChecksum(length);
        int start = at;
        int content = at + 8;
        at += FRAME + length;
        switch (type) {
            case "IHDR", "IEND" -> once(type);
            case "PLTE" -> {
                beforeData(type);
                colours.palette(bytes, content, length);
            }
            case "tRNS" -> {
                beforeData(type);
                colours.transparency(bytes, content, length);
            }
            case "IDAT" -> data(start);
            case "eXIf" -> {
                if (orientation.isEmpty()) {
                    orientation = Optional.of(Orientation.ofExif(bytes, content, length));
                }
            }
            default -> require((bytes[start + 4] & CRITICAL) != 0, "chunk", type, "must be of the standard");
        }
        return type;
    }

    private int length() {
        int length = bytes.length - at >= FRAME ? ByteBuffer.wrap(bytes).getInt(at) : Integer.MAX_VALUE;
        require(length >= 0 && length <= bytes.length - at - FRAME, "chunk " + chunks, "cut", "must be whole");
        return length;
    }

    private String type() {
        return new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
    }

    private void requireChecksum(int length) {
        crc.reset();
        crc.update(bytes, at + 4, 4 + length);
        boolean holds = (int) crc.getValue() == ByteBuffer.wrap(bytes).getInt(at + 8 + length);
        require(holds, "chunk " + chunks, "wrong checksum", "must be undamaged");
    }

    private void once(String type) {
        require(seen.add(type), "chunk", "second " + type, "must come once");
    }

    private void beforeData(String type) {
        once(type);
        require(dataTo == 0, "chunk", type + " behind the data", "must come before it");
    }

    private void data(int start) {
        if (dataTo == 0) {
            dataFrom = start;
            colours.requireComplete();
        } else {
            require(dataTo == start, "chunk", "IDAT behind another chunk", "must follow the IDAT before");
        }
        dataTo = at;
    }

    @Override
    public int height() {
        return header.height();
    }

    @Override
    public int width() {
        return header.width();
    }

    @Override
    public boolean isGrey() {
        return header.colourType() == PngHeader.GREY || header.colourType() == PngHeader.GREY_ALPHA;
    }

    @Override
    public Orientation orientation() {
        return orientation.orElse(Orientation.UPRIGHT);
    }

    @Override
    public Rows rows(int background) {
        int packed = dataTo - dataFrom;
        long most = PictureLimits.dataBytes(header.dataBytes());
        require(packed <= most, "data", packed + " bytes", "must be at most " + most + " for its size");
        PngData data = new PngData(bytes, dataFrom, dataTo, header.dataBytes());
        return new PngRows(header, colours, data, background);
    }
}
