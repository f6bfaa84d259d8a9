package dev.levitstream.learner;

import dev.levitstream.common.ImageShape;
import dev.levitstream.learner.ExpansionOptions.Codes;
import dev.levitstream.learner.ExpansionOptions.Criterion;
import dev.levitstream.learner.ExpansionOptions.Scale;
import dev.levitstream.learner.MemoryOptions.Admission;
import dev.levitstream.learner.MemoryOptions.Unlabelled;
import dev.levitstream.learner.RoutingOptions.Judges;
import dev.levitstream.learner.RoutingOptions.Method;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.util.List;

/** Complete settings for an image shape; single ones are then changed by name. */
public enum Presets {
    /** The authors' family: Algorithm 1 to the letter, many small updates from the memory. */
    PAPER {
        @Override
        public LearnerOptions options(ImageShape image) {
            boolean grey = image.channels() == 1;
            return complete(
                    image,
                    0,
                    new RoutingOptions(Method.VAE, Router.Score.ELBO, Judges.ALL, 100, 1e-3),
                    1,
                    new TrainingOptions(64, 1e-4, 1e-4, 0.5, 0.999, 1, Augmentation.NONE),
                    new BudgetOptions(grey ? 50 : 200, 5, 0, grey ? 2 : 1, 2000),
                    Admission.FIFO,
                    Unlabelled.ALL,
                    new ExpansionOptions(Criterion.LATENT, Scale.ABSOLUTE, 3.2, Codes.MEAN, 512, 20, 64, true, 0, 50));
        }
    },
    /**
     * For streams: few updates per batch at a higher rate, a criterion that calibrates itself and costs nothing, and
     * for colour images a VAE a quarter as wide, which is 16 times cheaper and routes and expands all the same.
     */
    STREAM {
        @Override
        public LearnerOptions options(ImageShape image) {
            return complete(
                    image,
                    FUSED,
                    new RoutingOptions(Method.PRODUCT, Router.Score.RECONSTRUCTION, Judges.LIKELIEST, 100, 1e-3),
                    4,
                    new TrainingOptions(64, 1e-3, 1e-2, 0.5, 0.999, 1, Augmentation.NONE),
                    new BudgetOptions(2, 1, 0, 2, 200),
                    Admission.RESERVOIR,
                    Unlabelled.ROUTED,
                    new ExpansionOptions(Criterion.NOVELTY, Scale.RATIO, 1.25, Codes.MEAN, 512, 20, 500, false, 0, 20));
        }
    };

    private static final int SMALL_SIDE = 48;
    /** The router keeps sums of every feature for each label: 11 KB with the default of 900 features. */
    private static final int MOST_LABELS = 1000;
    /** Room for every preset at 224x224x3; the article's own needs the most. */
    private static final int MAX_MIB = 2048;
    /** Most components that one fuses in a stream. */
    private static final int FUSED = 2;

    /** The preset's settings for images of that shape. */
    public abstract LearnerOptions options(ImageShape image);

    private static LearnerOptions complete(
            ImageShape image,
            int fused,
            RoutingOptions routing,
            int narrower,
            TrainingOptions training,
            BudgetOptions budget,
            Admission admission,
            Unlabelled unlabelled,
            ExpansionOptions expansion) {
        int capacity = image.channels() == 1 ? 2000 : 1000;
        return new LearnerOptions(
                LearnerKind.LEVIT_DKF,
                image,
                10,
                0,
                MOST_LABELS,
                MAX_MIB,
                0,
                new FusionOptions(KnowledgeFusion.Level.FEATURES, fused),
                routing,
                network(image, narrower),
                training,
                budget,
                new MemoryOptions(capacity, admission, unlabelled),
                expansion);
    }

    /**
     * Sizes of the article for 28x28x1 (fully connected VAE) and 32x32x3 (convolutional VAE), and in their manner for
     * others: four patches a side where the sides allow it. Larger images get half the width, since their innermost
     * layer would else hold most parameters.
     *
     * @param narrower by how much the convolutional VAE is narrower than the article's
     */
    static NetworkOptions network(ImageShape image, int narrower) {
        int patch = patch(image);
        if (image.channels() == 1 && image.size() <= SMALL_SIDE * SMALL_SIDE) {
            return new NetworkOptions(
                    new VitOptions(image, patch, 100, 3, List.of(100)),
                    new VaeOptions(image, 50, List.of(), List.of(200, 200)),
                    List.of(600, 300),
                    false);
        }
        int divisor = Math.max(image.height(), image.width()) <= SMALL_SIDE ? narrower : 2 * narrower;
        return new NetworkOptions(
                new VitOptions(image, patch, 100, 3, List.of(500, 200)),
                new VaeOptions(
                        image,
                        200,
                        List.of(64 / divisor, 128 / divisor, 256 / divisor, 512 / divisor),
                        List.of(1024 / divisor)),
                List.of(1000, 500, 200),
                false);
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
