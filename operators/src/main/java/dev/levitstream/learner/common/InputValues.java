package dev.levitstream.learner.common;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import java.util.List;

/** From what a learner is given of images, in bytes, to values as networks take them. */
public final class InputValues {
    private static final float[] FROM_BYTE = new float[256];
    /** Added to a variance, so that a token of equal values becomes zeros; as layer norms have it. */
    private static final double EPSILON = 1e-5;

    static {
        for (int i = 0; i < FROM_BYTE.length; i++) {
            FROM_BYTE[i] = i / 255f;
        }
    }

    private InputValues() {}

    /**
     * Values of inputs, one after the other, each as (H, W, C): of images pixels in [0, 1]. Of tokens each by itself is
     * standardised over its D values, the layer norm of Ba, Kiros and Hinton (2016) without parameters:
     *
     * <pre>
     * z_i = (x_i - m) / sqrt(v + 10^-5),  m = sum_i x_i / D,  v = sum_i (x_i - m)^2 / D
     * </pre>
     *
     * so that tokens of any backbone have one scale, whatever came before.
     *
     * @param inputs each with the bytes of the shape; borrowed
     */
    public static float[] of(InputShape shape, List<byte[]> inputs) {
        float[] values = new float[inputs.size() * shape.size()];
        for (int n = 0; n < inputs.size(); n++) {
            int from = n * shape.size();
            if (shape instanceof TokenShape tokens) {
                standardise(HalfFloats.decode(inputs.get(n)), tokens.features(), values, from);
            } else {
                brighten(inputs.get(n), values, from);
            }
        }
        return values;
    }

    private static void brighten(byte[] pixels, float[] values, int from) {
        for (int i = 0; i < pixels.length; i++) {
            values[from + i] = FROM_BYTE[pixels[i] & 0xFF];
        }
    }

    private static void standardise(float[] tokens, int width, float[] values, int from) {
        for (int first = 0; first < tokens.length; first += width) {
            double sum = 0;
            for (int i = first; i < first + width; i++) {
                sum += tokens[i];
            }
            double mean = sum / width;
            double squares = 0;
            for (int i = first; i < first + width; i++) {
                squares += (tokens[i] - mean) * (tokens[i] - mean);
            }
            double deviation = Math.sqrt(squares / width + EPSILON);
            for (int i = first; i < first + width; i++) {
                values[from + i] = (float) ((tokens[i] - mean) / deviation);
            }
        }
    }
}
