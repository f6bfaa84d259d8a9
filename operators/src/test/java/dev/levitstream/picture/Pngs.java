package dev.levitstream.picture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/** PNGs put together chunk by chunk, right or wrong as a test wants them. */
final class Pngs {
    static final byte[] END = chunk("IEND");

    private Pngs() {}

    static byte[] png(byte[]... chunks) {
        byte[] signature = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
        return joined(signature, joined(chunks));
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A chunk with its right checksum. */
    static byte[] chunk(String type, byte... content) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) crc.getValue())
                .array();
    }

    /** IHDR of a picture that is not interlaced. */
    static byte[] header(int height, int width, int depth, int colourType) {
        return header(new PngHeader(height, width, depth, colourType, false));
    }

    static byte[] header(PngHeader header) {
        ByteBuffer content = ByteBuffer.allocate(13).putInt(header.width()).putInt(header.height());
        content.put((byte) header.depth()).put((byte) header.colourType());
        return chunk(
                "IHDR", content.put(12, (byte) (header.interlaced() ? 1 : 0)).array());
    }

    static byte[] zlib(byte[] rows) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(out, fast)) {
            deflated.write(rows);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        } finally {
            fast.end();
        }
        return out.toByteArray();
    }

    /** IDAT of filtered rows: each with its filter type in front. */
    static byte[] data(int... rows) {
        return chunk("IDAT", zlib(bytes(rows)));
    }
}
