package dev.levitstream.learner.levit;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.learner.linear.FeatureOptions;
import dev.levitstream.nn.backbone.BackboneFile;
import java.io.Serializable;
import java.util.Locale;

/**
 * How one image finds the component that answers for it (ambiguity A4).
 *
 * @param router what decides
 * @param score VAE loss that the router {@code vae} compares; also what novelty is measured in
 * @param scorers whose VAEs score an image; all do where the router is {@code vae} or the expansion criterion is not
 *     {@code novelty}, for they compare them
 * @param features what the discriminant goes by
 * @param shrinkage share of the mean variance that the discriminant adds to every feature's own; 0 to choose by what
 *     served best so far
 */
public record RoutingOptions(
        Method router, VaeRouter.Score score, Scorers scorers, FeatureOptions features, double shrinkage)
        implements Serializable {
    /** What decides. */
    public enum Method {
        /** The VAE that explains the image best, as in the article. */
        VAE,
        /** A linear discriminant over fixed features, kept exactly while the stream goes by. */
        DISCRIMINANT,
        /** The discriminant's posterior times the answers of its two likeliest components. */
        PRODUCT
    }

    /** Whose VAEs score an image. */
    public enum Scorers {
        ALL,
        /** The active component's and that of the likeliest component by the discriminant. */
        LIKELIEST
    }

    /** What learners are given of an image: the tokens that a backbone makes of it, where features are its. */
    public InputShape input(ImageShape image) {
        BackboneFile backbone = features.backbone();
        return backbone.isGiven() ? backbone.tokenShape() : image;
    }

    /** The router in one word, for reports. */
    public String name() {
        String named = router == Method.VAE ? "vae-" + score : router.toString();
        return named.toLowerCase(Locale.ROOT);
    }

    public RoutingOptions {
        features.require("routing");
        Check.that(shrinkage >= 0, "routing.shrinkage", shrinkage, "must be at least 0");
    }
}
