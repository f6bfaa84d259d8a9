package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.Randomness;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Filters over patches: the response of filter k to a patch q is v_k . q + b_k.
 *
 * @param weights v as (patch values, k), each filter of zero mean, for patches have none
 * @param biases b, one for each filter
 * @param rooted whether a feature is the square root of a mean response, which varies as much where responses are many
 *     as where they are few (Perronnin, Sánchez and Mensink 2010); not so of random filters
 */
public record PatchFilters(float[][] weights, float[] biases, boolean rooted) {
    private static final long SEED = 0;
    /** What a response must exceed to count. */
    static final float THRESHOLD = 0.5f;

    /** Filters (count). */
    public int count() {
        return biases.length;
    }

    /**
     * Random directions of unit length (Saxe et al. 2011); the same for every learner of that shape and number.
     *
     * @param image shape of the images
     * @param count filters, at least 1
     */
    public static PatchFilters random(ImageShape image, int count) {
        Check.that(count >= 1, "routing.filters", count, "must be at least 1");
        SplittableRandom random = Randomness.at(SEED, Randomness.Purpose.INITIALISE, count);
        float[] filter = new float[new PatchGrid(image).values()];
        float[][] weights = new float[filter.length][count];
        for (int k = 0; k < count; k++) {
            Randomness.normals(random, filter);
            double mean = mean(filter);
            double squares = 0;
            for (float value : filter) {
                squares += (value - mean) * (value - mean);
            }
            double length = Math.sqrt(squares) + Float.MIN_NORMAL; // a patch of one value has no contrast
            for (int i = 0; i < filter.length; i++) {
                weights[i][k] = (float) ((filter[i] - mean) / length);
            }
        }
        float[] biases = new float[count];
        Arrays.fill(biases, -THRESHOLD);
        return new PatchFilters(weights, biases, false);
    }

    /** Filters that are learnt, one by one; their means are taken away. */
    static PatchFilters ofRows(float[][] rows, float[] biases) {
        float[][] weights = new float[rows[0].length][rows.length];
        for (int k = 0; k < rows.length; k++) {
            double mean = mean(rows[k]);
            for (int i = 0; i < rows[k].length; i++) {
                weights[i][k] = (float) (rows[k][i] - mean);
            }
        }
        return new PatchFilters(weights, biases, true);
    }

    private static double mean(float[] filter) {
        double mean = 0;
        for (float value : filter) {
            mean += value / filter.length;
        }
        return mean;
    }
}
