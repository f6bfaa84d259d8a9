package dev.levitstream.nn.model;

import dev.levitstream.nn.graph.Array;

/**
 * Variational auto-encoder (Kingma and Welling 2014) of one component: encoder to N(mean, std^2), decoder back to what
 * it {@link #explained explains}: pixels, or features of tokens.
 *
 * <p>Loss of x, with code u = mean + std * noise and weight b of the second part: ||x - decode(u)||^2, summed over
 * values, + b KL(N(mean, std^2) || N(0, I)). But for constants the first part is the negative logarithm of a Gaussian
 * of variance 1/2 around what is decoded.
 */
public sealed interface Vae permits DenseVae, ConvolutionalVae {
    /**
     * Posterior of the code.
     *
     * @param mean (B, d)
     * @param std (B, d), positive
     */
    record Posterior(Array mean, Array std) {}

    /** The VAE that the options describe. */
    static Vae of(VaeOptions options) {
        return options.channels().isEmpty() ? new DenseVae(options) : new ConvolutionalVae(options);
    }

    /** Declares the parameters. */
    void declare(ParameterLayout.Builder layout);

    /**
     * What is to be decoded again: of an image its values in order, (B, H, W, C) -> (B, D) with D = H W C; of tokens
     * their mean, (B, T, 1, D) -> (B, D).
     */
    Array explained(Array inputs);

    /** (B, H, W, C) -> two times (B, d). */
    Posterior encode(Parameters p, Array images);

    /** (B, d) -> (B, D), as {@link #explained}. */
    Array decode(Parameters p, Array codes);

    /** d. */
    int latentWidth();

    /** ||x - decode(codes)||^2 of each image: (B, H, W, C), (B, d) -> (B). */
    default Array reconstructionError(Parameters p, Array images, Array codes) {
        return decode(p, codes).sub(explained(images)).square().sum(1);
    }

    /** KL(N(mean, std^2) || N(0, I)) = sum (std^2 + mean^2 - 1) / 2 - log std, of each image: (B). */
    static Array divergence(Posterior posterior) {
        Array squares = posterior.mean().square().add(posterior.std().square());
        return squares.plus(-1).times(0.5).sub(posterior.std().log()).sum(1);
    }
}
