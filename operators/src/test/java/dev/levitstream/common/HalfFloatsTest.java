package dev.levitstream.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HalfFloatsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0000",
        "-0.0, 8000",
        "1, 3C00",
        "-2, C000",
        "65504, 7BFF",
        "65519.99, 7BFF",
        "0.333251953125, 3555",
        "0.33333334, 3555",
        "6.103515625e-5, 0400",
        "6.097555e-5, 03FF",
        "5.9604645e-8, 0001",
        "2.9802322e-8, 0000",
        "2.98023259e-8, 0001",
        "1.00048828125, 3C00",
        "1.00146484375, 3C02"
    })
    void aNumberIsRoundedToTheNearestAndToEvenBetween(float value, String bits) {
        byte[] encoded = HalfFloats.encode(new float[] {value});
        assertThat(String.format("%02X%02X", encoded[1], encoded[0])).isEqualTo(bits);
    }

    @Test
    void everyHalfFloatIsAFloatAndComesBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            byte[] bytes = {(byte) bits, (byte) (bits >> 8)};
            float value = HalfFloats.decode(bytes)[0];
            if ((bits & 0x7C00) == 0x7C00) {
                assertThat(value).isNotEqualTo(Math.max(-1e30f, Math.min(1e30f, value)));
            } else {
                assertThat(value).isEqualTo(naive(bits));
                assertThat(HalfFloats.encode(new float[] {value})).isEqualTo(bytes);
            }
        }
    }

    /** By its definition. */
    private static float naive(int bits) {
        int exponent = bits >> 10 & 31;
        double fraction = (bits & 1023) / 1024.0;
        double size = exponent == 0 ? fraction * Math.pow(2, -14) : (1 + fraction) * Math.pow(2, exponent - 15);
        return (float) (bits >> 15 == 0 ? size : -size);
    }

    @Test
    void noHalfFloatIsNearer() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            float value = (float) ((random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(-26, 17)));
            byte[] bytes = HalfFloats.encode(new float[] {value});
            int bits = (bytes[0] & 0xFF) | (bytes[1] & 0xFF) << 8;
            double error = Math.abs(naive(bits) - (double) value);
            for (int near : new int[] {bits - 1, bits + 1}) {
                boolean isNumber = (near & 0x7C00) != 0x7C00 && (near ^ bits) < 0x8000 && near >= 0;
                assertThat(!isNumber || Math.abs(naive(near) - (double) value) >= error)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {65520, -1e9f, Float.POSITIVE_INFINITY, Float.NaN})
    void whatIsNoSuchNumberIsRefused(float value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HalfFloats.encode(new float[] {1, value}))
                .withMessageContaining("must be finite, at most 65504");
    }
}
