package dev.levitstream.picture;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Puts the PNG together that the reader gets; large arrays are not copied. */
final class PngWriter {
    private static final int IDAT = 0x49444154;
    private static final int STORED = 1 << 10; // room for what zlib adds to each 64 KiB of stored rows, and more

    private final List<InputStream> parts = new ArrayList<>();

    /** Takes bytes over as they are: the signature or a whole chunk. */
    void copy(byte[] bytes, int from, int length) {
        parts.add(new ByteArrayInputStream(bytes, from, length));
    }

    /** The rows as an IDAT chunk that is stored, not compressed: they need not be inflated a second time. */
    void rows(byte[] rows) {
        byte[] chunk = new byte[rows.length + rows.length / STORED + STORED];
        Deflater deflater = new Deflater(Deflater.NO_COMPRESSION);
        deflater.setInput(rows);
        deflater.finish();
        int length = deflater.deflate(chunk, 8, chunk.length - 12);
        boolean whole = deflater.finished();
        deflater.end();
        if (!whole) {
            throw new IllegalStateException("chunk=" + chunk.length + " must hold " + rows.length + " stored bytes");
        }
        CRC32 crc = new CRC32();
        ByteBuffer frame = ByteBuffer.wrap(chunk).putInt(length).putInt(IDAT);
        crc.update(chunk, 4, 4 + length);
        frame.putInt(8 + length, (int) crc.getValue());
        copy(chunk, 0, 12 + length);
    }

    /** All parts, one behind the other. */
    InputStream picture() {
        return new SequenceInputStream(Collections.enumeration(parts));
    }
}
