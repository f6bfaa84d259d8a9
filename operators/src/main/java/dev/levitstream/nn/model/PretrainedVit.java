package dev.levitstream.nn.model;

import ai.djl.ndarray.types.Shape;
import dev.levitstream.common.Check;
import dev.levitstream.nn.engine.MatMul;
import dev.levitstream.nn.graph.Array;
import dev.levitstream.nn.graph.Form;
import dev.levitstream.nn.graph.Graph;
import dev.levitstream.nn.graph.SymbolicShape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The Vision Transformer whose weights people publish (Dosovitskiy et al., "An image is worth 16x16 words", ICLR 2021),
 * with the names that the library timm gives its weights: patches, a class token before them, learnt positions, blocks
 * of attention and MLP with the norm before each, a norm at the end. Immutable; weights come with each use.
 *
 * <p>Letters beside those of the package {@code nn}: M tokens of a prefix. Images are (B, C, H, W).
 */
public final class PretrainedVit {
    /** Added to variances; timm's number for these networks. */
    private static final double EPSILON = 1e-6;

    private static final String EMBEDDING = "patch_embed.proj";

    private final Sizes sizes;
    private final Map<String, Shape> weights = new LinkedHashMap<>();

    /**
     * Sizes, all at least 1.
     *
     * @param channels C of the images
     * @param patch P, side of a square patch in pixels
     * @param grid patches along a side of an image, which is square
     * @param width Q of a token
     * @param hidden width of a block's MLP between its two layers
     * @param blocks count
     * @param heads attention heads of a block; must divide the width
     */
    public record Sizes(int channels, int patch, int grid, int width, int hidden, int blocks, int heads) {
        public Sizes {
            Check.that(heads >= 1 && width % heads == 0, "heads", heads, "must divide the width " + width);
        }

        /** Side of an image (pixels). */
        public int side() {
            return grid * patch;
        }

        /** N. */
        public int patches() {
            return grid * grid;
        }
    }

    /**
     * Keys and values of one block that all tokens attend to beside those of the image (prefix tuning, Li and Liang
     * 2021): how methods adapt a frozen network.
     *
     * @param keys (M, Q)
     * @param values (M, Q)
     */
    public record Prefix(Array keys, Array values) {}

    public PretrainedVit(Sizes sizes) {
        this.sizes = sizes;
        int q = sizes.width();
        declareLayer(EMBEDDING, q, sizes.channels(), sizes.patch(), sizes.patch());
        weights.put("cls_token", new Shape(1, 1, q));
        weights.put("pos_embed", new Shape(1, 1L + sizes.patches(), q));
        for (int i = 0; i < sizes.blocks(); i++) {
            declareLayer(name(i, "norm1"), q);
            declareLayer(name(i, "attn.qkv"), 3L * q, q);
            declareLayer(name(i, "attn.proj"), q, q);
            declareLayer(name(i, "norm2"), q);
            declareLayer(name(i, "mlp.fc1"), sizes.hidden(), q);
            declareLayer(name(i, "mlp.fc2"), q, sizes.hidden());
        }
        declareLayer("norm", q);
    }

    /** A weight, and a bias as long as its first axis. */
    private void declareLayer(String name, long... shape) {
        weights.put(name + ".weight", new Shape(shape));
        weights.put(name + ".bias", new Shape(shape[0]));
    }

    private static String name(int block, String layer) {
        return "blocks." + block + "." + layer;
    }

    /** Sizes. */
    public Sizes sizes() {
        return sizes;
    }

    /** Shapes of the weights by timm's names, in the order in which {@link #script} takes them. */
    public Map<String, Shape> weights() {
        return new LinkedHashMap<>(weights);
    }

    /**
     * A script of images (B, C, H, W) and of the weights: the class token (B, Q) and the tokens of the patches (B, N,
     * Q), both after the last norm. An image's bits may depend on how many there are.
     */
    public String script(MatMul matMul) {
        Graph graph = new Graph(Form.WHOLE, matMul, 0);
        Array images = graph.input("images", SymbolicShape.of(-1, sizes.channels(), sizes.side(), sizes.side()));
        Map<String, Array> arrays = new HashMap<>();
        weights.forEach((name, shape) ->
                arrays.put(name, graph.input(name.replace('.', '_'), SymbolicShape.of(shape.getShape()))));
        Array tokens = tokens(arrays::get, images, List.of());
        return graph.text(List.of(classToken(tokens), tokens.part(1, 1, sizes.patches())));
    }

    /** The class token of all tokens: (B, 1 + N, Q) -> (B, Q). */
    Array classToken(Array tokens) {
        return tokens.part(1, 0, 1).reshape(-1, sizes.width());
    }

    /**
     * All tokens after the last norm, the class token first: (B, C, H, W) -> (B, 1 + N, Q).
     *
     * @param w the weights by name
     * @param prefixes one for each block, or none
     */
    Array tokens(Function<String, Array> w, Array images, List<Prefix> prefixes) {
        int q = sizes.width();
        Check.that(
                prefixes.isEmpty() || prefixes.size() == sizes.blocks(),
                "prefixes",
                prefixes.size(),
                "must be 0 or " + sizes.blocks());
        Array patches = images.conv2d(w.apply(EMBEDDING + ".weight"), w.apply(EMBEDDING + ".bias"), sizes.patch(), 0)
                .reshape(-1, q, sizes.patches())
                .transpose(0, 2, 1); // (B, N, Q)
        Array x = w.apply("cls_token")
                .reshape(1, q)
                .repeatedFor(images)
                .concat(patches, 1)
                .add(w.apply("pos_embed"));
        for (int i = 0; i < sizes.blocks(); i++) {
            Optional<Prefix> prefix = prefixes.isEmpty() ? Optional.empty() : Optional.of(prefixes.get(i));
            x = x.add(attention(w, i, norm(w, name(i, "norm1"), x), prefix));
            x = x.add(mlp(w, i, norm(w, name(i, "norm2"), x)));
        }
        return norm(w, "norm", x);
    }

    private Array attention(Function<String, Array> w, int block, Array x, Optional<Prefix> prefix) {
        List<Array> parts = linear(w, name(block, "attn.qkv"), x).split(2, sizes.width());
        Array keys = parts.get(1);
        Array values = parts.get(2);
        if (prefix.isPresent()) {
            keys = prefix.get().keys().repeatedFor(x).concat(keys, 1);
            values = prefix.get().values().repeatedFor(x).concat(values, 1);
        }
        Array attended = parts.get(0).multiHeadAttention(keys, values, sizes.heads());
        return linear(w, name(block, "attn.proj"), attended);
    }

    private static Array mlp(Function<String, Array> w, int block, Array x) {
        return linear(
                w, name(block, "mlp.fc2"), linear(w, name(block, "mlp.fc1"), x).gelu());
    }

    /** By a weight (out, in): (B, n, in) -> (B, n, out). */
    private static Array linear(Function<String, Array> w, String name, Array x) {
        long n = x.shape().get(1);
        long in = x.shape().get(2);
        Array weight = w.apply(name + ".weight");
        return x.reshape(-1, in)
                .linear(weight.transpose(1, 0), w.apply(name + ".bias"))
                .reshape(-1, n, weight.shape().get(0));
    }

    private static Array norm(Function<String, Array> w, String name, Array x) {
        return x.layerNorm(w.apply(name + ".weight"), w.apply(name + ".bias"), EPSILON);
    }
}
