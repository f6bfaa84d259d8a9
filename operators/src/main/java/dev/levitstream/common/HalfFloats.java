package dev.levitstream.common;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers of 16 bits (binary16 of IEEE 754), little-endian: 11 significant bits, up to {@value MOST}. */
public final class HalfFloats {
    /** Length of one (bytes). */
    public static final int BYTES = 2;

    /** The largest there is. */
    public static final float MOST = 65504f;

    private static final int SIGN = 0x8000;
    private static final int INFINITE = 0x7C00;
    private static final int FRACTION_BITS = 10;
    private static final int FLOAT_FRACTION_BITS = 23;
    private static final int DROPPED_BITS = FLOAT_FRACTION_BITS - FRACTION_BITS;
    /** Exponents are stored as what they exceed -127 by, here -15. */
    private static final int BIAS_DIFFERENCE = 127 - 15;
    /** The smallest that is not 0 is 2^-24. */
    private static final float SMALLEST = 0x1p-24f;

    private static final int LEAST_NORMAL_EXPONENT = -14;

    private HalfFloats() {}

    /**
     * Nearest half floats, to even where two are as near.
     *
     * @param values finite, of at most {@link #MOST} when rounded
     * @return 2 bytes for each
     * @throws IllegalArgumentException if one is not
     */
    public static byte[] encode(float[] values) {
        ByteBuffer out = ByteBuffer.allocate(values.length * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            int bits = bits(value);
            Check.that((bits & INFINITE) != INFINITE, "value", value, "must be finite, at most " + MOST);
            out.putShort((short) bits);
        }
        return out.array();
    }

    /** The numbers; each is a float, exactly. */
    public static float[] decode(byte[] bytes) {
        float[] values = new float[bytes.length / BYTES];
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            values[i] = value(in.getShort());
        }
        return values;
    }

    private static int bits(float value) {
        int sign = Float.floatToIntBits(value) >>> 16 & SIGN;
        float size = Math.abs(value);
        if (!(size < MOST + 16)) { // what is half a step above the largest rounds to infinity
            return sign | INFINITE;
        }
        if (Math.getExponent(size) < LEAST_NORMAL_EXPONENT) {
            return sign | (int) Math.rint(size / SMALLEST); // exact quotient: a power of two
        }
        int bits = Float.floatToIntBits(size) - (BIAS_DIFFERENCE << FLOAT_FRACTION_BITS);
        int half = (1 << (DROPPED_BITS - 1)) - 1 + ((bits >>> DROPPED_BITS) & 1);
        return sign | ((bits + half) >>> DROPPED_BITS);
    }

    private static float value(short stored) {
        int bits = stored & 0x7FFF;
        float size;
        if (bits < 1 << FRACTION_BITS) {
            size = bits * SMALLEST;
        } else if (bits >= INFINITE) {
            size = Float.intBitsToFloat(0x7F800000 | bits << DROPPED_BITS);
        } else {
            size = Float.intBitsToFloat((bits << DROPPED_BITS) + (BIAS_DIFFERENCE << FLOAT_FRACTION_BITS));
        }
        return stored < 0 ? -size : size;
    }
}
