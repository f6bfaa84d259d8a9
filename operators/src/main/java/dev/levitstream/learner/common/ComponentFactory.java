package dev.levitstream.learner.common;

import dev.levitstream.common.InputShape;
import dev.levitstream.common.Randomness;
import dev.levitstream.common.Randomness.Purpose;
import dev.levitstream.learner.LearnerOptions;
import dev.levitstream.nn.model.Body;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.Vae;
import java.util.Optional;

/**
 * From which parts a learner's components are made, and how they learn.
 *
 * @param options of the learner
 * @param body images to features
 * @param vae density model, if the method has one
 * @param fusion how components build on frozen ones
 * @param training one update
 * @param sharedEmbedding whether later components take over the first one's patch embedding and leave it as it is
 *     (ambiguity A7)
 */
public record ComponentFactory(
        LearnerOptions options,
        Body body,
        Optional<Vae> vae,
        KnowledgeFusion fusion,
        TrainingOptions training,
        boolean sharedEmbedding) {
    /** Of a single network that expands nothing: a body and a classifier. */
    public static ComponentFactory single(LearnerOptions options, Body body, TrainingOptions training) {
        KnowledgeFusion none = new KnowledgeFusion(KnowledgeFusion.Level.NONE, KnowledgeFusion.Gates.FIXED);
        return new ComponentFactory(options, body, Optional.empty(), none, training, false);
    }

    /** Shape of what it is given of an image. */
    public InputShape input() {
        return options.input();
    }

    /** Width of a first classifier (count); 0 where it grows with the labels. */
    public int classes() {
        return options.classes();
    }

    /** The network of a component that may fuse as many others: it does if this method fuses at all. */
    public ComponentNetwork network(int fused, int width) {
        return new ComponentNetwork(body, vae, fusion, training.klWeight(), knowledgeWidth() > 0 ? fused : 0, width);
    }

    /** Knowledge width per component that is fused; 0 where nothing is. */
    public int knowledgeWidth() {
        return fusion.knowledgeWidth(body);
    }

    /** Width of the VAE's code; 0 without a VAE. */
    public int latentWidth() {
        return vae.map(Vae::latentWidth).orElse(0);
    }

    /**
     * Parameters that a component starts with, as the layout of its network has them: a function of the learner's seed
     * and the component's number.
     */
    public float[] parameters(long seed, int id, int fused, int width) {
        return network(fused, width).layout().initialise(Randomness.at(seed, Purpose.INITIALISE, id));
    }
}
