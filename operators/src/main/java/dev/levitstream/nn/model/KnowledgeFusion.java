package dev.levitstream.nn.model;

import dev.levitstream.nn.graph.Array;
import java.util.Optional;

/**
 * Dynamic knowledge fusion, LEViT eqs. (7) to (9): what the J frozen components make of an image joins what the active
 * one makes of it, weighted by gates g = softmax(a) that do not depend on the image.
 *
 * @param level where knowledge joins (ambiguity A2)
 * @param gates whether the gate logits a are learnt or all stay equal
 */
public record KnowledgeFusion(Level level, Gates gates) {
    /** Name of the gate logits in the parameter layout. */
    public static final String LOGITS = "fusion.logits";

    /** Where knowledge joins. */
    public enum Level {
        /** Nowhere: LEViT-No-DKF. */
        NONE,
        /** (9a) features: sum over j of g_j f_j, the active component's own feature inside the softmax (A13). */
        FEATURES,
        /** (9b) attention: sum over j and heads of g_(j,h) SA_(j,h), in head slot h, beside the own attention. */
        ATTENTION
    }

    /** How gates come about. */
    public enum Gates {
        LEARNT,
        /** All equal, no parameters: LEViT-DKF-Fixed. */
        FIXED
    }

    /** Whether a component that may fuse {@code fused} others fuses anything. */
    public boolean fuses(int fused) {
        return level != Level.NONE && fused > 0;
    }

    /** Width of the fused knowledge that the second stage of the body must take in beside its own. */
    int priorWidth(Body body, int fused) {
        return level == Level.ATTENTION && fused > 0 ? body.attendedWidth() : 0;
    }

    /** Width of what one component contributes per image; 0 where nothing is fused. */
    public int knowledgeWidth(Body body) {
        return switch (level) {
            case NONE -> 0;
            case FEATURES -> body.featureWidth();
            case ATTENTION -> body.attendedWidth();
        };
    }

    /** Number of gates: J + 1 for features, J times heads for attention. */
    int gateCount(Body body, int fused) {
        return level == Level.FEATURES ? fused + 1 : fused * body.heads();
    }

    void declare(ParameterLayout.Builder layout, Body body, int fused) {
        if (fuses(fused) && gates == Gates.LEARNT) {
            layout.add(LOGITS, Initializer.ZERO, gateCount(body, fused));
        }
    }

    /** Eq. (7): the gates, (gateCount), positive, sum 1; empty if all are equal. */
    private Optional<Array> gates(Parameters p) {
        return gates == Gates.LEARNT ? Optional.of(p.get(LOGITS).softmax(0)) : Optional.empty();
    }

    /** Eq. (9a): g_K f_K + sum over j of g_j f_j: (B, F), (B, J, F) -> (B, F). */
    Array fuseFeatures(Parameters p, Array own, Array knowledge, Body body, int fused) {
        int width = body.featureWidth();
        Array all = knowledge.concat(own.reshape(-1, 1, width), 1); // (B, J + 1, F)
        return gates(p).map(weights -> all.mul(weights.reshape(-1, 1)))
                .orElseGet(() -> all.times(1.0 / gateCount(body, fused)))
                .sum(1);
    }

    /**
     * Eqs. (8b), (9b): own attention, then the gated sum over components in each head's slot: (B, A), (B, J, A) -> (B,
     * 2 A).
     */
    Array fuseAttention(Parameters p, Array own, Array knowledge, Body body, int fused) {
        long heads = body.heads();
        Array slots = knowledge.reshape(-1, fused, heads, body.attendedWidth() / heads); // (B, J, h, A / h)
        Array prior = gates(p).map(weights -> slots.mul(weights.reshape(fused, heads, 1)))
                .orElseGet(() -> slots.times(1.0 / gateCount(body, fused)))
                .sum(1); // (B, h, A / h)
        return own.concat(prior.reshape(-1, body.attendedWidth()), 1);
    }
}
