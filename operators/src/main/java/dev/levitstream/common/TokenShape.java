package dev.levitstream.common;

/**
 * Shape of the tokens that a backbone makes of one image, token by token, each value a {@link HalfFloats half float}.
 *
 * @param tokens T, at least 1; 1 for the features of an image as a whole
 * @param features width of a token, at least 1
 */
public record TokenShape(int tokens, int features) implements InputShape {
    private static final long serialVersionUID = 1L;
    private static final int MAX_SIZE = 1 << 23;

    public TokenShape {
        Check.that(tokens >= 1, "tokens", tokens, "must be at least 1");
        Check.that(features >= 1, "tokens.features", features, "must be at least 1");
        Check.that(
                (long) tokens * features <= MAX_SIZE,
                "tokens",
                tokens + "x" + features,
                "must have at most " + MAX_SIZE + " values");
    }

    @Override
    public int height() {
        return tokens;
    }

    @Override
    public int width() {
        return 1;
    }

    @Override
    public int channels() {
        return features;
    }

    @Override
    public int bytes() {
        return size() * HalfFloats.BYTES;
    }

    @Override
    public String toString() {
        return tokens + " tokens of " + features;
    }
}
