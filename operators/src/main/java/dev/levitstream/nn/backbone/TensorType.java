package dev.levitstream.nn.backbone;

import dev.levitstream.common.Check;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Types of a safetensors file's tensors, by the names that it gives them. Three of them can be read. */
enum TensorType {
    BOOL(1),
    U8(1),
    I8(1),
    F8_E5M2(1),
    F8_E4M3(1),
    I16(2),
    U16(2),
    /** IEEE 754 half precision: sign, 5 bits of exponent, 10 of fraction. */
    F16(2) {
        @Override
        float next(ByteBuffer values) {
            return half(values.getShort());
        }
    },
    /** The upper half of single precision. */
    BF16(2) {
        @Override
        float next(ByteBuffer values) {
            return Float.intBitsToFloat(values.getShort() << 16);
        }
    },
    I32(4),
    U32(4),
    /** Single precision. */
    F32(4) {
        @Override
        float next(ByteBuffer values) {
            return values.getFloat();
        }
    },
    F64(8),
    I64(8),
    U64(8);

    private static final int FRACTION = 10;
    private static final int MOST_EXPONENT = 31;

    private final int bytes;

    TensorType(int bytes) {
        this.bytes = bytes;
    }

    /** The type of a tensor. */
    static TensorType of(String tensor, String type) {
        Optional<TensorType> known =
                Arrays.stream(values()).filter(each -> each.name().equals(type)).findFirst();
        Check.that(known.isPresent(), "tensor", tensor, "has type " + type + ", must be F32, F16 or BF16");
        return known.orElseThrow();
    }

    /** Of one value. */
    int bytes() {
        return bytes;
    }

    /** Whether values can be read. */
    boolean isReadable() {
        return this == F32 || this == F16 || this == BF16;
    }

    /** The next value. */
    float next(ByteBuffer values) {
        throw new UnsupportedOperationException(this + " must be F32, F16 or BF16");
    }

    /** Every half is a float. */
    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >> FRACTION) & MOST_EXPONENT;
        int fraction = bits & ((1 << FRACTION) - 1);
        if (exponent == 0) { // denormal: so many times 2^-24
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * 0x1p-24f));
        }
        int wider = exponent == MOST_EXPONENT ? 255 : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | (wider << 23) | (fraction << (23 - FRACTION)));
    }
}
