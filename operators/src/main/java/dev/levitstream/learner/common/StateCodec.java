package dev.levitstream.learner.common;

import dev.levitstream.common.Check;
import dev.levitstream.nn.model.ParameterLayout;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Seals the bytes of state entries: magic number, format version, checksum, body. Numbers are big endian.
 *
 * <p>The format version is one for all entries. A reader knows its own version and every older one; a newer one is
 * refused.
 */
public final class StateCodec {
    /**
     * Since 2 the values of some weights lie column by column ({@link Input#parameters}); since 3 a component says how
     * many others it fuses ({@link Input#fused}); since 4 the channels of convolutions lie last; since 5 what has
     * learnt next to nothing is stored in short ({@link Input#isShort}); since 6 a memory counts images without a label
     * apart ({@link Input#countsUnlabelled}), and changes are told by scenes too ({@link Input#knowsScenes}); since 7
     * it is known when evidence for a change began and which images it is seen by ({@link Input#knowsEvidence}), and
     * components may go, so that each says its id ({@link Input#ids}); since 8 features by learnt filters may be square
     * roots ({@link Input#rootsFeatures}); since 9 a world's whole life is known ({@link Input#knowsSlowChanges}).
     */
    public static final int FORMAT = 9;

    private static final int MAGIC = 0x4C565354; // LVST
    private static final int HEADER_BYTES = 12;
    /** Values converted at a time, few enough to stay in the processor's cache. */
    private static final int BLOCK = 1024;

    private StateCodec() {}

    /** Writes a body. */
    public interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    /** Reads a body. */
    public interface Reading<T> {
        T read(Input in) throws IOException;
    }

    /** A body that is read, and the format that it was written in. */
    public static final class Input extends DataInputStream {
        private final int format;

        private Input(byte[] sealed, int format) {
            super(new ByteArrayInputStream(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES));
            this.format = format;
        }

        /** Values of parameters, or one value for each of them: once matrices lay row by row, then convolutions did. */
        public float[] parameters(ParameterLayout layout) throws IOException {
            float[] values = readFloats(this);
            Check.that(
                    values.length == layout.size(),
                    "state.parameters",
                    values.length,
                    "must be " + layout.size()
                            + ", as these options have it: give those that the state was written with");
            layout.order(values, entry -> format < (entry.shape().dimension() > 2 ? 4 : 2));
            return values;
        }

        /** How many others a component fuses (count): once it was all of those before it. */
        public int fused(int before) throws IOException {
            return format < 3 ? before : readInt();
        }

        /** Whether the number of images without a label follows. */
        public boolean countsUnlabelled() {
            return format >= 6;
        }

        /** Whether what changes are told by knows scenes. */
        public boolean knowsScenes() {
            return format >= 6;
        }

        /** Whether it follows when evidence for a change began, and which images it is seen by. */
        public boolean knowsEvidence() {
            return format >= 7;
        }

        /** Whether a sample of the whole life of the present world follows. */
        public boolean knowsSlowChanges() {
            return format >= 9;
        }

        /** Whether features by the learnt filters just read are square roots. */
        public boolean rootsFeatures() throws IOException {
            return format >= 8 && readBoolean();
        }

        /** Ids of so many components, oldest first: once none ever went, and the n-th was n. */
        public List<Integer> ids(int count) throws IOException {
            List<Integer> ids = new ArrayList<>();
            for (int n = 1; n <= count; n++) {
                ids.add(format < 7 ? n : readInt());
            }
            return ids;
        }

        /** Whether what follows is in the short form of a part that has learnt next to nothing. */
        public boolean isShort() throws IOException {
            return format >= 5 && readBoolean();
        }
    }

