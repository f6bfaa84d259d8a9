package dev.levitstream.testing;

import dev.levitstream.common.TokenShape;
import dev.levitstream.learner.LabelledImage;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.levit.LevitOptions;
import dev.levitstream.learner.levit.NetworkOptions;
import dev.levitstream.learner.levit.RoutingOptions;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.learner.linear.FeatureOptions.Kind;
import dev.levitstream.learner.statistics.StatisticsOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.backbone.BackboneOptions;
import dev.levitstream.nn.backbone.Embedding;
import dev.levitstream.nn.engine.TorchFile;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Backbones of a few numbers, and tiny learners that take their features. */
public final class TinyBackbone {
    /** Name of the methods that are given features of a backbone. */
    public static final String METHODS = "dev.levitstream.testing.TinyBackbone#methods";

    private static final String QUARTERS = "p = torch.flatten(torch.adaptive_avg_pool2d(x, [4, 4]), 1)";

    private static final String[] TOKENS = {
        "p = torch.flatten(torch.pixel_unshuffle(x, 2), 2)",
        "return torch.transpose(torch.cat([p, torch.rsub(p, 1)], 1), 1, 2)"
    };

    private TinyBackbone() {}

    /** Methods that take features of a backbone, each family with all that is its own. */
    public static Stream<String> methods() {
        return Stream.concat(Stream.of("slda", "ncm", "ranpac", "none"), TinyLearners.levits());
    }

    /**
     * Sixteen means of places and their squares, of each of the three channels that a grey image becomes; tokens are
     * the pixels of each place and what they lack to white, so that one that is standardised still says how bright it
     * is.
     */
    public static BackboneFile of(Path folder) throws IOException {
        return module(
                folder.resolve("tiny.pt"),
                TorchFile.method("forward", "Tensor", QUARTERS, "return torch.cat([p, torch.square(p)], 1)"),
                TorchFile.method("tokens", "Tensor", TOKENS));
    }

    /** The same for all images but a black one, whose features are no numbers; each is one of a block. */
    public static BackboneFile failingOnBlack(Path folder, int batch) throws IOException {
        Path file = folder.resolve("failing.pt");
        file(file, QUARTERS, "s = torch.sum(p, [1], True)", "return torch.cat([p, torch.div(torch.square(p), s)], 1)");
        return inBlocks(file, batch);
    }

    /** The same file, with so many images computed at once. */
    public static BackboneFile inBlocks(Path file, int batch) {
        return BackboneFile.of(file, TinyLearners.SHAPE, new BackboneOptions(batch, 0, List.of(), List.of(), 0));
    }

    /** A module whose {@code forward} has these lines. */
    public static BackboneFile file(Path file, String... lines) throws IOException {
        return module(file, TorchFile.method("forward", "Tensor", lines));
    }

    private static BackboneFile module(Path file, String... methods) throws IOException {
        Files.write(file, TorchFile.archive(methods));
        return BackboneFile.of(file, TinyLearners.SHAPE, BackboneOptions.DEFAULTS);
    }

    /** A tiny learner on its features. */
    public static LearnerOptions options(String method, BackboneFile backbone) {
        LearnerOptions tiny = TinyLearners.options(method);
        if (tiny.own() instanceof StatisticsOptions own) {
            return TinyLearners.with(
                    tiny,
                    new StatisticsOptions(
                            features(backbone, own.features().expansion()),
                            own.shrinkage(),
                            own.worlds(),
                            own.falseAlarm()));
        }
        LevitOptions own = TinyLearners.levit(tiny);
        RoutingOptions routing = own.routing();
        TokenShape tokens = backbone.tokenShape();
        VaeOptions vae = own.network().vae();
        NetworkOptions network = new NetworkOptions(
                new VitOptions(tokens, 1, 6, 2, List.of(8)),
                new VaeOptions(tokens, vae.latentWidth(), vae.channels(), vae.hidden()),
                own.network().dnnHidden(),
                false);
        RoutingOptions overTokens = new RoutingOptions(
                routing.router(), routing.score(), routing.scorers(), features(backbone, 0), routing.shrinkage());
        return TinyLearners.with(
                tiny,
                new LevitOptions(
                        own.fusion(),
                        overTokens,
                        network,
                        own.training(),
                        own.budget(),
                        own.memory(),
                        own.expansion()));
    }

    /** What learners of a method are given of images. */
    public static List<LabelledImage> embedded(LearnerOptions options, List<LabelledImage> images) {
        TokenShape tokens = (TokenShape) options.input();
        try (Embedding embedding = Embedding.open(options.own().backbone(), TinyLearners.SHAPE, tokens, "cpu")) {
            return images.stream()
                    .map(image -> new LabelledImage(embedding.of(image.pixels()), image.label()))
                    .toList();
        }
    }

    private static FeatureOptions features(BackboneFile backbone, int expansion) {
        return new FeatureOptions(Kind.BACKBONE, 0, expansion, backbone);
    }
}
