package dev.levitstream.nn.graph;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Multi-head attention among the tokens of each image, head by head: so the products read their operands where they
 * lie; for all heads at once they would be copied.
 */
final class HeadAttention {
    /**
     * One head of all images.
     *
     * @param queries (B, N, Q)
     * @param keys (B, N, Q)
     * @param values (B, N, Q)
     * @param weights softmax(q k^T / sqrt(Q)), (B, N, N)
     */
    private record Head(Array queries, Array keys, Array values, Array weights) {}

    private final int tokens;
    private final int width;
    /** What a product adds nothing of. */
    private final Array nothing;

    private final List<Head> heads;

    /**
     * Records all up to the softmax.
     *
     * @param rows (B N, 3 h Q): queries of all heads, then keys, then values
     * @param tokens N
     * @param heads h
     * @param width Q
     */
    HeadAttention(Array rows, int tokens, int heads, int width) {
        this.tokens = tokens;
        this.width = width;
        this.nothing = rows.call(SymbolicShape.of(1), Layout.UNKNOWN, "torch.new_zeros", List.of(1));
        Array images = rows.view(-1, tokens, 3L * heads * width);
        IntFunction<Array> part = at -> images.narrow(2, (long) at * width, width);
        this.heads = IntStream.range(0, heads)
                .mapToObj(h -> head(part.apply(h), part.apply(heads + h), part.apply(2 * heads + h)))
                .toList();
    }

    private Head head(Array queries, Array keys, Array values) {
        return new Head(queries, keys, values, scaled(queries, keys.batchT()).softmax(-1));
    }

    /** Records the rest; (B, h N Q), heads one after the other. */
    Array attended() {
        List<Array> each = heads.stream()
                .map(head -> MatrixProduct.batched(head.weights, head.values))
                .toList();
        return Array.stack(each, 1).view(-1, (long) heads.size() * tokens * width);
    }

    /** The gradient at the rows, given that at {@link #attended}. */
    Array back(Array gradient) {
        Array each = gradient.reshape(-1, heads.size(), tokens, width);
        List<List<Array>> parts = IntStream.range(0, heads.size())
                .mapToObj(h -> back(heads.get(h), each.select(1, h)))
                .toList();
        List<Array> inOrder = Stream.of(0, 1, 2)
                .flatMap(part -> parts.stream().map(ofHead -> ofHead.get(part)))
                .toList();
        return Array.cat(inOrder, 2).view(-1, 3L * heads.size() * width);
    }

    /** Gradients of q, k and v. */
    private List<Array> back(Head head, Array gradient) {
        Array atWeights = MatrixProduct.batched(gradient, head.values.batchT());
        Array atScores = Reduction.softmaxBackward(atWeights, head.weights);
        return List.of(
                scaled(atScores, head.keys),
                scaled(atScores.batchT(), head.queries),
                MatrixProduct.batched(head.weights.batchT(), gradient));
    }

    /** A product of each image, times 1 / sqrt(Q). */
    private Array scaled(Array one, Array other) {
        SymbolicShape shape = one.shape().with(2, other.shape().get(2));
        Op.Keyword add = new Op.Keyword("beta", 0);
        Op.Keyword scale = new Op.Keyword("alpha", 1 / Math.sqrt(width));
        return nothing.call(shape, Layout.ROW_MAJOR, "torch.baddbmm", one, other, add, scale);
    }
}
