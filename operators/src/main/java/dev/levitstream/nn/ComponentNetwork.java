package dev.levitstream.nn;

import static dev.levitstream.nn.ParameterLayout.Start.SMALL_NORMAL;
import static dev.levitstream.nn.ParameterLayout.Start.ZERO;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/**
 * One component as pure functions of its parameters: body (a ViT), knowledge fusion, linear classifier, and a VAE
 * unless the learner does without. Immutable and shareable; nothing here is stored.
 */
public final class ComponentNetwork {
    /** Name of the classifier's weight, (L, F), in the parameter layout. */
    public static final String HEAD_WEIGHT = "head.weight";

    private static final String HEAD_BIAS = "head.bias";

    private final Body body;
    private final Optional<Vae> vae;
    private final KnowledgeFusion fusion;
    private final int frozen;
    private final int classes;
    private final ParameterLayout layout;

    /**
     * @param body images to features
     * @param vae density model, if the learner routes or expands
     * @param fusion how knowledge of frozen components joins
     * @param frozen J, components frozen before this one, at least 0
     * @param classes L, width of the classifier, at least 0
     */
    public ComponentNetwork(Body body, Optional<Vae> vae, KnowledgeFusion fusion, int frozen, int classes) {
        this.body = body;
        this.vae = vae;
        this.fusion = fusion;
        this.frozen = frozen;
        this.classes = classes;
        ParameterLayout.Builder builder = new ParameterLayout.Builder();
        body.declare(builder, fusion.priorWidth(body, frozen));
        vae.ifPresent(model -> model.declare(builder));
        fusion.declare(builder, body, frozen);
        if (classes > 0) {
            builder.add(HEAD_WEIGHT, SMALL_NORMAL, classes, body.featureWidth()).add(HEAD_BIAS, ZERO, classes);
        }
        layout = builder.build();
    }

    /** Where the parameters lie. */
    public ParameterLayout layout() {
        return layout;
    }

    /** L. */
    public int classes() {
        return classes;
    }

    /** J. */
    public int frozen() {
        return frozen;
    }

    /** The same network with a wider classifier. */
    public ComponentNetwork withClasses(int more) {
        return new ComponentNetwork(body, vae, fusion, frozen, more);
    }

    /**
     * What this component gives to later ones once it is frozen, without what it fused itself: its attention or its
     * features, (B, H, W, C) -> (B, knowledge width).
     */
    public NDArray knowledge(Parameters p, NDArray images) {
        NDArray attended = body.attend(p, images);
        return fusion.level() == KnowledgeFusion.Level.ATTENTION ? attended : body.features(p, attended);
    }

    /**
     * Eq. (5) or (9) before the softmax.
     *
     * @param images (B, H, W, C)
     * @param knowledge (B, J, knowledge width) of the frozen components; absent where none is fused
     * @return (B, L)
     */
    public NDArray logits(Parameters p, NDArray images, Optional<NDArray> knowledge) {
        NDArray features = features(p, images, knowledge);
        return features.matMul(p.get(HEAD_WEIGHT).transpose()).add(p.get(HEAD_BIAS));
    }

    private NDArray features(Parameters p, NDArray images, Optional<NDArray> knowledge) {
        NDArray attended = body.attend(p, images); // (B, A)
        if (!fusion.fuses(frozen)) {
            return body.features(p, attended);
        }
        NDArray prior = knowledge.orElseThrow(() -> new IllegalStateException("frozen=" + frozen + " needs knowledge"));
        NDArray gates = fusion.gates(p, body, frozen, images.getManager());
        if (fusion.level() == KnowledgeFusion.Level.ATTENTION) {
            return body.features(p, fusion.fuseAttention(gates, attended, prior, body));
        }
        return fusion.fuseFeatures(gates, body.features(p, attended), prior);
    }

    /**
     * Loss of the active component, cross entropy + VAE loss; the two share no parameters, so one optimizer serves
     * both.
     *
     * @param batch what to learn
     * @param klWeight weight of the VAE loss's second part (ambiguity A3)
     * @return scalar
     */
    public NDArray loss(Parameters p, TrainingBatch batch, double klWeight) {
        NDManager scope = batch.images().getManager();
        NDArray total = Tensors.constant(scope, 0).sum();
        if (classes > 0 && batch.targets().isPresent()) {
            NDArray logProbabilities =
                    logits(p, batch.images(), batch.knowledge()).logSoftmax(1); // (B, L)
            total = total.add(logProbabilities.mul(batch.targets().get()).sum());
        }
        if (vae.isPresent()) {
            total = total.add(vaeLoss(vae.get(), p, batch, klWeight));
        }
        return total;
    }

    private static NDArray vaeLoss(Vae vae, Parameters p, TrainingBatch batch, double klWeight) {
        NDManager scope = batch.images().getManager();
        Vae.Posterior posterior = vae.encode(p, batch.images());
        NDArray codes = posterior.mean().add(posterior.deviation().mul(batch.noise()));
        NDArray divergence = vae.divergence(posterior).mul(Tensors.constant(scope, klWeight));
        NDArray perImage = vae.reconstructionError(p, batch.images(), codes).add(divergence); // (B)
        return perImage.mean();
    }

    /** Eq. (7): weights of the components that are fused, the own last; empty where nothing is fused. */
    public Optional<NDArray> gates(Parameters p, NDManager scope) {
        return fusion.fuses(frozen) ? Optional.of(fusion.gates(p, body, frozen, scope)) : Optional.empty();
    }

    /** Parameters of the density model (count); 0 without one. */
    public long vaeSize() {
        ParameterLayout.Builder builder = new ParameterLayout.Builder();
        vae.ifPresent(model -> model.declare(builder));
        return builder.build().size();
    }

    /** Parameters of the patch embedding (count), which lie first; 0 for a body without one. */
    public int embeddingSize() {
        return layout.entries().stream()
                .filter(entry -> entry.name().startsWith(VisionTransformer.EMBEDDING))
                .mapToInt(ParameterLayout.Entry::size)
                .sum();
    }

    /** The density model; it must exist. */
    public Vae vae() {
        return vae.orElseThrow(() -> new IllegalStateException("this learner has no VAE"));
    }

    /**
     * One mini-batch as arrays of one scope.
     *
     * @param images (B, H, W, C)
     * @param knowledge (B, J, knowledge width), absent where nothing is fused
     * @param targets (B, L): -1 / (labelled images) at the class of a labelled image, else 0; absent if no image is
     *     labelled
     * @param noise (B, d) standard normal; unused without a VAE
     */
    public record TrainingBatch(
            NDArray images, Optional<NDArray> knowledge, Optional<NDArray> targets, NDArray noise) {}
}
