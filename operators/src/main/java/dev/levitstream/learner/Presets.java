package dev.levitstream.learner;

import dev.levitstream.learner.ExpansionOptions.Codes;
import dev.levitstream.learner.ExpansionOptions.Criterion;
import dev.levitstream.learner.ExpansionOptions.Scale;
import dev.levitstream.learner.MemoryOptions.Admission;
import dev.levitstream.learner.MemoryOptions.Unlabelled;
import dev.levitstream.nn.ImageShape;
import dev.levitstream.nn.KnowledgeFusion;
import dev.levitstream.nn.VaeOptions;
import dev.levitstream.nn.VitOptions;
import java.util.List;

/** Complete settings for an image shape; single ones are then changed by name. */
public enum Presets {
    /** The authors' family: Algorithm 1 to the letter, many small updates from the memory. */
    PAPER {
        @Override
        public LearnerOptions options(ImageShape image) {
            boolean small = image.channels() == 1;
            return new LearnerOptions(
                    LearnerKind.LEVIT_DKF,
                    image,
                    10,
                    0,
                    0,
                    KnowledgeFusion.Level.FEATURES,
                    Router.Score.ELBO,
                    network(image),
                    new TrainingOptions(64, 1e-4, 1e-4, 0.5, 0.999, 1),
                    new BudgetOptions(small ? 50 : 200, 5, 0, 2000),
                    new MemoryOptions(small ? 2000 : 1000, Admission.FIFO, Unlabelled.ALL),
                    new ExpansionOptions(Criterion.LATENT, Scale.ABSOLUTE, 3.2, Codes.MEAN, 512, 64, true, 50));
        }
    },
    /**
     * For streams: few updates per batch at a higher rate, and a criterion that calibrates itself and costs nothing.
     */
    STREAM {
        @Override
        public LearnerOptions options(ImageShape image) {
            boolean small = image.channels() == 1;
            return new LearnerOptions(
                    LearnerKind.LEVIT_DKF,
                    image,
                    10,
                    0,
                    0,
                    KnowledgeFusion.Level.FEATURES,
                    Router.Score.RECONSTRUCTION,
                    network(image),
                    new TrainingOptions(64, 1e-3, 1e-2, 0.5, 0.999, 1),
                    new BudgetOptions(2, 1, 0, 200),
                    new MemoryOptions(small ? 2000 : 1000, Admission.FIFO, Unlabelled.ROUTED),
                    new ExpansionOptions(Criterion.NOVELTY, Scale.RATIO, 1.45, Codes.MEAN, 512, 500, false, 20));
        }
    };

    private static final int SMALL_SIDE = 48;

    /** The preset's settings for images of that shape. */
    public abstract LearnerOptions options(ImageShape image);

    /**
     * Sizes of the article for 28x28x1 (fully connected VAE) and 32x32x3 (convolutional VAE), and in their manner for
     * others: four patches a side where the sides allow it. Large images get a narrower VAE, whose innermost layer
     * would else hold most parameters.
     */
    static NetworkOptions network(ImageShape image) {
        int patch = patch(image);
        if (image.channels() == 1 && image.size() <= SMALL_SIDE * SMALL_SIDE) {
            return new NetworkOptions(
                    new VitOptions(image, patch, 100, 3, List.of(100)),
                    new VaeOptions(image, 50, List.of(), List.of(200, 200)),
                    List.of(600, 300));
        }
        boolean small = Math.max(image.height(), image.width()) <= SMALL_SIDE;
        return new NetworkOptions(
                new VitOptions(image, patch, 100, 3, List.of(500, 200)),
                new VaeOptions(
                        image,
                        200,
                        small ? List.of(64, 128, 256, 512) : List.of(32, 64, 128, 256),
                        List.of(small ? 1024 : 512)),
                List.of(1000, 500, 200));
    }

    /** The largest patch that divides both sides and leaves at least four patches along each; 1 where none does. */
    static int patch(ImageShape image) {
        for (int patch = Math.min(image.height(), image.width()) / 4; patch > 1; patch--) {
            if (image.height() % patch == 0 && image.width() % patch == 0) {
                return patch;
            }
        }
        return 1;
    }
}
