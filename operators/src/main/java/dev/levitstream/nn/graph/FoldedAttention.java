package dev.levitstream.nn.graph;

import dev.levitstream.nn.engine.MatMul;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Multi-head attention among the tokens z (N, Q) of each image that computes no keys. The scores of a head are (z W_q +
 * b_q) (z W_k + b_k)'. Softmax does not change if one number is added to a whole row of them, so b_k has no effect, and
 * what is left is
 *
 * <pre>(z A + a) z' with A = W_q W_k' and a = b_q W_k':</pre>
 *
 * <p>a third less work for queries, keys and values, and all heads' rows meet the same tokens in one product. A and a
 * depend on the parameters alone and are small.
 */
final class FoldedAttention {
    private final MatMul by;
    private final Array tokens;
    private final Array weight;
    private final Array bias;
    private final int perImage;
    private final int heads;
    private final int width;
    private final double scale;

    /** W_q over b_q of each head, (Q + 1, Q). */
    private final List<Array> queries;
    /** W_k of each head, (Q, Q). */
    private final List<Array> keys;
    /** A of all heads, with the scale of the scores: (Q, h Q). */
    private final Array folded;
    /** W_v, (Q, h Q). */
    private final Array valueWeights;

    /** (B, N, Q). */
    private final Array images;
    /** z A + a of all heads, (B, N h, Q). */
    private final Array asked;
    /** Softmax of the scores, (B, N h, N). */
    private final Array attention;
    /** (B, N, h, Q). */
    private final Array values;

    private final Array attended;

    /**
     * Records the ops.
     *
     * @param tokens z of all images, (B N, Q)
     * @param weight (Q, 3 h Q): W_q of all heads, then W_k, then W_v
     * @param bias (3 h Q), likewise
     * @param perImage N
     * @param heads h
     */
    FoldedAttention(Array tokens, Array weight, Array bias, int perImage, int heads) {
        this.by = tokens.graph().matMul();
        this.tokens = tokens;
        this.weight = weight;
        this.bias = bias;
        this.perImage = perImage;
        this.heads = heads;
        this.width = (int) tokens.shape().get(1);
        this.scale = 1 / Math.sqrt(width);
        int all = heads * width;
        Array weights = weight.view(width, 3, heads, width).permuted(1, 2, 0, 3);
        Array both = Array.cat(List.of(weights, bias.view(3, heads, 1, width)), 2); // (3, h, Q + 1, Q)
        queries = perHead(h -> both.select(0, 0).select(0, h));
        keys = perHead(h -> weightOf(both.select(0, 1).select(0, h)));
        List<Array> folds = perHead(h -> MatrixProduct.timesTransposed(by, keys.get(h), weightOf(queries.get(h))));
        folded = Array.cat(folds, 0).times(scale).t();
        List<Array> shifts = perHead(h -> keys.get(h)
                .call(
                        SymbolicShape.of(width),
                        Layout.UNKNOWN,
                        "torch.mv",
                        queries.get(h).select(0, width)));
        Array shift = Array.cat(shifts, 0).times(scale);
        valueWeights = weight.narrow(1, 2L * all, all).contiguous();
        Array valueBias = bias.narrow(0, 2L * all, all);

        images = tokens.view(-1, perImage, width);
        asked = MatrixProduct.linear(by, tokens, folded, shift).view(-1, (long) perImage * heads, width);
        attention = MatrixProduct.batched(asked, images.batchT()).softmax(-1);
        values = MatrixProduct.linear(by, tokens, valueWeights, valueBias).view(-1, perImage, heads, width);
        List<Array> each = perHead(h -> MatrixProduct.batched(attentionOf(h), values.select(2, h)));
        attended = Array.stack(each, 1).view(-1, (long) heads * perImage * width);
    }

    /** (B, h N Q), heads one after the other. */
    Array attended() {
        return attended;
    }

    /** Passes the gradient at {@link #attended} back. */
    void back(Array gradient, Gradients to) {
        int all = heads * width;
        Array each = gradient.reshape(-1, heads, perImage, width);
        List<Array> atHeads = perHead(h -> each.select(1, h));
        List<Array> weighted = perHead(
                h -> MatrixProduct.batched(atHeads.get(h), values.select(2, h).batchT()));
        Array atAttention = Array.stack(weighted, 2).view(-1, (long) perImage * heads, perImage);
        Array atScores = Reduction.softmaxBackward(atAttention, attention);
        Array atAsked = MatrixProduct.batched(atScores, images).view(-1, all);
        List<Array> ofValues = perHead(h -> MatrixProduct.batched(attentionOf(h).batchT(), atHeads.get(h)));
        Array atValues = Array.cat(ofValues, 2).view(-1, all);
        to.add(tokens, MatrixProduct.batched(atScores.batchT(), asked).view(-1, width));
        to.add(tokens, MatrixProduct.timesTransposed(by, atAsked, folded));
        to.add(tokens, MatrixProduct.timesTransposed(by, atValues, valueWeights));
        backToWeights(atAsked, atValues, to);
    }

    private void backToWeights(Array atAsked, Array atValues, Gradients to) {
        int all = heads * width;
        // at A over a, (h, Q + 1, Q): the bias of the queries is treated as one more row of their weight
        Array atFolded = MatrixProduct.transposedTimes(by, tokens, atAsked);
        Array atShift = atAsked.keep(SymbolicShape.of(1, all), "torch.sum", List.of(0), true);
        Array byHead = Array.cat(List.of(atFolded, atShift), 0)
                .times(scale)
                .view(width + 1L, heads, width)
                .permuted(1, 0, 2)
                .contiguous();
        List<Array> atQueries = perHead(h -> MatrixProduct.timesTransposed(
                by, byHead.select(0, h), keys.get(h).t()));
        List<Array> atKeys = perHead(h -> MatrixProduct.transposedTimes(by, byHead.select(0, h), queries.get(h)));
        Array atValueWeights = MatrixProduct.transposedTimes(by, tokens, atValues);
        List<Array> atWeight = Stream.of(
                        atQueries.stream().map(this::weightOf), atKeys.stream(), Stream.of(atValueWeights))
                .flatMap(part -> part)
                .toList();
        to.add(weight, Array.cat(atWeight, 1));

        Stream<Array> atQueryBias = atQueries.stream().map(both -> both.select(0, width));
        Array atKeyBias = bias.narrow(0, all, all).pointwise("torch.zeros_like");
        Array atValueBias = atValues.summed(0);
        to.add(
                bias,
                Array.cat(
                        Stream.concat(atQueryBias, Stream.of(atKeyBias, atValueBias))
                                .toList(),
                        0));
    }

    private List<Array> perHead(IntFunction<Array> ofHead) {
        return IntStream.range(0, heads).mapToObj(ofHead).toList();
    }

    /** The weight without the bias that lies behind it. */
    private Array weightOf(Array both) {
        return both.narrow(0, 0, width);
    }

    private Array attentionOf(int head) {
        return attention.view(-1, perImage, heads, perImage).select(2, head);
    }
}
