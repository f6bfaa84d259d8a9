package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import java.io.Serializable;
import java.util.List;

/**
 * Sizes of one VAE.
 *
 * @param input shape of what it is given
 * @param latentWidth d, at least 1
 * @param channels widths of the encoder's 3x3 convolutions, each halving height and width; empty for a fully connected
 *     VAE, as that of tokens must be
 * @param hidden widths of the fully connected layers: of encoder and, mirrored, decoder where there are no
 *     convolutions, else of the one layer between the convolutions and the code
 */
public record VaeOptions(InputShape input, int latentWidth, List<Integer> channels, List<Integer> hidden)
        implements Serializable {
    private static final int MAX_WIDTH = 1_000_000_000;

    public VaeOptions {
        Check.that(latentWidth > 0, "vae.latent-width", latentWidth, "must be at least 1");
        Check.that(channels.stream().allMatch(width -> width > 0), "vae.channels", channels, "must be at least 1 each");
        Check.that(
                !hidden.isEmpty() && hidden.stream().allMatch(width -> width > 0),
                "vae.hidden",
                hidden,
                "must be widths of at least 1");
        Check.that(
                channels.isEmpty() || hidden.size() == 1,
                "vae.hidden",
                hidden,
                "must be one width where vae.channels is given");
        Check.that(
                channels.isEmpty() || !(input instanceof TokenShape),
                "vae.channels",
                channels,
                "must be empty for tokens of a backbone");
        long pixels = (long) input.height() * input.width() / 4;
        Check.that(
                channels.stream().allMatch(width -> width * pixels <= MAX_WIDTH),
                "vae.channels",
                channels,
                "times a quarter of the pixels must be at most " + MAX_WIDTH);
        channels = List.copyOf(channels);
        hidden = List.copyOf(hidden);
    }
}
