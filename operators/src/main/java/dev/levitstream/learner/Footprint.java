package dev.levitstream.learner;

import dev.levitstream.common.ImageShape;
import dev.levitstream.nn.model.Body;
import dev.levitstream.nn.model.FullyConnected;
import dev.levitstream.nn.model.ParameterLayout;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.nn.model.VitOptions;
import java.util.Comparator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a learner with one component needs, estimated before anything is allocated: sides without a divisor have as many
 * patches as pixels, and attention grows with the square of their number.
 *
 * @param parameters values of its networks (count)
 * @param activations of one update (bytes)
 * @param memory images of a full replay memory (bytes)
 */
record Footprint(long parameters, double activations, double memory) {
    /** The active component is stored as one entry: parameters and two moments, and once more what it remembers. */
    private static final int MOST_PARAMETERS = Integer.MAX_VALUE / (4 * Float.BYTES) - 1024;

    /** Scores, their softmax, and the gradients at both. */
    private static final int ATTENTION_COPIES = 4;
    /** Tokens, what is asked, values and what is attended, each with its gradient. */
    private static final int TOKEN_COPIES = 8;
    /** A layer of encoder and decoder, each with its gradient. */
    private static final int LAYER_COPIES = 4;

    private static final int MANY_PATCHES = 64;
    private static final int NEAR = 8;
    private static final double MIB = 1 << 20;

    static Footprint of(LearnerOptions options) {
        ParameterLayout.Builder layout = new ParameterLayout.Builder();
        Body body = body(options);
        body.declare(layout, 0);
        double values = 0;
        if (body instanceof VisionTransformer) {
            VitOptions vit = options.network().vit();
            double patches = vit.patches();
            values += ATTENTION_COPIES * vit.heads() * patches * patches;
            values += TOKEN_COPIES * patches * vit.embeddingWidth() * vit.heads();
        }
        if (options.kind().expands()) {
            Vae.of(options.network().vae()).declare(layout);
            values += LAYER_COPIES * vaeValues(options.network().vae());
        }
        double image = options.image().size();
        return new Footprint(
                layout.size(),
                Float.BYTES * (double) options.training().batch() * (values + LAYER_COPIES * image),
                options.memory().capacity() * image);
    }

    /** The body that the options describe. */
    static Body body(LearnerOptions options) {
        return options.kind() == LearnerKind.LEVIT_DNN
                ? new FullyConnected(options.image(), options.network().dnnHidden())
                : new VisionTransformer(options.network().vit());
    }

    /** Values of all convolutions' results for one image. */
    private static double vaeValues(VaeOptions vae) {
        double pixels = (double) vae.image().height() * vae.image().width();
        double values = 0;
        for (int channels : vae.channels()) {
            pixels = Math.ceil(pixels / 4);
            values += channels * pixels;
        }
        return values;
    }

    /** All of it: parameters, two moments and a gradient, activations, memory (MiB). */
    long mib() {
        return Math.round((4.0 * Float.BYTES * parameters + activations + memory) / MIB);
    }

    /** Whether a learner of this size fits its bound, and its largest state entry one array. */
    boolean fits(int maxMib) {
        return mib() <= maxMib && parameters <= MOST_PARAMETERS;
    }

    /** What to change so that it fits. */
    static String advice(LearnerOptions options) {
        ImageShape image = options.image();
        int patches = options.network().vit().patches();
        if (patches <= MANY_PATCHES || options.kind() == LearnerKind.LEVIT_DNN) {
            return "make hidden layers, training.batch or memory.capacity smaller";
        }
        if (hasFewPatches(image)) {
            return "it has " + patches + " patches, choose larger ones, such as vit.patch=" + Presets.patch(image);
        }
        return "its sides make " + patches + " patches, choose sides with a common divisor"
                + nearby(image)
                        .map(shape -> ", such as image=" + shape)
                        .findFirst()
                        .orElse("");
    }

    private static boolean hasFewPatches(ImageShape image) {
        int patch = Presets.patch(image);
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
                .filter(Footprint::hasFewPatches);
    }
}
