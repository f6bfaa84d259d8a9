package dev.levitstream.nn.graph;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Scaled dot-product attention (Vaswani et al., "Attention is all you need", 2017, section 3.2). */
sealed interface Attention extends Expression permits Array {
    /**
     * Attention of queries to keys, softmax(q k^T / sqrt(d) + mask) v: (B, N, d), (B, M, d), (B, M, e) -> (B, N, e).
     *
     * @param mask added to the scores, broadcast to (B, N, M); -1e9 hides a key; empty for none
     */
    default Array attention(Array keys, Array values, Optional<Array> mask) {
        Array scores = scores(self(), keys);
        return mask.map(scores::add).orElse(scores).softmax(-1).bmm(values);
    }

    /** q k^T / sqrt(d) of each image: (B, N, d), (B, M, d) -> (B, N, M). */
    private static Array scores(Array queries, Array keys) {
        return scaled(queries, queries, keys.batchT()).differentiable((y, dy, to) -> {
            to.add(queries, scaled(queries, dy, keys));
            to.add(keys, scaled(queries, dy.batchT(), queries));
        });
    }

    /** Products over the square root of the queries' width: one pass over them, not two. */
    private static Array scaled(Array queries, Array one, Array other) {
        double scale = 1 / Math.sqrt((double) queries.shape().get(2));
        Array nothing = queries.call(SymbolicShape.of(1), Layout.UNKNOWN, "torch.new_zeros", List.of(1));
        SymbolicShape shape = one.shape().with(2, other.shape().get(2));
        Op.Keyword beta = new Op.Keyword("beta", 0); // times what is added
        return nothing.call(shape, Layout.ROW_MAJOR, "torch.baddbmm", one, other, beta, new Op.Keyword("alpha", scale));
    }

    /**
     * Multi-head attention of queries to keys: their width is divided among the heads, each attends by itself, and what
     * the heads give stands one after the other: (B, N, Q), (B, M, Q), (B, M, Q) -> (B, N, Q).
     *
     * @param heads must divide Q
     */
    default Array multiHeadAttention(Array keys, Array values, int heads) {
        Array queries = self();
        long n = queries.shape().get(1);
        long width = queries.shape().get(2);
        Array q = byHead(queries, heads);
        Array k = byHead(keys, heads);
        Array v = byHead(values, heads);
        Array attended = queries.graph().isTraining()
                ? matrices(q)
                        .attention(matrices(k), matrices(v), Optional.empty())
                        .reshape(-1, heads, n, width / heads)
                : q.call(q.shape(), Layout.UNKNOWN, "torch.scaled_dot_product_attention", k, v);
        return attended.transpose(0, 2, 1, 3).reshape(-1, n, width);
    }

    /** (B, N, Q) -> (B, h, N, Q / h). */
    private static Array byHead(Array rows, int heads) {
        long width = rows.shape().get(2);
        return rows.reshape(-1, rows.shape().get(1), heads, width / heads).transpose(0, 2, 1, 3);
    }

    /** (B, h, N, d) -> (B h, N, d). */
    private static Array matrices(Array heads) {
        return heads.reshape(-1, heads.shape().get(2), heads.shape().get(3));
    }

    /**
     * Multi-head attention among the tokens z of each image, softmax(q k^T / sqrt(Q)) v for each head, with queries q,
     * keys k and values v of one product z weight + bias: (B N, Q) -> (B, h N Q), heads one after the other.
     *
     * @param weight (Q, 3 h Q): for the queries of all heads, then for their keys, then for their values
     * @param bias (3 h Q)
     * @param tokens N
     * @param heads h
     */
    default Array selfAttention(Array weight, Array bias, int tokens, int heads) {
        Array z = self();
        Graph graph = z.graph();
        int width = (int) z.shape().get(1);
        if (!graph.isTraining()) {
            // not folded: for a block of images, queries and keys take no longer than to fold their weights
            return ofHeads(z.linear(weight, bias), tokens, heads, width);
        }
        if (graph.matMul().foldsAttention(graph.count(z.shape().get(0)), width)) {
            FoldedAttention folded = new FoldedAttention(z, weight, bias, tokens, heads);
            return folded.attended().differentiable((y, dy, to) -> folded.back(dy, to));
        }
        return byHead(z.linear(weight, bias), tokens, heads, width);
    }

    /** Head by head: so the products read their operands where they lie; for all at once they would be copied. */
    private static Array byHead(Array rows, int tokens, int heads, int width) {
        List<Array> parts = rows.reshape(-1, tokens, 3L * heads * width).split(2, width); // (B, N, Q) each
        List<Array> attended = IntStream.range(0, heads)
                .mapToObj(h -> parts.get(h).attention(parts.get(heads + h), parts.get(2 * heads + h), Optional.empty()))
                .toList();
        return Structure.stack(attended, 1).reshape(-1, (long) heads * tokens * width);
    }

    /** By the engine's one operation, whose backward pass takes longer than ours. */
    private static Array ofHeads(Array rows, int tokens, int heads, int width) {
        Array split = rows.view(-1, tokens, 3, heads, width).permuted(2, 0, 3, 1, 4); // (3, B, h, N, Q)
        List<Array> parts =
                IntStream.range(0, 3).mapToObj(i -> split.select(0, i)).toList();
        Array queries = parts.get(0);
        return queries.call(
                        queries.shape(),
                        Layout.UNKNOWN,
                        "torch.scaled_dot_product_attention",
                        parts.get(1),
                        parts.get(2))
                .reshape(-1, (long) heads * tokens * width);
    }
}
