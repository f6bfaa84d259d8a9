package dev.levitstream.learner;

import java.util.List;
import java.util.Optional;

/**
 * What one observed batch came to.
 *
 * @param step batches observed before this one (count)
 * @param predictions one per image, made before any of them was learnt
 * @param expansion the expansion it led to, if any
 * @param updates optimizer updates done (count)
 * @param queuedUpdates updates that the budget left for later (count)
 * @param refusedExpansion whether the criterion found the world new but {@code components.max} was reached
 */
public record Outcome(
        long step,
        List<ImagePrediction> predictions,
        Optional<Expansion> expansion,
        int updates,
        long queuedUpdates,
        boolean refusedExpansion) {}
