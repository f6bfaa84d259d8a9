package dev.levitstream.bench.speed;

import dev.levitstream.common.ImageShape;
import dev.levitstream.job.OptionCatalogue;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.nn.engine.Compute;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.ParameterLayout;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VisionTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * One component with those frozen before it, and one mini-batch: everything random, the same at each start.
 *
 * @param name in the report
 * @param preset sizes of the network
 * @param shape of the images
 * @param batch images in the mini-batch
 * @param frozen components before the one that learns
 */
record SpeedCase(String name, String preset, ImageShape shape, int batch, int frozen) {
    static final ImageShape MNIST = new ImageShape(28, 28, 1);
    static final int CLASSES = 10;
    /** So low that thousands of updates leave the numbers as they are: numbers near 0 are slow on a CPU. */
    static final double RATE = 1e-7;

    /** The method's own settings; what is compared here are LEViT's networks. */
    static LevitOptions own(LearnerOptions options) {
        return (LevitOptions) options.own();
    }

    LevitOptions options() {
        return own(OptionCatalogue.read(Map.of("image", shape.toString(), "levit.preset", preset))
                .operator()
                .learner());
    }

    TrainingOptions training() {
        return options().training();
    }

    /** The network of the component that has {@code before} others before it. */
    ComponentNetwork network(int before) {
        return new ComponentNetwork(
                new VisionTransformer(options().network().vit()),
                Optional.of(Vae.of(options().network().vae())),
                new KnowledgeFusion(KnowledgeFusion.Level.FEATURES, KnowledgeFusion.Gates.LEARNT),
                training().klWeight(),
                before,
                CLASSES);
    }

    /** Parameters of each component, the one that learns last. */
    List<float[]> parameters() {
        List<float[]> parameters = new ArrayList<>();
        for (int j = 0; j <= frozen; j++) {
            parameters.add(network(j).layout().initialise(new SplittableRandom(1000 + j)));
        }
        return parameters;
    }

    /** (batch, H, W, C) in [0, 1]. */
    float[] images() {
        return uniform(batch * shape.size(), 1);
    }

    /** (batch, d): uniform of deviation 1 serves as well as normal noise here. */
    float[] noise() {
        float[] noise = uniform(batch * options().network().vae().latentWidth(), 2);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (Math.sqrt(12) * (noise[i] - 0.5));
        }
        return noise;
    }

    /** (batch, classes), as the loss takes them. */
    float[] targets() {
        float[] targets = new float[batch * CLASSES];
        for (int i = 0; i < batch; i++) {
            targets[i * CLASSES + label(i)] = -1f / batch;
        }
        return targets;
    }

    int label(int image) {
        return image % CLASSES;
    }

    private static float[] uniform(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble();
        }
        return values;
    }

    /**
     * Multiplications and additions of one update, with the gradient counted as two more passes: 6 per weight and row
     * that it is applied to, and the products inside attention. The frozen components' part is not in it, for their
     * features lie in the memory.
     *
     * @param compute may compute no keys, but fold their weights into those of the queries
     */
    double updateOperations(Compute compute) {
        var vit = options().network().vit();
        double rows = 0;
        for (ParameterLayout.Entry entry : network(frozen).layout().entries()) {
            if (entry.name().endsWith(".weight")) {
                rows += (double) entry.size() * applications(entry.name(), vit.patches());
            }
        }
        double width = vit.embeddingWidth();
        double attention = 2.0 * vit.heads() * vit.patches() * vit.patches() * width;
        double asPublished = batch * (rows + attention);
        if (!compute.matMul().foldsAttention((long) batch * vit.patches(), vit.embeddingWidth())) {
            return 6 * asPublished;
        }
        double keys = vit.heads() * vit.patches() * width * width;
        double folding = vit.heads() * width * width * width;
        return 6 * (asPublished - batch * keys + folding);
    }

    /** Places of one image that a weight is applied to. */
    private int applications(String weight, int patches) {
        if (weight.startsWith("vit.embed") || weight.startsWith("vit.attention")) {
            return patches;
        }
        List<Integer> channels = options().network().vae().channels();
        if (!channels.isEmpty() && weight.matches("vae\\.(encode|decode)\\d+\\.weight")) {
            int layer = Integer.parseInt(weight.replaceAll("\\D", ""));
            int level = weight.contains("encode") ? layer + 1 : channels.size() - layer;
            return side(shape.height(), level) * side(shape.width(), level);
        }
        return !channels.isEmpty() && weight.equals("vae.pixels.weight") ? shape.height() * shape.width() : 1;
    }

    private static int side(int size, int halvings) {
        int result = size;
        for (int i = 0; i < halvings; i++) {
            result = (result + 1) / 2;
        }
        return result;
    }
}
