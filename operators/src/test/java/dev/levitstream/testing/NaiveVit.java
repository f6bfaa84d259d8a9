package dev.levitstream.testing;

import dev.levitstream.nn.model.PretrainedVit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A published ViT as loops over doubles, which shares no line with ours: one image at a time. */
public final class NaiveVit {
    private final PretrainedVit.Sizes sizes;
    private final Map<String, double[]> weights;

    /** @param weights by timm's names, row by row */
    public NaiveVit(PretrainedVit.Sizes sizes, Map<String, double[]> weights) {
        this.sizes = sizes;
        this.weights = weights;
    }

    /**
     * All tokens after the last norm, the class token first: 1 + N rows of Q.
     *
     * @param image C H W values
     * @param keys of each block's prefix, rows of Q; none for no prefix
     * @param values likewise
     */
    public double[][] tokens(double[] image, List<double[][]> keys, List<double[][]> values) {
        double[][] x = new double[1 + sizes.patches()][];
        double[] positions = weight("pos_embed");
        for (int n = 0; n < x.length; n++) {
            double[] token = n == 0 ? weight("cls_token").clone() : patch(image, n - 1);
            for (int i = 0; i < token.length; i++) {
                token[i] += positions[n * token.length + i];
            }
            x[n] = token;
        }
        double[][] none = new double[0][];
        for (int b = 0; b < sizes.blocks(); b++) {
            String block = "blocks." + b + ".";
            addTo(
                    x,
                    attention(
                            block + "attn.",
                            norm(block + "norm1", x),
                            keys.isEmpty() ? none : keys.get(b),
                            values.isEmpty() ? none : values.get(b)));
            double[][] hidden = linear(block + "mlp.fc1", norm(block + "norm2", x));
            for (double[] row : hidden) {
                for (int i = 0; i < row.length; i++) {
                    row[i] = row[i] * normalDistribution(row[i]);
                }
            }
            addTo(x, linear(block + "mlp.fc2", hidden));
        }
        return norm("norm", x);
    }

    private double[] weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    private static void addTo(double[][] x, double[][] more) {
        for (int n = 0; n < x.length; n++) {
            for (int i = 0; i < x[n].length; i++) {
                x[n][i] += more[n][i];
            }
        }
    }

    private double[] patch(double[] image, int place) {
        double[] kernel = weight("patch_embed.proj.weight");
        int side = sizes.patch();
        int top = place / sizes.grid() * side;
        int left = place % sizes.grid() * side;
        double[] token = weight("patch_embed.proj.bias").clone();
        for (int i = 0; i < token.length; i++) {
            for (int c = 0; c < sizes.channels(); c++) {
                for (int y = 0; y < side; y++) {
                    for (int x = 0; x < side; x++) {
                        double pixel = image[(c * sizes.side() + top + y) * sizes.side() + left + x];
                        token[i] += pixel * kernel[((i * sizes.channels() + c) * side + y) * side + x];
                    }
                }
            }
        }
        return token;
    }

    private double[][] attention(String name, double[][] x, double[][] moreKeys, double[][] moreValues) {
        int q = sizes.width();
        int width = q / sizes.heads();
        int more = moreKeys.length;
        double[][] all = linear(name + "qkv", x); // queries, keys, values side by side
        double[][] mixed = new double[x.length][q];
        for (int n = 0; n < x.length; n++) {
            for (int h = 0; h < sizes.heads(); h++) {
                double[] shares = new double[more + x.length];
                double sum = 0;
                for (int m = 0; m < shares.length; m++) {
                    double score = 0;
                    for (int i = h * width; i < (h + 1) * width; i++) {
                        score += all[n][i] * (m < more ? moreKeys[m][i] : all[m - more][q + i]);
                    }
                    shares[m] = Math.exp(score / Math.sqrt(width));
                    sum += shares[m];
                }
                for (int i = h * width; i < (h + 1) * width; i++) {
                    for (int m = 0; m < shares.length; m++) {
                        double value = m < more ? moreValues[m][i] : all[m - more][2 * q + i];
                        mixed[n][i] += shares[m] / sum * value;
                    }
                }
            }
        }
        return linear(name + "proj", mixed);
    }

    private double[][] linear(String name, double[][] x) {
        double[] weight = weight(name + ".weight");
        double[] bias = weight(name + ".bias");
        double[][] y = new double[x.length][];
        for (int n = 0; n < x.length; n++) {
            y[n] = bias.clone();
            for (int o = 0; o < bias.length; o++) {
                for (int i = 0; i < x[n].length; i++) {
                    y[n][o] += x[n][i] * weight[o * x[n].length + i];
                }
            }
        }
        return y;
    }

    private double[][] norm(String name, double[][] x) {
        double[] scale = weight(name + ".weight");
        double[] shift = weight(name + ".bias");
        double[][] y = new double[x.length][scale.length];
        for (int n = 0; n < x.length; n++) {
            double mean = 0;
            double variance = 0;
            for (double value : x[n]) {
                mean += value / scale.length;
            }
            for (double value : x[n]) {
                variance += (value - mean) * (value - mean) / scale.length;
            }
            for (int i = 0; i < scale.length; i++) {
                y[n][i] = (x[n][i] - mean) / Math.sqrt(variance + 1e-6) * scale[i] + shift[i];
            }
        }
        return y;
    }

    /** By its power series, which is exact to 1e-12 between -6 and 6 (Abramowitz and Stegun 1964, 26.2.10 and 11). */
    private static double normalDistribution(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; k < 200; k++) {
            term *= x * x / (2 * k + 1);
            sum += term;
        }
        return Math.abs(x) > 6 ? (x > 0 ? 1 : 0) : 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
