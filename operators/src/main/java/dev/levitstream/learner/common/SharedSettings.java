package dev.levitstream.learner.common;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.common.MemoryOptions.Admission;
import dev.levitstream.learner.common.MemoryOptions.Unlabelled;
import dev.levitstream.nn.model.VitOptions;
import java.util.List;

/** Options that methods have in common, each under its own prefix, and their defaults. */
public final class SharedSettings {
    /** Images up to this size get the article's networks for MNIST if they are grey, for CIFAR-10 if they are not. */
    private static final int SMALL_SIDE = 48;
    /** Q and F of a ViT over tokens. */
    private static final int TOKEN_EMBEDDING = 32;

    private static final int TOKEN_FEATURES = 64;

    private SharedSettings() {}

    /** Where defaults come from: complete settings for an image shape. */
    public enum Preset {
        /** The authors' family: Algorithm 1 to the letter, many small updates from the memory. */
        PAPER,
        /** For streams: few updates per batch at a higher rate. */
        STREAM
    }

    /** The preset that is asked for. */
    public static Preset preset(OptionReader options) {
        return options.free().choice("preset", Preset.STREAM, "where the defaults of the options below come from");
    }

    /** Whether an image is grey and small, as those of MNIST. */
    public static boolean isSmallAndGrey(ImageShape image) {
        return image.channels() == 1 && image.size() <= SMALL_SIDE * SMALL_SIDE;
    }

    /** Whether an image is as small as those of CIFAR-10. */
    public static boolean isSmall(ImageShape image) {
        return Math.max(image.height(), image.width()) <= SMALL_SIDE;
    }

    /**
     * Sizes of the article for 28x28x1 and 32x32x3, and in their manner for other images; for tokens, of which a
     * backbone has made the most already, smaller ones.
     */
    public static VitOptions vit(InputShape input) {
        if (!(input instanceof ImageShape image)) {
            return new VitOptions(input, 1, TOKEN_EMBEDDING, 3, List.of(TOKEN_FEATURES));
        }
        List<Integer> hidden = isSmallAndGrey(image) ? List.of(100) : List.of(500, 200);
        return new VitOptions(image, patch(image), 100, 3, hidden);
    }

    /** The largest patch that divides both sides and leaves at least four patches along each; 1 where none does. */
    public static int patch(ImageShape image) {
        for (int patch = Math.min(image.height(), image.width()) / 4; patch > 1; patch--) {
            if (image.height() % patch == 0 && image.width() % patch == 0) {
                return patch;
            }
        }
        return 1;
    }

    /** The ViT that is asked for. */
    public static VitOptions vit(OptionReader options, VitOptions base) {
        OptionReader.Reading structural = options.structural();
        return new VitOptions(
                base.input(),
                structural.integer(
                        "vit.patch", base.patch(), "pixels, must divide height and width", "side of a patch"),
                structural.integer(
                        "vit.embedding-width", base.embeddingWidth(), "at least 1", "width of a patch token"),
                structural.integer("vit.heads", base.heads(), "at least 1", "attention heads, each of full width"),
                structural.integers("vit.hidden", base.hidden(), "widths, at least 1 each", "layers of the MLP"));
    }

    /** The preset's updates. */
    public static TrainingOptions training(Preset preset) {
        return switch (preset) {
            case PAPER -> new TrainingOptions(64, 1e-4, 1e-4, 0.5, 0.999, 1, Augmentation.NONE);
            case STREAM -> new TrainingOptions(64, 1e-3, 1e-2, 0.5, 0.999, 1, Augmentation.NONE);
        };
    }

    /** The updates that are asked for. */
    public static TrainingOptions training(OptionReader options, TrainingOptions base) {
        return training(options, base, "images of one update, from the memory");
    }

    /** The same, of a method that makes its own use of the size of a batch. */
    public static TrainingOptions training(OptionReader options, TrainingOptions base, String batch) {
        OptionReader.Reading free = options.free();
        return new TrainingOptions(
                free.integer("training.batch", base.batch(), "images, at least 1", batch),
                free.number("training.learning-rate", base.learningRate(), "positive", "Adam's learning rate"),
                base.gateLearningRate(),
                free.number("training.beta1", base.beta1(), "0 to below 1", "decay of Adam's first moment"),
                free.number("training.beta2", base.beta2(), "0 to below 1", "decay of Adam's second moment"),
                base.klWeight(),
                free.choice("training.augmentation", base.augmentation(), "how images are changed before an update"));
    }

    /** The preset's budget. */
    public static BudgetOptions budget(Preset preset, InputShape input) {
        return switch (preset) {
            case PAPER -> new BudgetOptions(input.channels() == 1 ? 50 : 200, 5, 0, 2000);
            case STREAM -> new BudgetOptions(2, 1, 0, 200);
        };
    }

    /** The budget that is asked for. */
    public static BudgetOptions budget(OptionReader options, BudgetOptions base) {
        OptionReader.Reading free = options.free();
        return new BudgetOptions(
                free.integer(
                        "budget.updates", base.updates(), "count, at least 0", "updates every budget.period batches"),
                free.integer("budget.period", base.period(), "batches, at least 1", "batches between grants"),
                free.integer(
                        "budget.millis",
                        base.millis(),
                        "milliseconds, 0 for none",
                        "most time for updates per batch; a bound is not byte-identical"),
                free.integer(
                        "budget.queue", base.queue(), "count, at least budget.updates", "most updates that may wait"));
    }

    /** The preset's replay memory. */
    public static MemoryOptions memory(Preset preset, InputShape input) {
        int capacity = input.channels() == 1 ? 2000 : 1000;
        return switch (preset) {
            case PAPER -> new MemoryOptions(capacity, Admission.FIFO, Unlabelled.ALL);
            case STREAM -> new MemoryOptions(capacity, Admission.RESERVOIR, Unlabelled.ROUTED);
        };
    }

    /** Size of the replay memory that is asked for (images). */
    public static int capacity(OptionReader options, int base) {
        return options.free().integer("memory.capacity", base, "images, at least 64", "size of the replay memory");
    }
}
