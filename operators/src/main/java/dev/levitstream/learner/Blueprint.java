package dev.levitstream.learner;

import dev.levitstream.nn.Body;
import dev.levitstream.nn.ComponentNetwork;
import dev.levitstream.nn.KnowledgeFusion;
import dev.levitstream.nn.Vae;
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
    /** The network of the component that has {@code frozen} before it. */
    ComponentNetwork network(int frozen, int classes) {
        return new ComponentNetwork(body, vae, fusion, klWeight, frozen, classes);
    }

    /** Knowledge width per frozen component. */
    int knowledgeWidth() {
        return fusion.knowledgeWidth(body);
    }
}
