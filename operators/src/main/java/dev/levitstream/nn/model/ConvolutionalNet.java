package dev.levitstream.nn.model;

import dev.levitstream.common.Check;
import dev.levitstream.nn.graph.Array;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A small convolutional net for natural images: 3x3 convolutions of stride 2, each followed by layer normalization over
 * the channels of a place and ReLU, then means over a grid of 4 x 4 fields, whatever the size of the image; of 32 x 32
 * pixels, three convolutions leave that many places. Each place is normalized by itself (as in Liu et al., "A ConvNet
 * for the 2020s", arXiv 2201.03545), never over a batch, so that no image depends on its batch mates.
 *
 * <p>For methods that fuse nothing: there is no layer that could take in other components' knowledge.
 */
public final class ConvolutionalNet implements Body {
    /** Fields along each side. */
    private static final int FIELDS = 4;

    private static final double MIDDLE = 0.5;
    private static final double RANGE = 4;

    private final ConvolutionalOptions options;

    public ConvolutionalNet(ConvolutionalOptions options) {
        this.options = options;
    }

    @Override
    public void declare(ParameterLayout.Builder layout, int priorWidth) {
        Check.that(priorWidth == 0, "priorWidth", priorWidth, "must be 0 for a convolutional net");
        int in = options.image().channels();
        for (int i = 0; i < options.channels().size(); i++) {
            int out = options.channels().get(i);
            Layers.declareConvolution(layout, "conv" + i, in, out);
            Layers.declareAffine(layout, "conv" + i, out);
            in = out;
        }
    }

    /** All of it: (B, H, W, C) -> (B, F). */
    @Override
    public Array attend(Parameters p, Array images) {
        Array x = images.plus(-MIDDLE).times(RANGE); // from [0, 1] to [-2, 2]
        for (int i = 0; i < options.channels().size(); i++) {
            String name = "conv" + i;
            x = Layers.halvingConvolution(p, name, x.transpose(0, 3, 1, 2)) // (B, out, ceil(H/2), ceil(W/2))
                    .transpose(0, 2, 3, 1)
                    .layerNorm(p.get(name + ".scale"), p.get(name + ".shift"))
                    .relu(); // (B, ceil(H/2), ceil(W/2), out)
        }
        return fields(fields(x, 1), 2).reshape(-1, featureWidth());
    }

    /** Means of equal parts of an axis, which overlap by one place where it has no such parts. */
    private static Array fields(Array x, int axis) {
        int side = (int) x.shape().get(axis);
        if (side == FIELDS) {
            return x;
        }
        List<Array> places = x.split(axis, 1);
        return IntStream.range(0, FIELDS)
                .mapToObj(field -> {
                    int from = field * side / FIELDS;
                    int to = ((field + 1) * side + FIELDS - 1) / FIELDS;
                    Array sum =
                            places.subList(from, to).stream().reduce(Array::add).orElseThrow();
                    return sum.times(1.0 / (to - from));
                })
                .reduce((one, other) -> one.concat(other, axis))
                .orElseThrow();
    }

    @Override
    public Array features(Parameters p, Array attended) {
        return attended;
    }

    @Override
    public int attendedWidth() {
        return featureWidth();
    }

    @Override
    public int featureWidth() {
        return FIELDS * FIELDS * options.channels().get(options.channels().size() - 1);
    }

    @Override
    public int heads() {
        return 1;
    }
}
