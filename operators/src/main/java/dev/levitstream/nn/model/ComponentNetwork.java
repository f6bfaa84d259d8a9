package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.Initializer.SMALL_NORMAL;
import static dev.levitstream.nn.model.Initializer.ZERO;

import ai.djl.ndarray.NDArray;
import dev.levitstream.nn.graph.Array;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

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
    private final double klWeight;
    private final int fused;
    private final int classes;
    private final ParameterLayout layout;

    /**
     * @param body images to features
     * @param vae density model, if the learner routes or expands
     * @param fusion how knowledge of frozen components joins
     * @param klWeight weight of the VAE loss's second part (ambiguity A3)
     * @param fused J, frozen components whose knowledge it fuses, at least 0
     * @param classes L, width of the classifier, at least 0
     */
    public ComponentNetwork(
            Body body, Optional<Vae> vae, KnowledgeFusion fusion, double klWeight, int fused, int classes) {
        this.body = body;
        this.vae = vae;
        this.fusion = fusion;
        this.klWeight = klWeight;
        this.fused = fused;
        this.classes = classes;
        ParameterLayout.Builder builder = new ParameterLayout.Builder();
        body.declare(builder, fusion.priorWidth(body, fused));
        vae.ifPresent(model -> model.declare(builder));
        fusion.declare(builder, body, fused);
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
    public int fused() {
        return fused;
    }

    /** Width of what it gives to components that fuse it; 0 where nothing is fused. */
    public int knowledgeWidth() {
        return fusion.knowledgeWidth(body);
    }

    /** The same network with a wider classifier. */
    public ComponentNetwork withClasses(int more) {
        return new ComponentNetwork(body, vae, fusion, klWeight, fused, more);
    }

    /**
     * What this component makes of images by itself, and gives to later ones once it is frozen: its attention or its
     * features, (B, H, W, C) -> (B, knowledge width).
     */
    Array knowledge(Parameters p, Array images) {
        Array attended = body.attend(p, images);
        return fusion.level() == KnowledgeFusion.Level.ATTENTION ? attended : body.features(p, attended);
    }

    /**
     * Eq. (5) or (9) before the softmax.
     *
     * @param own (B, knowledge width), this component's {@link #knowledge}
     * @param prior (B, J, knowledge width) of the components that it fuses; absent where none is fused
     * @return (B, L)
     */
    Array logits(Parameters p, Array own, Optional<Array> prior) {
        return features(p, own, prior).linear(p.get(HEAD_WEIGHT).transpose(1, 0), p.get(HEAD_BIAS));
    }

    private Array features(Parameters p, Array own, Optional<Array> prior) {
        boolean attention = fusion.level() == KnowledgeFusion.Level.ATTENTION;
        if (!fusion.fuses(fused)) {
            return attention ? body.features(p, own) : own;
        }
        Array others = prior.orElseThrow(() -> new IllegalStateException("fused=" + fused + " needs knowledge"));
        return attention
                ? body.features(p, fusion.fuseAttention(p, own, others, body, fused))
                : fusion.fuseFeatures(p, own, others, body, fused);
    }

    /**
     * First part of the loss; the two parts share no parameters, so one optimizer serves both.
     *
     * @param targets (B, L): -1 / (labelled images) at the class of a labelled image, else 0
     */
    Array crossEntropy(Parameters p, Array images, Array targets, Optional<Array> prior) {
        return logits(p, knowledge(p, images), prior).logSoftmax(1).mul(targets).sum();
    }

    /**
     * Second part of the loss, if there is a VAE.
     *
     * @param noise (B, d) standard normal
     */
    Optional<Array> densityLoss(Parameters p, Array images, Array noise) {
        return vae.map(model -> {
            Vae.Posterior posterior = model.encode(p, images);
            Array codes = posterior.mean().add(posterior.std().mul(noise));
            Array divergence = Vae.divergence(posterior).times(klWeight);
            return model.reconstructionError(p, images, codes).add(divergence).mean();
        });
    }

    /**
     * Eq. (7): weights of the components that are fused, the own last; empty where nothing is fused.
     *
     * @param values of the parameters
     */
    public float[] gates(float[] values) {
        if (!fusion.fuses(fused)) {
            return new float[0];
        }
        float[] gates = new float[fusion.gateCount(body, fused)];
        if (!layout.contains(KnowledgeFusion.LOGITS)) {
            Arrays.fill(gates, 1f / gates.length);
            return gates;
        }
        int offset = layout.entry(KnowledgeFusion.LOGITS).offset();
        double sum = 0;
        for (int i = 0; i < gates.length; i++) {
            sum += Math.exp(values[offset + i]);
        }
        for (int i = 0; i < gates.length; i++) {
            gates[i] = (float) (Math.exp(values[offset + i]) / sum);
        }
        return gates;
    }

    /** Parameters of the density model (count); 0 without one. */
    public long vaeSize() {
        ParameterLayout.Builder builder = new ParameterLayout.Builder();
        vae.ifPresent(model -> model.declare(builder));
        return builder.build().size();
    }

    /** Parameters of the classifier (count), which lie last; 0 while no class is known. */
    public int headSize() {
        return classes == 0
                ? 0
                : layout.entry(HEAD_WEIGHT).size() + layout.entry(HEAD_BIAS).size();
    }

    /** Parameters of the patch embedding (count), which lie first; 0 for a body without one. */
    public int embeddingSize() {
        return layout.entries().stream()
                .filter(entry -> entry.name().startsWith(VisionTransformer.EMBEDDING))
                .mapToInt(ParameterLayout.Entry::size)
                .sum();
    }

    /** Whether there is a density model. */
    boolean hasVae() {
        return vae.isPresent();
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
    public record TrainingBatch(NDArray images, Optional<NDArray> knowledge, Optional<NDArray> targets, NDArray noise) {
        /** Which loss it has. */
        NetworkFunction loss() {
            return targets.isPresent() ? NetworkFunction.LOSS : NetworkFunction.UNLABELLED_LOSS;
        }

        /** What that takes. */
        NDArray[] inputs() {
            return Stream.of(Optional.of(images), Optional.of(noise), targets, targets.flatMap(any -> knowledge))
                    .flatMap(Optional::stream)
                    .toArray(NDArray[]::new);
        }
    }
}
