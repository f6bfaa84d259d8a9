package dev.levitstream.nn;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Multi-head attention among the tokens z (N, Q) of each image, as lines of a script that compute no keys. The scores
 * of a head are (z W_q + b_q) (z W_k + b_k)'. Softmax does not change if one number is added to a whole row of them, so
 * b_k has no effect, and what is left is
 *
 * <pre>(z A + a) z' with A = W_q W_k' and a = b_q W_k':</pre>
 *
 * <p>a third less work for queries, keys and values, and all heads' rows meet the same tokens in one product. A and a
 * depend on the parameters alone and are small.
 */
final class FoldedAttention {
    private final Script script;
    private final Products products;
    private final String tokens;
    private final String bias;
    private final int perImage;
    private final int heads;
    private final int width;
    private final double scale;

    /** W_q over b_q of each head, (Q + 1, Q). */
    private final List<String> queries;
    /** W_k of each head, (Q, Q). */
    private final List<String> keys;
    /** A of all heads, with the scale of the scores: (Q, h Q). */
    private final String folded;
    /** W_v, (Q, h Q). */
    private final String valueWeights;

    /** (B, N, Q). */
    private final String images;
    /** z A + a of all heads, (B, N h, Q). */
    private final String asked;
    /** Softmax of the scores, (B, N h, N). */
    private final String attention;
    /** (B, N, h, Q). */
    private final String values;

    private final String attended;

    /**
     * Writes the lines.
     *
     * @param tokens z of all images, (B N, Q)
     * @param weight (Q, 3 h Q): W_q of all heads, then W_k, then W_v
     * @param bias (3 h Q), likewise
     * @param perImage N
     * @param heads h
     * @param width Q
     */
    FoldedAttention(Script script, String tokens, String weight, String bias, int perImage, int heads, int width) {
        this.script = script;
        this.products = script.products();
        this.tokens = tokens;
        this.bias = bias;
        this.perImage = perImage;
        this.heads = heads;
        this.width = width;
        this.scale = 1 / Math.sqrt(width);
        int all = heads * width;
        String weights = line("torch.permute", view(weight, width, 3, heads, width), Script.list(1, 2, 0, 3));
        String both = line("torch.cat", List.of(weights, view(bias, 3, heads, 1, width)), 2); // (3, h, Q + 1, Q)
        queries = perHead(h -> select(select(both, 0, 0), 0, h));
        keys = perHead(h -> first(select(select(both, 0, 1), 0, h)));
        List<String> folds = perHead(h -> products.timesTransposed(script, keys.get(h), first(queries.get(h))));
        folded = script.transpose(line("torch.mul", line("torch.cat", folds), scale));
        List<String> shifts = perHead(h -> line("torch.mv", keys.get(h), select(queries.get(h), 0, width)));
        String shift = line("torch.mul", line("torch.cat", shifts), scale);
        valueWeights = script.rowByRow(line("torch.narrow", weight, 1, 2 * all, all));
        String valueBias = line("torch.narrow", bias, 0, 2 * all, all);

        images = view(tokens, -1, perImage, width);
        asked = view(products.linear(script, tokens, folded, shift), -1, (long) perImage * heads, width);
        attention = line("torch.softmax", line("torch.bmm", asked, turned(images)), -1);
        values = view(products.linear(script, tokens, valueWeights, valueBias), -1, perImage, heads, width);
        List<String> each = perHead(h -> line("torch.bmm", attentionOf(h), select(values, 2, h)));
        attended = view(line("torch.stack", each, 1), -1, (long) heads * perImage * width);
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
        String each = line("torch.reshape", gradient, Script.list(-1, heads, perImage, width));
        List<String> atHeads = perHead(h -> select(each, 1, h));
        List<String> weighted = perHead(h -> line("torch.bmm", atHeads.get(h), turned(select(values, 2, h))));
        String atAttention = view(line("torch.stack", weighted, 2), -1, (long) perImage * heads, perImage);
        String atScores = line("torch._softmax_backward_data", atAttention, attention, -1, Script.FLOAT);
        String atAsked = view(line("torch.bmm", atScores, images), -1, all);
        List<String> ofValues = perHead(h -> line("torch.bmm", turned(attentionOf(h)), atHeads.get(h)));
        String atValues = view(line("torch.cat", ofValues, 2), -1, all);
        List<String> atTokens = List.of(
                view(line("torch.bmm", turned(atScores), asked), -1, width),
                products.timesTransposed(script, atAsked, folded),
                products.timesTransposed(script, atValues, valueWeights));

        // at A over a, (h, Q + 1, Q): the bias of the queries is treated as one more row of their weight
        String atFolded = products.transposedTimes(script, tokens, atAsked);
        String atShift = line("torch.sum", atAsked, Script.list(0), "True");
        String scaled = line("torch.mul", line("torch.cat", List.of(atFolded, atShift)), scale);
        String byHead =
                script.rowByRow(line("torch.permute", view(scaled, width + 1L, heads, width), Script.list(1, 0, 2)));
        List<String> atQueries =
                perHead(h -> products.timesTransposed(script, select(byHead, 0, h), script.transpose(keys.get(h))));
        List<String> atKeys = perHead(h -> products.transposedTimes(script, select(byHead, 0, h), queries.get(h)));
        String atValueWeights = products.transposedTimes(script, tokens, atValues);
        List<String> atWeight = Stream.of(
                        atQueries.stream().map(this::first), atKeys.stream(), Stream.of(atValueWeights))
                .flatMap(part -> part)
                .toList();

        Stream<String> atQueryBias = atQueries.stream().map(both -> select(both, 0, width));
        String atKeyBias = line("torch.zeros_like", line("torch.narrow", bias, 0, all, all));
        String atValueBias = line("torch.sum", atValues, Script.list(0));
        List<String> atBias =
                Stream.concat(atQueryBias, Stream.of(atKeyBias, atValueBias)).toList();
        return new Gradients(atTokens, line("torch.cat", atWeight, 1), line("torch.cat", atBias));
    }

    private List<String> perHead(IntFunction<String> ofHead) {
        return IntStream.range(0, heads).mapToObj(ofHead).toList();
    }

    /** The weight without the bias that lies behind it. */
    private String first(String both) {
        return line("torch.narrow", both, 0, 0, width);
    }

    private String attentionOf(int head) {
        return select(view(attention, -1, perImage, heads, perImage), 2, head);
    }

    private String select(String array, int axis, int index) {
        return line("torch.select", array, axis, index);
    }

    private String view(String array, long... shape) {
        return line("torch.view", array, Script.list(shape));
    }

    private String turned(String matrices) {
        return line("torch.transpose", matrices, 1, 2);
    }

    private String line(String operation, Object... operands) {
        return script.call(operation, operands);
    }
}
