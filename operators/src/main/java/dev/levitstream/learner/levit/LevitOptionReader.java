package dev.levitstream.learner.levit;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.change.ChangeDetector;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.SharedSettings;
import dev.levitstream.learner.common.SharedSettings.Preset;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.learner.levit.ExpansionOptions.Codes;
import dev.levitstream.learner.levit.ExpansionOptions.Criterion;
import dev.levitstream.learner.levit.ExpansionOptions.Scale;
import dev.levitstream.learner.levit.RoutingOptions.Method;
import dev.levitstream.learner.levit.RoutingOptions.Scorers;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.nn.model.VaeOptions;
import java.util.List;

/** LEViT's options, from text to records, and the defaults of its two presets. */
final class LevitOptionReader {
    /** Most components that one fuses in a stream. */
    private static final int FUSED = 2;

    private LevitOptionReader() {}

    static LevitOptions read(OptionReader options, ImageShape image, BackboneFile backbone) {
        Preset preset = SharedSettings.preset(options);
        FusionOptions fusion = fusion(options, preset);
        RoutingOptions routing = routing(options, preset, backbone);
        InputShape input = routing.input(image);
        return new LevitOptions(
                fusion,
                routing,
                network(options, preset, input),
                training(options, SharedSettings.training(preset)),
                SharedSettings.budget(options, SharedSettings.budget(preset, input)),
                memory(options, SharedSettings.memory(preset, input)),
                expansion(options, preset, routing));
    }

    private static FusionOptions fusion(OptionReader options, Preset preset) {
        return new FusionOptions(
                options.structural()
                        .choice(
                                "fusion.level",
                                Level.FEATURES,
                                "where knowledge of frozen components joins (levit-dkf, levit-dkf-fixed)"),
                options.free()
                        .integer(
                                "fusion.components",
                                preset == Preset.PAPER ? 0 : FUSED,
                                "count, at least 0",
                                "most frozen components that one fuses, the oldest; 0 for all, as in the article"));
    }

    private static RoutingOptions routing(OptionReader options, Preset preset, BackboneFile backbone) {
        boolean paper = preset == Preset.PAPER;
        OptionReader.Reading free = options.free();
        OptionReader.Reading structural = options.structural();
        Kind features = structural.choice(
                "routing.features",
                Kind.preferred(backbone, paper ? Kind.RANDOM : Kind.LEARNT),
                "what the discriminant and the two-sample criterion go by; learnt from the first 500 images; backbone where that option is given");
        boolean learnt = features == Kind.LEARNT;
        boolean given = features == Kind.BACKBONE;
        return new RoutingOptions(
                free.choice(
                        "routing.router",
                        paper ? Method.VAE : Method.PRODUCT,
                        "what chooses the component per image; vae is the article's"),
                structural.choice(
                        "routing.score",
                        paper ? VaeRouter.Score.ELBO : VaeRouter.Score.RECONSTRUCTION,
                        "VAE score that novelty and the router vae go by"),
                free.choice(
                        "routing.judges",
                        paper ? Scorers.ALL : Scorers.LIKELIEST,
                        "whose VAEs score an image, where router and criterion do not compare all"),
                new FeatureOptions(
                        features,
                        structural.integer(
                                "routing.filters",
                                given ? 0 : learnt ? 200 : 100,
                                "count, at least 1; 0 with features backbone",
                                "filters of the discriminant, which keeps 9 features of each; 200 where they are learnt"),
                        0,
                        backbone),
                free.number(
                        "routing.shrinkage",
                        given ? FeatureOptions.BACKBONE_SHRINKAGE : learnt ? 0.05 : 1e-3,
                        "at least 0",
                        "share of the mean variance that the discriminant adds to every feature's, 0.05 where they are learnt, 0.1 where a backbone makes them; 0 to choose 0.01, 0.03, 0.1 or 0.3 by what served best so far"));
    }

    /**
     * Sizes of the article for 28x28x1 (fully connected VAE) and 32x32x3 (convolutional VAE), and in their manner for
     * others. In a stream the convolutional VAE has a quarter of the width, which is 16 times cheaper and routes and
     * expands all the same; larger images get half the width, since their innermost layer would else hold most
     * parameters. That of tokens is small, for it explains the features of a whole image.
     */
    private static VaeOptions vae(Preset preset, InputShape input) {
        if (!(input instanceof ImageShape image)) {
            return new VaeOptions(input, 32, List.of(), List.of(200));
        }
        if (SharedSettings.isSmallAndGrey(image)) {
            return new VaeOptions(image, 50, List.of(), List.of(200, 200));
        }
        int narrower = (preset == Preset.PAPER ? 1 : 4) * (SharedSettings.isSmall(image) ? 1 : 2);
        return new VaeOptions(
                image,
                200,
                List.of(64 / narrower, 128 / narrower, 256 / narrower, 512 / narrower),
                List.of(1024 / narrower));
    }

