package dev.levitstream.learner;

/**
 * Which component answered an image, and how new the image looked.
 *
 * @param componentId component that the router chose; the first is 1
 * @param novelty smallest VAE loss over the components that scored the image (squared pixel units)
 * @param noveltyThreshold novelty above which this image speaks for a changed world (same units); NaN where the
 *     criterion does not judge single images or does not know yet what is usual
 */
public record Routed(int componentId, float novelty, float noveltyThreshold) {}
