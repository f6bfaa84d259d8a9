package dev.levitstream.nn.model;

import dev.levitstream.nn.graph.Array;
import java.util.List;
import java.util.Optional;

/** What a component's network computes, each a function of its parameters and of some arrays. */
public enum NetworkFunction {
    /** What later components fuse, of images (B, H, W, C): (B, knowledge width). */
    KNOWLEDGE {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            return List.of(network.knowledge(p, in.get(0)));
        }
    },
    /** How the VAE explains images (B, H, W, C) at the mean code: reconstruction error (B), KL divergence (B). */
    DENSITIES {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            Vae vae = network.vae();
            Vae.Posterior posterior = vae.encode(p, in.get(0));
            return List.of(vae.reconstructionError(p, in.get(0), posterior.mean()), Vae.divergence(posterior));
        }
    },
    /**
     * Of the component's own knowledge (B, knowledge width) and, where something is fused, that of frozen ones (B, J,
     * knowledge width): (B, L).
     */
    PROBABILITIES {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            return List.of(network.logits(p, in.get(0), given(in, 1)).softmax(1));
        }
    },
    /** Of images (B, H, W, C): mean (B, d) and std (B, d) of their codes. */
    CODES {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            Vae.Posterior posterior = network.vae().encode(p, in.get(0));
            return List.of(posterior.mean(), posterior.std());
        }
    },
    /** Of codes (B, d): what the VAE {@link Vae#explained explains}, pixels or features (B, D). */
    DECODED {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            return List.of(network.vae().decode(p, in.get(0)));
        }
    },
    /**
     * Loss of labelled images (B, H, W, C), with noise (B, d), targets (B, L) and, where something is fused, knowledge
     * (B, J, knowledge width): a scalar, and its two parts where there are two.
     */
    LOSS {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            Array classification = network.crossEntropy(p, in.get(0), in.get(2), given(in, 3));
            return network.densityLoss(p, in.get(0), in.get(1))
                    .map(density -> List.of(classification.add(density), classification, density))
                    .orElse(List.of(classification));
        }
    },
    /** Loss of images (B, H, W, C) without labels, with noise (B, d): a scalar. */
    UNLABELLED_LOSS {
        @Override
        List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in) {
            return List.of(network.densityLoss(p, in.get(0), in.get(1)).orElseThrow());
        }
    };

    static Optional<Array> given(List<Array> in, int index) {
        return in.size() > index ? Optional.of(in.get(index)) : Optional.empty();
    }

    abstract List<Array> apply(ComponentNetwork network, Parameters p, List<Array> in);
}
