package dev.levitstream.learner.linear;

import dev.levitstream.common.HalfFloats;
import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.model.FeatureMap;

/**
 * Features of an image that a backbone has embedded: the mean of its tokens, so of a single token the token itself.
 *
 * @param tokens shape of what it was embedded to
 */
record BackboneFeatures(TokenShape tokens) implements FeatureMap {
    @Override
    public int width() {
        return tokens.features();
    }

    @Override
    public float[] of(byte[] embedded) {
        float[] values = HalfFloats.decode(embedded);
        if (tokens.tokens() == 1) {
            return values;
        }
        float[] mean = new float[width()];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (int at = i; at < values.length; at += mean.length) {
                sum += values[at];
            }
            mean[i] = (float) (sum / tokens.tokens());
        }
        return mean;
    }
}