    /** Writes the body twice, first to learn its size: a learner's checkpoint waits for this, and copies cost more. */
    public static byte[] seal(Body body) {
        byte[] sealed;
        try (DataOutputStream measure = new DataOutputStream(OutputStream.nullOutputStream())) {
            body.write(measure);
            sealed = new byte[HEADER_BYTES + measure.size()];
            body.write(new DataOutputStream(new Fill(sealed)));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        ByteBuffer.wrap(sealed).putInt(MAGIC).putInt(FORMAT).putInt(checksum(sealed));
        return sealed;
    }

    /** Fills an array behind its header. */
    private static final class Fill extends OutputStream {
        private final ByteBuffer buffer;

        private Fill(byte[] sealed) {
            buffer = ByteBuffer.wrap(sealed).position(HEADER_BYTES);
        }

        @Override
        public void write(int value) {
            buffer.put((byte) value);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            buffer.put(bytes, from, length);
        }
    }

    /** Opens the entry of that name, which must be there. */
    public static <T> T open(String name, Map<String, byte[]> state, Reading<T> reading) {
        byte[] sealed = state.get(name);
        if (sealed == null) {
            throw new IllegalStateException("state entry " + name + " is missing of " + state.keySet());
        }
        return open(name, sealed, reading);
    }

    /** Reads into what is there already. */
    public interface Filling {
        void read(Input in) throws IOException;
    }

    /** Reads an entry that earlier releases did not write; without it nothing happens. */
    public static void readIfThere(String name, Map<String, byte[]> state, Filling filling) {
        byte[] sealed = state.get(name);
        if (sealed != null) {
            open(name, sealed, in -> {
                filling.read(in);
                return name;
            });
        }
    }

    public static <T> T open(String name, byte[] sealed, Reading<T> reading) {
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
        try (Input in = new Input(sealed, format)) {
            return reading.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException("state entry " + name + " ends early", e);
        }
    }

    public static void writeFloats(DataOutputStream out, float[] values) throws IOException {
        writeFloats(out, FloatBuffer.wrap(values));
    }

    public static void writeFloats(DataOutputStream out, FloatBuffer values) throws IOException {
        int length = values.remaining();
        out.writeInt(length * Float.BYTES);
        byte[] block = new byte[Math.min(length, BLOCK) * Float.BYTES];
        FloatBuffer view = ByteBuffer.wrap(block).asFloatBuffer();
        for (int from = 0; from < length; from += BLOCK) {
            int count = Math.min(BLOCK, length - from);
            view.put(0, values, from, count);
            out.write(block, 0, count * Float.BYTES);
        }
    }

    public static float[] readFloats(DataInputStream in) throws IOException {
        byte[] bytes = readBytes(in);
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }

    public static void writeDoubles(DataOutputStream out, double[] values) throws IOException {
        out.writeInt(values.length * Double.BYTES);
        byte[] block = new byte[Math.min(values.length, BLOCK) * Double.BYTES];
        DoubleBuffer view = ByteBuffer.wrap(block).asDoubleBuffer();
        for (int from = 0; from < values.length; from += BLOCK) {
            int count = Math.min(BLOCK, values.length - from);
            view.clear().put(values, from, count);
            out.write(block, 0, count * Double.BYTES);
        }
    }

    /** Fills {@code out}, which must have as many values as were written. */
    public static void readDoubles(DataInputStream in, double[] out) throws IOException {
        byte[] bytes = readBytes(in);
        Check.that(
                bytes.length == out.length * Double.BYTES,
                "state.values",
                bytes.length / Double.BYTES,
                "must be " + out.length);
        ByteBuffer.wrap(bytes).asDoubleBuffer().get(out);
    }

    public static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static byte[] readBytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    /** Writes images, in their order. */
    public static void writeImages(DataOutputStream out, List<byte[]> images) throws IOException {
        out.writeInt(images.size());
        for (byte[] image : images) {
            writeBytes(out, image);
        }
    }

    /** Reads what {@link #writeImages} wrote. */
    public static List<byte[]> readImages(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<byte[]> images = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            images.add(readBytes(in));
        }
        return images;
    }

    private static int checksum(byte[] sealed) {
        CRC32C crc = new CRC32C();
        crc.update(sealed, HEADER_BYTES, sealed.length - HEADER_BYTES);
        return (int) crc.getValue();
    }
}
