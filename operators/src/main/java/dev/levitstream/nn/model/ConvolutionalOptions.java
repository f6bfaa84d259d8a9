package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import java.io.Serializable;
import java.util.List;

/**
 * Sizes of one convolutional net.
 *
 * @param image size of the images
 * @param channels widths of the 3x3 convolutions, at least one, each halving height and width
 */
public record ConvolutionalOptions(ImageShape image, List<Integer> channels) implements Serializable {
    private static final int MAX_WIDTH = 4096;

    public ConvolutionalOptions {
        Check.that(
                !channels.isEmpty() && channels.stream().allMatch(width -> width >= 1 && width <= MAX_WIDTH),
                "conv.channels",
                channels,
                "must be widths of 1 to " + MAX_WIDTH);
        channels = List.copyOf(channels);
    }
}
