package dev.levitstream.learner.replay;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.Footprint;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MethodDescription;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.MemoryOptions.Admission;
import dev.levitstream.learner.common.SharedSettings;
import dev.levitstream.learner.common.SharedSettings.Preset;
import dev.levitstream.learner.common.SizeEstimate;
import dev.levitstream.nn.model.VisionTransformer;
import java.util.Map;
import java.util.Optional;

/** The two bounds that every comparison needs. */
public abstract class ReplayMethod implements LearnerMethod {
    /** The lower bound: no memory at all. */
    public static final class Finetune extends ReplayMethod {
        public Finetune() {
            super("finetune", "one ViT trained on each batch as it comes: the lower bound", false);
        }
    }

    /** Experience replay (Chaudhry et al. 2019) from a reservoir (Vitter 1985). */
    public static final class Er extends ReplayMethod {
        public Er() {
            super("er", "one ViT with experience replay from a reservoir", true);
        }
    }

    private final String name;
    private final String summary;
    private final boolean remembers;

    /** @param remembers whether images are kept for replay */
    private ReplayMethod(String name, String summary, boolean remembers) {
        this.name = name;
        this.summary = summary;
        this.remembers = remembers;
    }

    @Override
    public String name() {
        return name;
    }

    private static ReplayOptions own(LearnerOptions options) {
        return (ReplayOptions) options.own();
    }

    @Override
    public MethodDescription description() {
        return new MethodDescription(
                "replay",
                summary,
                "labelled images; others are answered and not learnt",
                "full",
                remembers ? "one network and the replay memory" : "one network",
                false);
    }

    @Override
    public ReplayOptions read(OptionReader options, ImageShape image) {
        Preset preset = SharedSettings.preset(options);
        MemoryOptions memory = SharedSettings.memory(preset, image);
        return new ReplayOptions(
                SharedSettings.vit(options, SharedSettings.vit(image)),
                SharedSettings.training(options, SharedSettings.training(preset)),
                SharedSettings.budget(options, SharedSettings.budget(preset, image)),
                new MemoryOptions(
                        SharedSettings.capacity(options, memory.capacity()), Admission.RESERVOIR, memory.unlabelled()));
    }

    @Override
    public Footprint footprint(LearnerOptions options) {
        ReplayOptions own = own(options);
        return new SizeEstimate(
                        options.image(),
                        new VisionTransformer(own.vit()),
                        Optional.of(own.vit()),
                        Optional.empty(),
                        own.training().batch(),
                        own.memory().capacity())
                .footprint();
    }

    @Override
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        return new ReplayLearner(context, own(context.options()), remembers, state);
    }
}
