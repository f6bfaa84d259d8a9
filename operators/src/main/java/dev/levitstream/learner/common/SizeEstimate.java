package dev.levitstream.learner.common;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.learner.Footprint;
import dev.levitstream.nn.model.Body;
import dev.levitstream.nn.model.ConvolutionalOptions;
import dev.levitstream.nn.model.ParameterLayout;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a learner with one component needs, estimated before anything is allocated: sides without a divisor have as many
 * patches as pixels, and attention grows with the square of their number.
 *
 * @param input shape of what it is given of each image
 * @param body images to features
 * @param vit sizes of the body, if it is a ViT
 * @param convolutional sizes of the body, if it is a convolutional net
 * @param vae sizes of the density model, if there is one
 * @param batch images of one update (count)
 * @param capacity images of a full replay memory (count)
 */
public record SizeEstimate(
        InputShape input,
        Body body,
        Optional<VitOptions> vit,
        Optional<ConvolutionalOptions> convolutional,
        Optional<VaeOptions> vae,
        int batch,
        int capacity) {
    /** The active component is stored as one entry: parameters and two moments, and once more what it remembers. */
    private static final int MOST_PARAMETERS = Integer.MAX_VALUE / (4 * Float.BYTES) - 1024;

    /** Scores, their softmax, and the gradients at both. */
    private static final int ATTENTION_COPIES = 4;
    /** Tokens, what is asked, values and what is attended, each with its gradient. */
    private static final int TOKEN_COPIES = 8;
    /** A layer of encoder and decoder, each with its gradient. */
    private static final int LAYER_COPIES = 4;
    /** What a layer of the convolutional net gives, that normalized, that rectified, each with its gradient. */
    private static final int NORMALIZED_COPIES = 6;

    private static final int MANY_PATCHES = 64;
    private static final int NEAR = 8;
    private static final double MIB = 1 << 20;

    /** All of it: parameters, two moments and a gradient, activations, memory. */
    public Footprint footprint() {
        long parameters = parameters();
        double bytes = 4.0 * Float.BYTES * parameters + activations() + (double) capacity * input.bytes();
        return new Footprint(Math.round(bytes / MIB), parameters <= MOST_PARAMETERS, advice());
    }

    private long parameters() {
        ParameterLayout.Builder layout = new ParameterLayout.Builder();
        body.declare(layout, 0);
        vae.ifPresent(sizes -> Vae.of(sizes).declare(layout));
        return layout.size();
    }

    /** Of one update (bytes). */
    private double activations() {
        double values = LAYER_COPIES * (double) input.size();
        if (vit.isPresent()) {
            VitOptions sizes = vit.get();
            double patches = sizes.patches();
            values += ATTENTION_COPIES * sizes.heads() * patches * patches;
            values += TOKEN_COPIES * patches * sizes.embeddingWidth() * sizes.heads();
        }
        values += LAYER_COPIES * vae.map(sizes -> values(sizes.channels())).orElse(0.0);
        values += NORMALIZED_COPIES
                * convolutional.map(sizes -> values(sizes.channels())).orElse(0.0);
        return Float.BYTES * (double) batch * values;
    }

    /** Values of the results of convolutions that halve both sides, for one image. */
    private double values(List<Integer> widths) {
        double pixels = (double) input.height() * input.width();
        double values = 0;
        for (int channels : widths) {
            pixels = Math.ceil(pixels / 4);
            values += channels * pixels;
        }
        return values;
    }

    /** What to change where it needs too much. */
    private String advice() {
        int patches = vit.map(VitOptions::patches).orElse(0);
        if (patches <= MANY_PATCHES) {
            return "make hidden layers, training.batch or memory.capacity smaller";
        }
        if (!(input instanceof ImageShape image)) {
            return "the backbone makes " + patches + " tokens, give one that makes fewer, or a smaller backbone.size";
        }
        if (hasFewPatches(image)) {
            return "it has " + patches + " patches, choose larger ones, such as vit.patch="
                    + SharedSettings.patch(image);
        }
        return "its sides make " + patches + " patches, choose sides with a common divisor"
                + nearby(image)
                        .map(shape -> ", such as image=" + shape)
                        .findFirst()
                        .orElse("");
    }

    private static boolean hasFewPatches(ImageShape image) {
        int patch = SharedSettings.patch(image);
        return (image.height() / patch) * (image.width() / patch) <= MANY_PATCHES;
    }

    /** Shapes with few patches, the nearest first, of those the larger. */
    private static Stream<ImageShape> nearby(ImageShape image) {
        return IntStream.rangeClosed(-NEAR, NEAR)
                .boxed()
                .flatMap(rows -> IntStream.rangeClosed(-NEAR, NEAR).mapToObj(columns -> new int[] {rows, columns}))
                .filter(change -> image.height() + change[0] > 0 && image.width() + change[1] > 0)
                .sorted(Comparator.<int[]>comparingInt(change -> Math.abs(change[0]) + Math.abs(change[1]))
                        .thenComparingInt(change -> -change[0] - change[1]))
                .map(change -> new ImageShape(image.height() + change[0], image.width() + change[1], image.channels()))
                .filter(SizeEstimate::hasFewPatches);
    }
}
