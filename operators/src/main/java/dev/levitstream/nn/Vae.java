package dev.levitstream.nn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Variational auto-encoder (Kingma and Welling 2014) of one component: encoder to N(mean, deviation^2), decoder back to
 * pixels.
 *
 * <p>Loss of image x, with code u = mean + deviation * noise and weight b of the second part: ||x - decode(u)||^2,
 * summed over pixels, + b KL(N(mean, deviation^2) || N(0, I)).
 */
public sealed interface Vae permits DenseVae, ConvolutionalVae {
    /**
     * Posterior of the code.
     *
     * @param mean (B, d)
     * @param deviation (B, d), positive
     */
    record Posterior(NDArray mean, NDArray deviation) {}

    /** The VAE that the options describe. */
    static Vae of(VaeOptions options) {
        return options.channels().isEmpty() ? new DenseVae(options) : new ConvolutionalVae(options);
    }

    /** Declares the parameters. */
    void declare(ParameterLayout.Builder layout);

    /** (B, H, W, C) -> two times (B, d). */
    Posterior encode(Parameters p, NDArray images);

    /** (B, d) -> (B, D) in the order of the image's values. */
    NDArray decode(Parameters p, NDArray codes);

    /** d. */
    int latentWidth();

    /** ||x - decode(codes)||^2 of each image: (B, H, W, C), (B, d) -> (B). */
    default NDArray reconstructionError(Parameters p, NDArray images, NDArray codes) {
        NDArray pixels = images.reshape(images.getShape().get(0), -1); // (B, D)
        return pixels.sub(decode(p, codes)).square().sum(new int[] {1});
    }

    /** KL(N(mean, deviation^2) || N(0, I)) = sum (deviation^2 + mean^2 - 1) / 2 - log deviation, of each image: (B). */
    default NDArray divergence(Posterior posterior) {
        NDManager scope = posterior.mean().getManager();
        NDArray half = Tensors.constant(scope, 0.5);
        NDArray one = Tensors.constant(scope, 1);
        NDArray squares = posterior.mean().square().add(posterior.deviation().square());
        return squares.sub(one).mul(half).sub(posterior.deviation().log()).sum(new int[] {1});
    }
}
