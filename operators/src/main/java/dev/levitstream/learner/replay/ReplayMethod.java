package dev.levitstream.learner.replay;

import dev.levitstream.common.ImageShape;
import dev.levitstream.common.OptionReader;
import dev.levitstream.learner.Footprint;
import dev.levitstream.learner.Learner;
import dev.levitstream.learner.LearnerContext;
import dev.levitstream.learner.LearnerMethod;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.learner.MethodDescription;
import dev.levitstream.learner.common.Augmentation;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.MemoryOptions.Admission;
import dev.levitstream.learner.common.SharedSettings;
import dev.levitstream.learner.common.SharedSettings.Preset;
import dev.levitstream.learner.common.SizeEstimate;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.learner.replay.ReplayOptions.Net;
import dev.levitstream.nn.backbone.BackboneFile;
import dev.levitstream.nn.model.ConvolutionalOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The two bounds that every comparison needs. */
public abstract class ReplayMethod implements LearnerMethod {
    /** The lower bound: no memory at all. */
    public static final class Finetune extends ReplayMethod {
        public Finetune() {
            super("finetune", "one network trained on each batch as it comes: the lower bound", false);
        }
    }

    /** Experience replay (Chaudhry et al. 2019) from a reservoir (Vitter 1985). */
    public static final class Er extends ReplayMethod {
        public Er() {
            super("er", "one network with experience replay from a reservoir", true);
        }
    }

    private static final int CONVOLUTIONAL_BATCH = 128;
    private static final double CONVOLUTIONAL_RATE = 2e-3;

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
    public ReplayOptions read(OptionReader options, ImageShape image, BackboneFile backbone) {
        Preset preset = SharedSettings.preset(options);
        MemoryOptions memory = SharedSettings.memory(preset, image);
        Net net = options.structural()
                .choice(
                        "net",
                        preset == Preset.STREAM && image.channels() > 1 ? Net.CONVOLUTIONAL : Net.VIT,
                        "the network; for colour images in preset stream the default is convolutional");
        return new ReplayOptions(
                net,
                SharedSettings.vit(options, SharedSettings.vit(image)),
                new ConvolutionalOptions(
                        image,
                        options.structural()
                                .integers(
                                        "conv.channels",
                                        SharedSettings.isSmall(image) ? List.of(32, 64, 128) : List.of(16, 32, 64, 128),
                                        "widths, 1 to 4096 each",
                                        "convolutions of the convolutional net, each halving both sides")),
                training(options, preset, net, image),
                SharedSettings.budget(options, SharedSettings.budget(preset, image)),
                new MemoryOptions(
                        SharedSettings.capacity(options, memory.capacity()), Admission.RESERVOIR, memory.unlabelled()));
    }

    /** The ViT learns as LEViT's components do; what the convolutional net does was tried on Split CIFAR-10. */
    private static TrainingOptions training(OptionReader options, Preset preset, Net net, ImageShape image) {
        TrainingOptions base = SharedSettings.training(preset);
        boolean convolutional = net == Net.CONVOLUTIONAL;
        return SharedSettings.training(
                options,
                new TrainingOptions(
                        convolutional ? CONVOLUTIONAL_BATCH : 1,
                        convolutional ? CONVOLUTIONAL_RATE : base.learningRate(),
                        base.gateLearningRate(),
                        base.beta1(),
                        base.beta2(),
                        base.klWeight(),
                        convolutional && image.channels() > 1 ? Augmentation.STRONG : base.augmentation()),
                "images of one update at least: the latest, as many from the memory, and more of those up to this (128 with the convolutional net)");
    }

    @Override
    public Footprint footprint(LearnerOptions options) {
        ReplayOptions own = own(options);
        return new SizeEstimate(
                        options.image(),
                        own.body(),
                        Optional.of(own.vit()).filter(any -> own.net() == Net.VIT),
                        Optional.of(own.convolutional()).filter(any -> own.net() == Net.CONVOLUTIONAL),
                        Optional.empty(),
                        Math.max(own.training().batch(), 2 * options.batchSize()),
                        own.memory().capacity())
                .footprint();
    }

    @Override
    public Learner open(LearnerContext context, Map<String, byte[]> state) {
        return new ReplayLearner(context, own(context.options()), remembers, state);
    }
}
