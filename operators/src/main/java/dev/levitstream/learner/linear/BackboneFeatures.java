package dev.levitstream.learner.linear;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.common.InputValues;
import dev.levitstream.nn.model.FeatureMap;
import java.util.List;

/**
 * Features of an image that a backbone has embedded: of a single token the token itself; of several, z_t when
 * {@link InputValues standardised}, means of values and of sizes, which tell a feature that is nowhere from one that is
 * here positive and there negative:
 *
 * <pre>
 * f = (sum_t z_t / T, sum_t |z_t| / T)
 * </pre>
 *
 * @param tokens shape of what it was embedded to
 */
record BackboneFeatures(TokenShape tokens) implements FeatureMap {
    /** Number of features. */
    static int width(TokenShape tokens) {
        return tokens.tokens() == 1 ? tokens.features() : 2 * tokens.features();
    }

    @Override
    public int width() {
        return width(tokens);
    }

    @Override
    public float[] of(byte[] embedded) {
        if (tokens.tokens() == 1) {
            return HalfFloats.decode(embedded);
        }
        float[] values = InputValues.of(tokens, List.of(embedded));
        int width = tokens.features();
        float[] features = new float[2 * width];
        for (int i = 0; i < width; i++) {
            double sum = 0;
            double size = 0;
            for (int at = i; at < values.length; at += width) {
                sum += values[at];
                size += Math.abs(values[at]);
            }
            features[i] = (float) (sum / tokens.tokens());
            features[width + i] = (float) (size / tokens.tokens());
        }
        return features;
    }
}
