package dev.levitstream.nn.model;

import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Randomness;
import java.util.Arrays;
import java.util.SplittableRandom;

/** First values of a parameter. */
public enum Initializer {
    ZERO {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {}
    },
    ONE {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            Arrays.fill(values, 1);
        }
    },
    /** N(0, 0.02 squared), as in the ViT parts of the authors' sibling code. */
    SMALL_NORMAL {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            normals(values, 0.02, random);
        }
    },
    /** Uniform in +-sqrt(6 / (in + out)) (Glorot and Bengio 2010); in and out are the last two axes of a matrix. */
    GLOROT {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            int axes = shape.dimension();
            double bound = Math.sqrt(6.0 / (shape.get(axes - 2) + shape.get(axes - 1)));
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
            }
        }
    },
    /**
     * N(0, 2 / in) (He et al. 2015); in is the product of all axes but the first, as a convolution's weight has them.
     */
    HE {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            normals(values, Math.sqrt(2.0 * shape.get(0) / values.length), random);
        }
    };

    /**
     * Fills an array.
     *
     * @param values row by row
     */
    abstract void fill(float[] values, Shape shape, SplittableRandom random);

    private static void normals(float[] values, double std, SplittableRandom random) {
        Randomness.normals(random, values);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * std);
        }
    }
}
