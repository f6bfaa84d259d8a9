package dev.levitstream.nn.model;

import static dev.levitstream.nn.model.Initializer.SMALL_NORMAL;

import dev.levitstream.nn.graph.Array;

/**
 * The Vision Transformer of one component, LEViT eqs. (1) to (5) without the classifier: patches, tokens, one layer of
 * multi-head attention inside each image, MLP. As in the authors' code there is no class token, no position embedding,
 * no residual and no output projection; tokens are flattened in order, so their places are kept.
 */
public final class VisionTransformer implements Body {
    /** How the names of the patch embedding's parameters start; they are declared first. */
    static final String EMBEDDING = "vit.embed";

    private static final String ATTENTION = "vit.attention";

    private final VitOptions options;

    public VisionTransformer(VitOptions options) {
        this.options = options;
    }

    @Override
    public void declare(ParameterLayout.Builder layout, int priorWidth) {
        int q = options.embeddingWidth();
        int pixels = options.patch() * options.patch() * options.input().channels();
        Layers.declareLinear(layout, EMBEDDING, SMALL_NORMAL, pixels, q);
        Layers.declareAffine(layout, EMBEDDING, q);
        Layers.declareLinear(layout, ATTENTION, SMALL_NORMAL, q, 3 * options.heads() * q);
        int in = attendedWidth() + priorWidth;
        for (int i = 0; i < options.hidden().size(); i++) {
            int out = options.hidden().get(i);
            Layers.declareLinear(layout, "vit.mlp" + i, SMALL_NORMAL, in, out);
            Layers.declareAffine(layout, "vit.mlp" + i, out);
            in = out;
        }
    }

    @Override
    public Array attend(Parameters p, Array images) {
        return attention(p, tokens(p, patches(images)));
    }

    /** Eq. (1): (B, H, W, C) -> (B N, P P C); row by row of patches, within a patch as in the image. */
    Array patches(Array images) {
        int side = options.patch();
        int rows = options.input().height() / side;
        int columns = options.input().width() / side;
        int channels = options.input().channels();
        return images.reshape(-1, rows, side, columns, side, channels)
                .transpose(0, 1, 3, 2, 4, 5) // (B, rows, columns, P, P, C)
                .reshape(-1, (long) side * side * channels);
    }

    /** Eq. (2): z = LeakyReLU(affine(x E + e)): (B N, P P C) -> (B N, Q). */
    Array tokens(Parameters p, Array patches) {
        return Layers.leakyRelu(Layers.affine(p, EMBEDDING, Layers.linear(p, EMBEDDING, patches)));
    }

    /** Eqs. (3), (4): softmax(q k^T / sqrt(Q)) v for each head, heads one after the other: (B N, Q) -> (B, A). */
    Array attention(Parameters p, Array tokens) {
        return tokens.selfAttention(
                p.get(ATTENTION + ".weight"), p.get(ATTENTION + ".bias"), options.patches(), options.heads());
    }

    /** The MLP of eq. (5), each layer LeakyReLU(affine(linear)). */
    @Override
    public Array features(Parameters p, Array attended) {
        Array x = attended;
        for (int i = 0; i < options.hidden().size(); i++) {
            x = Layers.leakyRelu(Layers.affine(p, "vit.mlp" + i, Layers.linear(p, "vit.mlp" + i, x)));
        }
        return x;
    }

    @Override
    public int attendedWidth() {
        return options.heads() * options.patches() * options.embeddingWidth();
    }

    @Override
    public int featureWidth() {
        return options.hidden().get(options.hidden().size() - 1);
    }

    @Override
    public int heads() {
        return options.heads();
    }
}
