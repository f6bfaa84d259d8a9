package dev.levitstream.picture;

import static dev.levitstream.picture.PictureException.require;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A JPEG, walked segment by segment up to its EOI marker or, without one, to its last byte. */
final class JpegStructure implements Structure {
    private static final int SOF0 = 0xC0;
    private static final int SOF1 = 0xC1;
    private static final int SOF2 = 0xC2;
    private static final int DHT = 0xC4;
    private static final int RST0 = 0xD0;
    private static final int RST7 = 0xD7;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DRI = 0xDD;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;

    private static final byte[] JFIF = "JFIF\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.ISO_8859_1);
    private static final int JFIF_LENGTH = 14;
    private static final int ADOBE_LENGTH = 12;

    /** SOI, and Adobe's marker with transform 0: the reader is to convert nothing, whatever the colours are. */
    private static final byte[] UNCONVERTED = {
        (byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0
    };

    private final byte[] bytes;
    private final PictureLimits limits;
    private final ByteArrayOutputStream kept;
    private int at = 2; // behind SOI
    private int segments;
    private long scanBytes;
    private boolean restarts;
    private @Nullable JpegScans scans; // null before the frame header
    private boolean jfif;
    private OptionalInt adobe = OptionalInt.empty();
    private JpegColours colours = JpegColours.GREY; // until the walk is done
    private Optional<Orientation> orientation = Optional.empty();

    private JpegStructure(byte[] bytes, PictureLimits limits) {
        this.bytes = bytes;
        this.limits = limits;
        this.kept = new ByteArrayOutputStream(bytes.length + UNCONVERTED.length);
        kept.writeBytes(UNCONVERTED);
    }

    /**
     * Walks a JPEG.
     *
     * @param bytes begin with an SOI marker; borrowed
     * @throws PictureException if it breaks a rule, is cut, or costs too much
     */
    static JpegStructure of(byte[] bytes, PictureLimits limits) {
        JpegStructure structure = new JpegStructure(bytes, limits);
        int marker = structure.marker();
        while (marker != EOI) {
            structure.segment(marker);
            marker = structure.marker();
        }
        structure.finish();
        return structure;
    }

    private void finish() {
        scans().requireComplete();
        colours = JpegColours.of(scans().frame(), jfif, adobe);
        kept.write(0xFF);
        kept.write(EOI);
    }

    static int unsigned16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
    }

    /** The next marker; where the bytes end it is taken for EOI, and the scans tell whether all is there. */
    private int marker() {
        int start = at;
        while (at < bytes.length && bytes[at] == (byte) 0xFF) {
            at++;
        }
        if (at == bytes.length) {
            return EOI;
        }
        if (at == start) {
            throw new PictureException("byte " + at, hex(bytes[at]), "must be a marker");
        }
        return bytes[at++] & 0xFF;
    }

    private void segment(int marker) {
        segments++;
        PictureLimits.requireSegments("segments", segments);
        boolean application = marker >= APP0 && marker <= APP15;
        boolean known = application || marker == COM || needed(marker);
        if (!known) {
            throw new PictureException("marker", hex(marker), "must be of a baseline or progressive Huffman JPEG");
        }
        int start = at - 2;
        int size = bytes.length - at >= 2 ? unsigned16(bytes, at) : Integer.MAX_VALUE;
        if (size < 2 || size > bytes.length - at) {
            throw new PictureException("segment " + hex(marker), "cut", "must be whole");
        }
        int content = at + 2;
        at += size;
        if (needed(marker)) {
            kept.write(bytes, start, at - start);
            read(marker, content, size - 2);
        } else if (application) {
            application(marker, content, size - 2);
        }
    }

    private static boolean needed(int marker) {
        return switch (marker) {
            case SOF0, SOF1, SOF2, DHT, DQT, DRI, SOS -> true;
            default -> false;
        };
    }

    private void read(int marker, int from, int length) {
        switch (marker) {
            case SOF0, SOF1, SOF2 -> {
                require(scans == null, "frames", 2, "must be 1");
                JpegFrame frame = JpegFrame.of(bytes, from, length);
                limits.requirePixels(frame.height(), frame.width());
                scans = new JpegScans(frame, limits);
            }
            case DRI -> {
                require(length == 2, "restart interval", length + " bytes", "must have 2");
                restarts = unsigned16(bytes, from) > 0;
            }
            case SOS -> {
                scans().add(bytes, from, length);
                scan();
            }
            default -> {} // tables are the reader's
        }
    }

    private void application(int marker, int from, int length) {
        if (marker == APP0 && length >= JFIF_LENGTH && begins(JFIF, from, length)) {
            jfif = true;
        } else if (marker == APP14 && length >= ADOBE_LENGTH && begins(ADOBE, from, length)) {
            adobe = OptionalInt.of(bytes[from + ADOBE_LENGTH - 1] & 0xFF);
        } else if (marker == APP1 && begins(Orientation.EXIF, from, length) && orientation.isEmpty()) {
            int tiff = Orientation.EXIF.length;
            orientation = Optional.of(Orientation.ofExif(bytes, from + tiff, length - tiff));
        }
    }

    private boolean begins(byte[] name, int from, int length) {
        return length >= name.length && Arrays.equals(bytes, from, from + name.length, name, 0, name.length);
    }

    /** Goes over the entropy-coded bytes of a scan to the marker that ends it. */
    private void scan() {
        int start = at;
        while (at < bytes.length) {
            if (bytes[at] == (byte) 0xFF) {
                int next = at + 1;
                while (next < bytes.length && bytes[next] == (byte) 0xFF) {
                    next++;
                }
                if (next == bytes.length || !continues(bytes[next] & 0xFF)) {
                    break;
                }
                at = next;
            }
            at++;
        }
        kept.write(bytes, start, at - start);
        scanBytes += at - start;
        long most = limits.scanBytes(scans().frame().values());
        require(scanBytes <= most, "scan bytes", scanBytes, "must be at most " + most + " for its size");
    }

    private boolean continues(int marker) {
        return marker == 0 || (restarts && marker >= RST0 && marker <= RST7);
    }

    private static String hex(int value) {
        return "0x%02x".formatted(value & 0xFF);
    }

    private JpegScans scans() {
        if (scans == null) {
            throw new PictureException("frame", "none", "must come before the scans");
        }
        return scans;
    }

    @Override
    public int height() {
        return scans().frame().height();
    }

    @Override
    public int width() {
        return scans().frame().width();
    }

    @Override
    public boolean isGrey() {
        return scans().frame().ids().size() == 1;
    }

    @Override
    public Orientation orientation() {
        return orientation.orElse(Orientation.UPRIGHT);
    }

    @Override
    public Rows rows(int background) {
        Raster raster = StrictReader.raster("jpeg", kept.toByteArray());
        byte[] values = ((DataBufferByte) raster.getDataBuffer()).getData();
        return new JpegRows(values, width() * scans().frame().ids().size(), colours);
    }
}
