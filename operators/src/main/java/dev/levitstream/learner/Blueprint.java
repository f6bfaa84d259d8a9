package dev.levitstream.learner;

import dev.levitstream.nn.model.Body;
import dev.levitstream.nn.model.ComponentNetwork;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.Vae;
import java.util.Optional;

/**
 * From which parts a learner's components are made.
 *
 * @param body images to features
 * @param vae density model, if the learner has one
 * @param fusion how components build on frozen ones
 * @param klWeight weight of the second part of the VAE's loss
 */
record Blueprint(Body body, Optional<Vae> vae, KnowledgeFusion fusion, double klWeight) {
    /** The network of a component that may fuse as many others: it does if this learner fuses at all. */
    ComponentNetwork network(int fused, int classes) {
        return new ComponentNetwork(body, vae, fusion, klWeight, knowledgeWidth() > 0 ? fused : 0, classes);
    }

    /** Knowledge width per component that is fused; 0 where nothing is. */
    int knowledgeWidth() {
        return fusion.knowledgeWidth(body);
    }
}