    private static List<Integer> dnnHidden(InputShape input) {
        if (!(input instanceof ImageShape image)) {
            return List.of(100);
        }
        return SharedSettings.isSmallAndGrey(image) ? List.of(600, 300) : List.of(1000, 500, 200);
    }

    private static NetworkOptions network(OptionReader options, Preset preset, InputShape input) {
        return new NetworkOptions(
                SharedSettings.vit(options, SharedSettings.vit(input)),
                vae(options, vae(preset, input)),
                options.structural()
                        .integers("dnn.hidden", dnnHidden(input), "widths, at least 1 each", "layers of levit-dnn"),
                options.free()
                        .yesNo(
                                "vit.shared-embedding",
                                false,
                                "whether the patch embedding is learnt by the first component alone"));
    }

    private static VaeOptions vae(OptionReader options, VaeOptions base) {
        OptionReader.Reading structural = options.structural();
        return new VaeOptions(
                base.input(),
                structural.integer("vae.latent-width", base.latentWidth(), "at least 1", "width of the VAE's code"),
                structural.integers(
                        "vae.channels",
                        base.channels(),
                        "widths, may be empty",
                        "convolutions of the VAE; empty for a fully connected one"),
                structural.integers(
                        "vae.hidden",
                        base.hidden(),
                        "widths; one where vae.channels is given",
                        "fully connected layers of the VAE"));
    }

    private static TrainingOptions training(OptionReader options, TrainingOptions base) {
        TrainingOptions shared = SharedSettings.training(options, base);
        return new TrainingOptions(
                shared.batch(),
                shared.learningRate(),
                options.free()
                        .number(
                                "training.gate-learning-rate",
                                base.gateLearningRate(),
                                "positive",
                                "Adam's learning rate for fusion gates"),
                shared.beta1(),
                shared.beta2(),
                options.free()
                        .number("training.kl-weight", base.klWeight(), "at least 0", "weight of the VAE's divergence"),
                shared.augmentation());
    }

    private static MemoryOptions memory(OptionReader options, MemoryOptions base) {
        return new MemoryOptions(
                SharedSettings.capacity(options, base.capacity()),
                options.free().choice("memory.admission", base.admission(), "what a full memory keeps"),
                options.free().choice("memory.unlabelled", base.unlabelled(), "which unlabelled images are learnt"));
    }

    /** The two-sample criterion goes by the router's features; the router {@code vae} has none. */
    private static ExpansionOptions expansion(OptionReader options, Preset preset, RoutingOptions routing) {
        ExpansionOptions base = preset == Preset.PAPER
                ? new ExpansionOptions(
                        Criterion.LATENT,
                        Scale.ABSOLUTE,
                        3.2,
                        Codes.MEAN,
                        512,
                        20,
                        64,
                        true,
                        0,
                        50,
                        ChangeDetector.FALSE_ALARM)
                : new ExpansionOptions(
                        routing.router() == Method.VAE ? Criterion.NOVELTY : Criterion.TWO_SAMPLE,
                        Scale.RATIO,
                        1.25,
                        Codes.MEAN,
                        512,
                        20,
                        500,
                        false,
                        0,
                        20,
                        ChangeDetector.FALSE_ALARM);
        OptionReader.Reading free = options.free();
        return new ExpansionOptions(
                free.choice("expansion.criterion", base.criterion(), "what tells that the world has changed"),
                free.choice("expansion.scale", base.scale(), "measure itself, or divided by what is usual"),
                free.number("expansion.threshold", base.threshold(), "positive", "what the measure must exceed"),
                free.choice("expansion.codes", base.codes(), "codes that the latent criterion compares"),
                free.integer(
                        "expansion.samples",
                        base.samples(),
                        "images, at least 16",
                        "images that the latent and ratio measures compare"),
                free.number(
                        "expansion.evidence",
                        base.evidence(),
                        "thresholds, positive",
                        "excess over the threshold that the novelty criterion must add up"),
                free.integer(
                        "expansion.warm-up",
                        base.warmUp(),
                        "images, at least 64",
                        "images a component sees before novelty is tested"),
                free.yesNo(
                        "expansion.first-fill",
                        base.firstFill(),
                        "whether the first fill of the memory always expands"),
                free.whole(
                        "expansion.max-images",
                        base.maxImages(),
                        "images, 0 for no such limit",
                        "images after which a component is frozen whatever is measured"),
                free.integer(
                        "components.max",
                        base.maxComponents(),
                        "count, at least 1",
                        "most components; beyond it the two of the nearest worlds become one, but for those that others fuse; without such a pair, or with the router vae, the active one learns on"),
                free.number(
                        "expansion.false-alarm",
                        base.falseAlarm(),
                        "probability, above 0, at most 0.01",
                        "that a test of the two-sample criterion, one in ten images, finds a change where there is none; thirty times that for every ten images of a video"));
    }
}
