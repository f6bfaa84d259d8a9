package dev.levitstream.learner;

import java.util.List;

/**
 * What there is to see of one component.
 *
 * @param id the first is 1
 * @param imagesSeen images learnt from while active (count); 0 where the learner does not count
 * @param bodyParameters of ViT, fusion and classifier (count)
 * @param vaeParameters of the VAE (count)
 * @param gates fusion weights, sum 1, by component (features) or by component and head (attention); empty where nothing
 *     is fused
 * @param generated images drawn by its VAE, H W C unsigned bytes
 */
public record ComponentProfile(
        int id, long imagesSeen, long bodyParameters, long vaeParameters, float[] gates, List<byte[]> generated) {}
