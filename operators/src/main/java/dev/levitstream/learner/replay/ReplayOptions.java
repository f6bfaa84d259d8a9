package dev.levitstream.learner.replay;

import dev.levitstream.learner.MethodOptions;
import dev.levitstream.learner.common.BudgetOptions;
import dev.levitstream.learner.common.MemoryOptions;
import dev.levitstream.learner.common.TrainingOptions;
import dev.levitstream.nn.model.Body;
import dev.levitstream.nn.model.ConvolutionalNet;
import dev.levitstream.nn.model.ConvolutionalOptions;
import dev.levitstream.nn.model.VisionTransformer;
import dev.levitstream.nn.model.VitOptions;

/**
 * Settings of the replay methods.
 *
 * @param net which network
 * @param vit its sizes if it is a ViT
 * @param convolutional its sizes if it is a convolutional net
 * @param training one update; a batch of it are the latest labelled images and as many from the memory, or more of
 *     those up to the size of the batch
 * @param budget how many updates
 * @param memory replay memory, a reservoir
 */
public record ReplayOptions(
        Net net,
        VitOptions vit,
        ConvolutionalOptions convolutional,
        TrainingOptions training,
        BudgetOptions budget,
        MemoryOptions memory)
        implements MethodOptions {
    private static final long serialVersionUID = 1L;

    /** Which network. */
    public enum Net {
        /** A Vision Transformer, as LEViT's components have. */
        VIT,
        /** A convolutional net. */
        CONVOLUTIONAL
    }

    /** The network. */
    Body body() {
        return switch (net) {
            case VIT -> new VisionTransformer(vit);
            case CONVOLUTIONAL -> new ConvolutionalNet(convolutional);
        };
    }

    /** Images that an update draws beside the latest (count). */
    int drawn(int latest) {
        return Math.max(latest, training.batch() - latest);
    }
}
