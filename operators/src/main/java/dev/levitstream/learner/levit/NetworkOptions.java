package dev.levitstream.learner.levit;

import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.io.Serializable;
import java.util.List;

/**
 * Sizes of a component's networks.
 *
 * @param vit Vision Transformer
 * @param vae density model
 * @param dnnHidden widths of the fully connected net that {@code levit-dnn} has instead of the ViT
 * @param sharedEmbedding whether later components take over the first one's patch embedding and leave it as it is
 *     (ambiguity A7)
 */
public record NetworkOptions(VitOptions vit, VaeOptions vae, List<Integer> dnnHidden, boolean sharedEmbedding)
        implements Serializable {
    public NetworkOptions {
        dnnHidden = List.copyOf(dnnHidden);
    }
}
