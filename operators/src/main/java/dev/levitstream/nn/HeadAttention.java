package dev.levitstream.nn;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Multi-head attention among the tokens of each image, as lines of a script, head by head: so the products read their
 * operands where they lie; for all heads at once they would be copied.
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
    private record Head(String queries, String keys, String values, String weights) {}

    private final Script script;
    private final int tokens;
    private final int width;
    /** What a product adds nothing of. */
    private final String nothing;

    private final List<Head> heads;

    /**
     * Writes the lines up to the softmax.
     *
     * @param rows (B N, 3 h Q): queries of all heads, then keys, then values
     * @param tokens N
     * @param heads h
     * @param width Q
     */
    HeadAttention(Script script, String rows, int tokens, int heads, int width) {
        this.script = script;
        this.tokens = tokens;
        this.width = width;
        this.nothing = line("torch.new_zeros", rows, Script.list(1));
        String images = line("torch.view", rows, Script.list(-1, tokens, 3L * heads * width));
        IntFunction<String> part = at -> line("torch.narrow", images, 2, at * width, width);
        this.heads = IntStream.range(0, heads)
                .mapToObj(h -> head(part.apply(h), part.apply(heads + h), part.apply(2 * heads + h)))
                .toList();
    }

    private Head head(String queries, String keys, String values) {
        return new Head(queries, keys, values, line("torch.softmax", scaled(queries, turned(keys)), -1));
    }

    /** Writes the rest; (B, h N Q), heads one after the other. */
    String attended() {
        List<String> each = heads.stream()
                .map(head -> line("torch.bmm", head.weights, head.values))
                .toList();
        return line("torch.view", line("torch.stack", each, 1), Script.list(-1, (long) heads.size() * tokens * width));
    }

    /** Writes the lines that lead back from the gradient at {@link #attended} to that at the rows. */
    String back(String gradient) {
        String each = line("torch.reshape", gradient, Script.list(-1, heads.size(), tokens, width));
        List<List<String>> parts = IntStream.range(0, heads.size())
                .mapToObj(h -> back(heads.get(h), line("torch.select", each, 1, h)))
                .toList();
        List<String> inOrder = Stream.of(0, 1, 2)
                .flatMap(part -> parts.stream().map(ofHead -> ofHead.get(part)))
                .toList();
        return line("torch.view", line("torch.cat", inOrder, 2), Script.list(-1, 3L * heads.size() * width));
    }

    /** Gradients of q, k and v. */
    private List<String> back(Head head, String gradient) {
        String atWeights = line("torch.bmm", gradient, turned(head.values));
        String atScores = line("torch._softmax_backward_data", atWeights, head.weights, -1, Script.FLOAT);
        return List.of(
                scaled(atScores, head.keys),
                scaled(turned(atScores), head.queries),
                line("torch.bmm", turned(head.weights), gradient));
    }

    /** A product of each image, times 1 / sqrt(Q). */
    private String scaled(String one, String other) {
        return line("torch.baddbmm", nothing, one, other, "beta=0", "alpha=" + 1 / Math.sqrt(width));
    }

    private String turned(String matrices) {
        return line("torch.transpose", matrices, 1, 2);
    }

    private String line(String operation, Object... operands) {
        return script.call(operation, operands);
    }
}
