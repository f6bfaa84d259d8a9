package dev.levitstream.nn.model;

import dev.levitstream.nn.graph.Array;

/** What turns images into features, in two stages between which the knowledge of frozen components can enter. */
public sealed interface Body permits VisionTransformer, FullyConnected, ConvolutionalNet {
    /**
     * Declares the parameters.
     *
     * @param priorWidth width of the fused knowledge that joins the attended tokens, 0 for none
     */
    void declare(ParameterLayout.Builder layout, int priorWidth);

    /** First stage: (B, H, W, C) -> (B, A). */
    Array attend(Parameters p, Array images);

    /** Second stage: (B, A + priorWidth) -> (B, F). */
    Array features(Parameters p, Array attended);

    /** A. */
    int attendedWidth();

    /** F. */
    int featureWidth();

    /** Equal parts of A that fusion gates one by one: the attention heads. */
    int heads();
}
