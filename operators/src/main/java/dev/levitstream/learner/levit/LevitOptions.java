package dev.levitstream.learner.levit;

import dev.levitstream.common.Check;
import dev.levitstream.common.ImageShape;
import dev.levitstream.common.InputShape;
import dev.levitstream.learner.MethodOptions;
import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.nn.backbone.BackboneFile;

/**
 * Settings of LEViT.
 *
 * @param fusion how components build on frozen ones
 * @param routing how images find their component
 * @param network sizes
 * @param training one update
 * @param budget how many updates
 * @param memory replay memory
 * @param expansion when to expand
 */
public record LevitOptions(
        FusionOptions fusion,
        RoutingOptions routing,
        NetworkOptions network,
        TrainingOptions training,
        BudgetOptions budget,
        MemoryOptions memory,
        ExpansionOptions expansion)
        implements MethodOptions {
    private static final long serialVersionUID = 1L;

    public LevitOptions {
        Check.that(
                memory.capacity() >= training.batch(),
                "memory.capacity",
                memory.capacity(),
                "must be at least training.batch=" + training.batch());
        Check.that(
                !expansion.criterion().comparesMemory() || expansion.samples() <= memory.capacity(),
                "expansion.samples",
                expansion.samples(),
                "must be at most memory.capacity=" + memory.capacity());
        Check.that(
                expansion.criterion() != ExpansionOptions.Criterion.TWO_SAMPLE
                        || routing.router() != RoutingOptions.Method.VAE,
                "expansion.criterion",
                expansion.criterion(),
                "must not be two-sample with routing.router=vae, which has no features to compare");
        Check.that(
                training.augmentation() == Augmentation.NONE || network.vit().input() instanceof ImageShape,
                "training.augmentation",
                training.augmentation(),
                "must be none for tokens of a backbone, which are no pixels");
    }

    @Override
    public InputShape input(ImageShape image) {
        return routing.input(image);
    }

    /** Components look at its tokens, whatever the router. */
    @Override
    public BackboneFile backbone() {
        return routing.features().backbone();
    }

    /** The router. */
    @Override
    public String variant() {
        return routing.name();
    }
}
