package dev.levitstream.learner.levit;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.Footprint;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MethodDescription;
import dev.levitstream.learner.common.ComponentFactory;
import dev.levitstream.learner.common.SizeEstimate;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.Body;
import dev.levitstream.nn.model.FullyConnected;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.nn.model.Vae;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.nn.model.VitOptions;
import java.util.Map;
import java.util.Optional;

/**
 * LEViT and the variants that the article compares. They differ in what a component is made of, and in nothing else.
 */
public abstract class LevitMethod implements LearnerMethod {
    /** The full method: expansion and knowledge fusion with learnt gates. */
    public static final class Dkf extends LevitMethod {
        public Dkf() {
            super("levit-dkf", "LEViT: expansion, and knowledge fusion with learnt gates", Optional.of(Gates.LEARNT));
        }
    }

    /** Expansion and knowledge fusion with equal gates. */
    public static final class DkfFixed extends LevitMethod {
        public DkfFixed() {
            super("levit-dkf-fixed", "LEViT with equal gates", Optional.of(Gates.FIXED));
        }
    }

    /** Expansion without knowledge fusion. */
    public static final class NoDkf extends LevitMethod {
        public NoDkf() {
            super("levit-no-dkf", "LEViT without knowledge fusion", Optional.empty());
        }
    }

    /** Expansion with fully connected nets in place of ViTs. */
    public static final class Dnn extends LevitMethod {
        public Dnn() {
            super(
                    "levit-dnn",
                    "LEViT with fully connected nets in place of ViTs, without knowledge fusion",
                    Optional.empty());
        }

        @Override
        Body body(LearnerOptions options) {
            return new FullyConnected(options.input(), own(options).network().dnnHidden());
        }

        @Override
        Optional<VitOptions> vit(LearnerOptions options) {
            return Optional.empty();
        }
    }

    private final String name;
    private final String summary;
    private final Optional<Gates> gates;

    private LevitMethod(String name, String summary, Optional<Gates> gates) {
        this.name = name;
        this.summary = summary;
        this.gates = gates;
    }

    @Override
    public String name() {
        return name;
    }

    /** What turns images into features; by default a ViT. */
    Body body(LearnerOptions options) {
        return new VisionTransformer(own(options).network().vit());
    }

    /** Sizes of the body, if it is a ViT. */
    Optional<VitOptions> vit(LearnerOptions options) {
        return Optional.of(own(options).network().vit());
    }

    /** How components build on frozen ones. */
    private KnowledgeFusion fusion(Level level) {
        return gates.map(kind -> new KnowledgeFusion(level, kind))
                .orElseGet(() -> new KnowledgeFusion(Level.NONE, Gates.FIXED));
    }

    static LevitOptions own(LearnerOptions options) {
        return (LevitOptions) options.own();
    }

    @Override
    public MethodDescription description() {
        return new MethodDescription(
                "levit",
                summary,
                "images; labels for the classifier, none for expansion",
                "reconstructed: the article's equations and code are not published in full",
                "components (frozen ones written once), replay memory, router; grows with each component",
                true);
    }

    @Override
    public LevitOptions read(OptionReader options, ImageShape image, BackboneFile backbone) {
        return LevitOptionReader.read(options, image, backbone);
    }

    @Override
    public Footprint footprint(LearnerOptions options) {
        LevitOptions own = own(options);
        Footprint networks = new SizeEstimate(
                        options.input(),
                        body(options),
                        vit(options),
                        Optional.empty(),
                        Optional.of(own.network().vae()),
                        own.training().batch(),
                        own.memory().capacity())
                .footprint();
        return own.routing().router() == RoutingOptions.Method.VAE
                ? networks
                : networks.and(own.routing().features().footprint(options.input(), "make routing.filters smaller"));
    }

    @Override
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        LevitOptions own = own(context.options());
        ComponentFactory factory = new ComponentFactory(
                context.options(),
                body(context.options()),
                Optional.of(Vae.of(own.network().vae())),
                fusion(own.fusion().level()),
                own.training(),
                own.network().sharedEmbedding());
        return new LevitLearner(context, own, factory, state);
    }
}
