package dev.levitstream.learner.levit;

import dev.levitstream.common.Check;
import dev.levitstream.nn.model.KnowledgeFusion;
import java.io.Serializable;

/**
 * How components build on frozen ones.
 *
 * @param level where their knowledge joins (ambiguity A2)
 * @param components most frozen components that one fuses (count), the oldest ones; 0 for all, as in the article
 */
public record FusionOptions(KnowledgeFusion.Level level, int components) implements Serializable {
    public FusionOptions {
        Check.that(components >= 0, "fusion.components", components, "must be at least 0");
    }

    /** How many a component fuses that has so many frozen ones before it (count). */
    int fused(int frozen) {
        return components == 0 ? frozen : Math.min(components, frozen);
    }
}
