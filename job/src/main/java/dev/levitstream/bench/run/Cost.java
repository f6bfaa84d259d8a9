package dev.levitstream.bench.run;

/**
 * What a run took. Of a run seen from outside, what only the learner knows is 0.
 *
 * @param components after the stream (count)
 * @param vitParameters of all ViTs, fusion and classifiers (count)
 * @param vaeParameters of all VAEs (count)
 * @param stateBytes of everything a checkpoint would hold
 * @param updates optimizer updates (count)
 * @param trainSeconds for predicting and learning the stream
 */
public record Cost(
        int components, long vitParameters, long vaeParameters, long stateBytes, long updates, double trainSeconds) {}
