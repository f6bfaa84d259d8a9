package dev.levitstream.learner;

import dev.levitstream.nn.Check;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Seals the bytes of state entries: magic number, format version, checksum, body. Numbers are big endian.
 *
 * <p>The format version is one for all entries. A reader knows its own version and every older one; a newer one is
 * refused.
 */
final class StateCodec {
    static final int FORMAT = 1;
    private static final int MAGIC = 0x4C565354; // LVST
    private static final int HEADER_BYTES = 12;

    private StateCodec() {}

    /** Writes a body. */
    interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    /** Reads a body. */
    interface Reading<T> {
        T read(DataInputStream in) throws IOException;
    }

    static byte[] seal(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(new byte[HEADER_BYTES]);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        byte[] sealed = bytes.toByteArray();
        ByteBuffer.wrap(sealed).putInt(MAGIC).putInt(FORMAT).putInt(checksum(sealed));
        return sealed;
    }

    /** Opens the entry of that name, which must be there. */
    static <T> T open(String name, Map<String, byte[]> state, Reading<T> reading) {
        byte[] sealed = state.get(name);
        if (sealed == null) {
            throw new IllegalStateException("state entry " + name + " is missing of " + state.keySet());
        }
        return open(name, sealed, reading);
    }

    static <T> T open(String name, byte[] sealed, Reading<T> reading) {
        ByteBuffer header = ByteBuffer.wrap(sealed);
        if (sealed.length < HEADER_BYTES || header.getInt() != MAGIC) {
            throw new IllegalStateException("state entry " + name + " is not one of ours");
        }
        int format = header.getInt();
        if (format > FORMAT || format < 1) {
            throw new IllegalStateException("state entry " + name + ": format=" + format + " must be 1 to " + FORMAT
                    + "; it was written by a newer release, restore it with that one");
        }
        int expected = header.getInt();
        int found = checksum(sealed);
        if (expected != found) {
            throw new IllegalStateException("state entry " + name + ": checksum=" + found + " must be " + expected);
        }
        try (DataInputStream in =
                new DataInputStream(new ByteArrayInputStream(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES))) {
            return reading.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException("state entry " + name + " ends early", e);
        }
    }

    static void writeFloats(DataOutputStream out, float[] values) throws IOException {
        byte[] bytes = new byte[values.length * Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().put(values);
        writeBytes(out, bytes);
    }

    static float[] readFloats(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }

    static void writeDoubles(DataOutputStream out, double[] values) throws IOException {
        byte[] bytes = new byte[values.length * Double.BYTES];
        ByteBuffer.wrap(bytes).asDoubleBuffer().put(values);
        writeBytes(out, bytes);
    }

    /** Fills {@code out}, which must have as many values as were written. */
    static void readDoubles(DataInputStream in, double[] out) throws IOException {
        byte[] bytes = readBytes(in);
        Check.that(
                bytes.length == out.length * Double.BYTES,
                "state.values",
                bytes.length / Double.BYTES,
                "must be " + out.length);
        ByteBuffer.wrap(bytes).asDoubleBuffer().get(out);
    }

    static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] readBytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    private static int checksum(byte[] sealed) {
        CRC32C crc = new CRC32C();
        crc.update(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
