package dev.levitstream.nn;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Multi-head attention among the tokens z (N, Q) of each image, as lines of a script that compute no keys. With z' = z
 * W_q + b_q for the queries, softmax(z' (z W_k + b_k)^T) does not change if a number is added to a row of its argument,
 * so b_k has no effect, and
 *
 * <pre>z' (z W_k)^T = (z A + a) z^T with A = W_q W_k^T, a = b_q W_k^T:</pre>
 *
 * <p>a third less work for queries, keys and values, and one product of all heads' rows with the tokens themselves
 * where each head's queries met keys of its own. A depends on the parameters alone and is small.
 */
final class FoldedAttention {
    private final Script script;
    private final Products products;
    private final String z;
    private final int tokens;
    private final int heads;
    private final int width;

    private final String queryWeights;
    private final String keyWeights;
    private final String queryBias;
    private final String folded;
    private final String valueWeights;
    private final String asked;
    private final String perImage;
    private final String attention;
    private final String values;
    private final String attended;

    /**
     * Writes the lines.
     *
     * @param z tokens of all images, (B N, Q)
     * @param weight (Q, 3 h Q): queries of all heads, then keys, then values
     * @param bias (3 h Q)
     * @param tokens N
     * @param heads h
     * @param width Q
     */
    FoldedAttention(Script script, String z, String weight, String bias, int tokens, int heads, int width) {
        this.script = script;
        this.products = script.products();
        this.z = z;
        this.tokens = tokens;
        this.heads = heads;
        this.width = width;
        int all = heads * width;
        queryWeights = weights(weight, 0); // (h, Q, Q)
        // with the factor 1 / sqrt(Q) of the scores
        keyWeights = line("torch.mul", weights(weight, 1), 1 / Math.sqrt(width));
        queryBias = line("torch.view", line("torch.narrow", bias, 0, 0, all), list(heads, width, 1));
        String transposed = line("torch.bmm", keyWeights, turned(queryWeights)); // A^T of each head
        folded = script.isDense(line("torch.t", line("torch.view", transposed, list(all, width)))); // (Q, h Q)
        String shift = line("torch.view", line("torch.bmm", keyWeights, queryBias), list(all));
        valueWeights = line("torch.contiguous", line("torch.narrow", weight, 1, 2 * all, all));
        String valueBias = line("torch.narrow", bias, 0, 2 * all, all);

        asked = line("torch.view", products.linear(script, z, folded, shift), list(-1, (long) tokens * heads, width));
        perImage = line("torch.view", z, list(-1, tokens, width));
        attention = line("torch.softmax", line("torch.bmm", asked, turned(perImage)), -1); // (B, N h, N)
        values =
                line("torch.view", products.linear(script, z, valueWeights, valueBias), list(-1, tokens, heads, width));
        List<String> each = IntStream.range(0, heads)
                .mapToObj(h -> line("torch.bmm", attentionOf(h), valuesOf(h)))
                .toList();
        attended = line("torch.view", line("torch.stack", each.toString(), 1), list(-1, (long) heads * tokens * width));
    }

    /** (B, h N Q), heads one after the other. */
    String attended() {
        return attended;
    }

    /**
     * Gradients.
     *
     * @param tokens at z, in parts that add up
     * @param weight at the weight
     * @param bias at the bias
     */
    record Gradients(List<String> tokens, String weight, String bias) {}

    /** Writes the lines that lead back from the gradient at {@link #attended}. */
    Gradients back(String gradient) {
        int all = heads * width;
        String each = line("torch.reshape", gradient, list(-1, heads, tokens, width));
        List<String> ofHeads = IntStream.range(0, heads)
                .mapToObj(h -> line("torch.select", each, 1, h))
                .toList();
        List<String> atAttention = IntStream.range(0, heads)
                .mapToObj(h -> line("torch.bmm", ofHeads.get(h), turned(valuesOf(h))))
                .toList();
        String joined = line(
                "torch.view", line("torch.stack", atAttention.toString(), 2), list(-1, (long) tokens * heads, tokens));
        String atScores = line("torch._softmax_backward_data", joined, attention, -1, Script.FLOAT);
        String atAsked = line("torch.view", line("torch.bmm", atScores, perImage), list(-1, all)); // (B N, h Q)
        List<String> ofValues = IntStream.range(0, heads)
                .mapToObj(h -> line("torch.bmm", turned(attentionOf(h)), ofHeads.get(h)))
                .toList();
        String atValues = line("torch.view", line("torch.cat", ofValues.toString(), 2), list(-1, all));
        List<String> atTokens = List.of(
                line("torch.view", line("torch.bmm", turned(atScores), asked), list(-1, width)),
                products.timesTransposed(script, atAsked, folded),
                products.timesTransposed(script, atValues, valueWeights));

        String atFolded = line(
                "torch.permute",
                line("torch.view", products.transposedTimes(script, z, atAsked), list(width, heads, width)),
                list(1, 0, 2)); // at A of each head
        String atShift = line("torch.view", line("torch.sum", atAsked, list(0)), list(heads, 1, width));
        String atQueries = line("torch.bmm", atFolded, keyWeights);
        String atKeys = line(
                "torch.mul",
                line(
                        "torch.baddbmm",
                        line("torch.bmm", turned(atShift), turned(queryBias)),
                        turned(atFolded),
                        queryWeights),
                1 / Math.sqrt(width));
        String atValueWeights =
                line("torch.view", products.transposedTimes(script, z, atValues), list(width, heads, width));
        String atWeight = line(
                "torch.cat",
                List.of(turnedBack(atQueries), turnedBack(atKeys), atValueWeights)
                        .toString(),
                1);
        String atQueryBias = line("torch.view", line("torch.bmm", atShift, keyWeights), list(all));
        String atBias = line(
                "torch.cat",
                List.of(atQueryBias, line("torch.zeros_like", atQueryBias), line("torch.sum", atValues, list(0)))
                        .toString());
        return new Gradients(atTokens, line("torch.view", atWeight, list(width, 3L * all)), atBias);
    }

    /** Those of queries (0) or keys (1) by head: (h, Q, Q). */
    private String weights(String weight, int part) {
        String parts = line("torch.view", weight, list(width, 3, heads, width));
        return line("torch.permute", line("torch.select", parts, 1, part), list(1, 0, 2));
    }

    private String turnedBack(String byHead) {
        return line("torch.permute", byHead, list(1, 0, 2));
    }

    private String attentionOf(int head) {
        return line("torch.select", line("torch.view", attention, list(-1, tokens, heads, tokens)), 2, head);
    }

    private String valuesOf(int head) {
        return line("torch.select", values, 2, head);
    }

    private String turned(String matrices) {
        return line("torch.transpose", matrices, 1, 2);
    }

    private String line(String operation, Object... operands) {
        return script.call(operation, operands);
    }

    private static String list(long... values) {
        return Arrays.toString(values);
    }
}
