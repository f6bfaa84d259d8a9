package dev.levitstream.testing;

import dev.levitstream.common.InputShape;
import dev.levitstream.common.TokenShape;
import dev.levitstream.nn.model.KnowledgeFusion;
import dev.levitstream.nn.model.KnowledgeFusion.Gates;
import dev.levitstream.nn.model.KnowledgeFusion.Level;
import dev.levitstream.nn.model.ParameterLayout;
import dev.levitstream.nn.model.VaeOptions;
import dev.levitstream.nn.model.VitOptions;
import java.util.Arrays;

/**
 * The networks of one component written down a second time, in plain Java: one image at a time, double loops, double
 * precision, transposed convolution by scattering. Shares no line with what it checks but the names and places of
 * parameters.
 */
public final class NaiveNetwork {
    private final VitOptions vit;
    private final VaeOptions vae;
    private final KnowledgeFusion fusion;
    private final int frozen;
    private final int classes;
    private final ParameterLayout layout;
    private final double[] p;

    public NaiveNetwork(
            VitOptions vit,
            VaeOptions vae,
            KnowledgeFusion fusion,
            int frozen,
            int classes,
            ParameterLayout layout,
            double[] p) {
        this.vit = vit;
        this.vae = vae;
        this.fusion = fusion;
        this.frozen = frozen;
        this.classes = classes;
        this.layout = layout;
        this.p = p;
    }

    /** Mean VAE loss + mean cross entropy of the labelled images. */
    public double loss(double[][] images, double[][] knowledge, int[] labels, double[][] noise, double klWeight) {
        double vaeSum = 0;
        double crossEntropy = 0;
        int labelled = 0;
        for (int i = 0; i < images.length; i++) {
            double[] mean = mean(images[i]);
            double[] std = std(images[i]);
            double[] code = new double[mean.length];
            for (int k = 0; k < code.length; k++) {
                code[k] = mean[k] + std[k] * noise[i][k];
            }
            vaeSum += reconstructionError(images[i], code) + klWeight * divergence(mean, std);
            if (labels[i] >= 0) {
                labelled++;
                crossEntropy -= Math.log(softmax(logits(images[i], knowledge[i]))[labels[i]]);
            }
        }
        return vaeSum / images.length + (labelled == 0 ? 0 : crossEntropy / labelled);
    }

    public double[] logits(double[] image, double[] knowledge) {
        double[] attended = attend(image);
        boolean fuses = fusion.level() != Level.NONE && frozen > 0;
        double[] features;
        if (fuses && fusion.level() == Level.ATTENTION) {
            double[] gates = gates(frozen * vit.heads());
            int slot = attended.length / vit.heads();
            double[] both = Arrays.copyOf(attended, 2 * attended.length);
            for (int j = 0; j < frozen; j++) {
                for (int h = 0; h < vit.heads(); h++) {
                    for (int k = 0; k < slot; k++) {
                        both[attended.length + h * slot + k] +=
                                gates[j * vit.heads() + h] * knowledge[j * attended.length + h * slot + k];
                    }
                }
            }
            features = features(both);
        } else {
            features = features(attended);
            if (fuses) {
                double[] gates = gates(frozen + 1);
                double[] fused = new double[features.length];
                for (int k = 0; k < fused.length; k++) {
                    fused[k] = gates[frozen] * features[k];
                    for (int j = 0; j < frozen; j++) {
                        fused[k] += gates[j] * knowledge[j * fused.length + k];
                    }
                }
                features = fused;
            }
        }
        int w = layout.entry("head.weight").offset();
        int b = layout.entry("head.bias").offset();
        double[] logits = new double[classes];
        for (int c = 0; c < classes; c++) {
            logits[c] = p[b + c];
            for (int k = 0; k < features.length; k++) {
                logits[c] += features[k] * p[w + c * features.length + k];
            }
        }
        return logits;
    }

    private double[] gates(int count) {
        double[] logits = new double[count];
        if (fusion.gates() == Gates.LEARNT) {
            System.arraycopy(p, layout.entry("fusion.logits").offset(), logits, 0, count);
        }
        return softmax(logits);
    }

    /** Heads one after the other, tokens in order within a head. */
    public double[] attend(double[] image) {
        InputShape shape = vit.input();
        int side = vit.patch();
        int q = vit.embeddingWidth();
        int heads = vit.heads();
        int columns = shape.width() / side;
        int n = vit.patches();
        double[][] query = new double[n][];
        double[][] key = new double[n][];
        double[][] value = new double[n][];
        for (int patch = 0; patch < n; patch++) {
            double[] x = new double[side * side * shape.channels()];
            for (int y = 0; y < side; y++) {
                for (int c = 0; c < side * shape.channels(); c++) {
                    int row = patch / columns * side + y;
                    int start = patch % columns * side * shape.channels();
                    x[y * side * shape.channels() + c] = image[row * shape.width() * shape.channels() + start + c];
                }
            }
            double[] token = leaky(affine("vit.embed", linear("vit.embed", x, q)));
            double[] qkv = linear("vit.attention", token, 3 * heads * q);
            query[patch] = Arrays.copyOfRange(qkv, 0, heads * q);
            key[patch] = Arrays.copyOfRange(qkv, heads * q, 2 * heads * q);
            value[patch] = Arrays.copyOfRange(qkv, 2 * heads * q, 3 * heads * q);
        }
        double[] attended = new double[heads * n * q];
        for (int h = 0; h < heads; h++) {
            for (int i = 0; i < n; i++) {
                double[] scores = new double[n];
                for (int j = 0; j < n; j++) {
                    for (int k = 0; k < q; k++) {
                        scores[j] += query[i][h * q + k] * key[j][h * q + k] / Math.sqrt(q);
                    }
                }
                double[] weights = softmax(scores);
                for (int j = 0; j < n; j++) {
                    for (int k = 0; k < q; k++) {
                        attended[(h * n + i) * q + k] += weights[j] * value[j][h * q + k];
                    }
                }
            }
        }
        return attended;
    }

    public double[] features(double[] attended) {
        double[] x = attended;
        for (int i = 0; i < vit.hidden().size(); i++) {
            x = leaky(
                    affine("vit.mlp" + i, linear("vit.mlp" + i, x, vit.hidden().get(i))));
        }
        return x;
    }

    public double[] mean(double[] image) {
        return linear("vae.mean", encoded(image), vae.latentWidth());
    }

    public double[] std(double[] image) {
        double[] x = linear("vae.std", encoded(image), vae.latentWidth());
        for (int i = 0; i < x.length; i++) {
            x[i] = vae.channels().isEmpty() ? Math.exp(x[i]) : Math.log1p(Math.exp(x[i]));
        }
        return x;
    }

    public static double divergence(double[] mean, double[] std) {
        double sum = 0;
        for (int i = 0; i < mean.length; i++) {
            double variance = std[i] * std[i];
            sum += 0.5 * (variance + mean[i] * mean[i] - 1 - Math.log(variance));
        }
        return sum;
    }

    public double reconstructionError(double[] image, double[] code) {
        double[] back = decode(code);
        double[] seen = explained(image);
        double sum = 0;
        for (int i = 0; i < seen.length; i++) {
            sum += (seen[i] - back[i]) * (seen[i] - back[i]);
        }
        return sum;
    }

    /** Of tokens the mean, of an image all. */
    private double[] explained(double[] image) {
        if (!(vae.input() instanceof TokenShape shape)) {
            return image;
        }
        double[] mean = new double[shape.features()];
        for (int i = 0; i < image.length; i++) {
            mean[i % mean.length] += image[i] / shape.tokens();
        }
        return mean;
    }

    private double[] encoded(double[] image) {
        if (vae.channels().isEmpty()) {
            double[] x = explained(image);
            for (int i = 0; i < vae.hidden().size(); i++) {
                x = linear("vae.encode" + i, x, vae.hidden().get(i));
                for (int k = 0; k < x.length; k++) {
                    x[k] = Math.tanh(x[k]);
                }
            }
            return x;
        }
        InputShape shape = vae.input();
        double[][][] x = new double[shape.channels()][shape.height()][shape.width()];
        for (int i = 0; i < image.length; i++) {
            int pixel = i / shape.channels();
            x[i % shape.channels()][pixel / shape.width()][pixel % shape.width()] = image[i];
        }
        for (int i = 0; i < vae.channels().size(); i++) {
            x = leaky(convolve("vae.encode" + i, x, vae.channels().get(i), 2));
        }
        return leaky(linear("vae.hidden", flatten(x), vae.hidden().get(0)));
    }

    public double[] decode(double[] code) {
        if (vae.channels().isEmpty()) {
            double[] x = code;
            int layers = vae.hidden().size();
            for (int i = 0; i < layers; i++) {
                x = linear("vae.decode" + i, x, vae.hidden().get(layers - 1 - i));
                for (int k = 0; k < x.length; k++) {
                    x[k] = i == 0 && layers > 1 ? Math.tanh(x[k]) : Math.max(0, x[k]);
                }
            }
            return linear("vae.pixels", x, explained(new double[vae.input().size()]).length);
        }
        int depth = vae.channels().size();
        int[] heights = sizes(vae.input().height(), depth);
        int[] widths = sizes(vae.input().width(), depth);
        int innermost = vae.channels().get(depth - 1);
        double[] spread = linear("vae.spread", code, innermost * heights[depth] * widths[depth]);
        double[][][] x = new double[innermost][heights[depth]][widths[depth]];
        for (int i = 0; i < spread.length; i++) {
            int area = heights[depth] * widths[depth];
            x[i / area][i % area / widths[depth]][i % widths[depth]] = spread[i];
        }
        for (int i = 0; i < depth; i++) {
            int level = depth - 1 - i;
            int out = vae.channels().get(Math.min(depth - 1, depth - i));
            x = scatter("vae.decode" + i, x, out, heights[level], widths[level]);
            for (double[][] plane : x) {
                for (double[] row : plane) {
                    for (int k = 0; k < row.length; k++) {
                        row[k] = Math.max(0, row[k]);
                    }
                }
            }
        }
        double[][][] pixels = convolve("vae.pixels", x, vae.input().channels(), 1);
        double[] flat = new double[vae.input().size()];
        int channels = vae.input().channels();
        for (int i = 0; i < flat.length; i++) {
            int pixel = i / channels;
            double value = pixels[i % channels][pixel / widths[0]][pixel % widths[0]];
            flat[i] = 1 / (1 + Math.exp(-value));
        }
        return flat;
    }

    private static int[] sizes(int size, int depth) {
        int[] sizes = new int[depth + 1];
        sizes[0] = size;
        for (int i = 1; i <= depth; i++) {
            sizes[i] = (sizes[i - 1] + 1) / 2;
        }
        return sizes;
    }

    private double[][][] convolve(String name, double[][][] x, int out, int stride) {
        int height = (x[0].length + stride - 1) / stride;
        int width = (x[0][0].length + stride - 1) / stride;
        ParameterLayout.Entry weight = layout.entry(name + ".weight");
        double[][][] y = new double[out][height][width];
        for (int o = 0; o < out; o++) {
            for (int r = 0; r < height; r++) {
                for (int c = 0; c < width; c++) {
                    y[o][r][c] = p[layout.entry(name + ".bias").offset() + o];
                    for (int in = 0; in < x.length; in++) {
                        for (int k = 0; k < 9; k++) {
                            int row = r * stride - 1 + k / 3;
                            int column = c * stride - 1 + k % 3;
                            if (row >= 0 && row < x[0].length && column >= 0 && column < x[0][0].length) {
                                y[o][r][c] += x[in][row][column] * p[weight.place(o, in, k / 3, k % 3)];
                            }
                        }
                    }
                }
            }
        }
        return y;
    }

    /** Transposed 3x3 convolution, stride 2, padding 1: every input adds its kernel around twice its place. */
    private double[][][] scatter(String name, double[][][] x, int out, int height, int width) {
        ParameterLayout.Entry weight = layout.entry(name + ".weight");
        double[][][] y = new double[out][height][width];
        for (int o = 0; o < out; o++) {
            for (double[] row : y[o]) {
                Arrays.fill(row, p[layout.entry(name + ".bias").offset() + o]);
            }
            for (int in = 0; in < x.length; in++) {
                for (int r = 0; r < x[0].length; r++) {
                    for (int c = 0; c < x[0][0].length; c++) {
                        for (int k = 0; k < 9; k++) {
                            int row = 2 * r - 1 + k / 3;
                            int column = 2 * c - 1 + k % 3;
                            if (row >= 0 && row < height && column >= 0 && column < width) {
                                y[o][row][column] += x[in][r][c] * p[weight.place(o, in, k / 3, k % 3)];
                            }
                        }
                    }
                }
            }
        }
        return y;
    }

    private static double[] flatten(double[][][] x) {
        double[] flat = new double[x.length * x[0].length * x[0][0].length];
        int at = 0;
        for (double[][] plane : x) {
            for (double[] row : plane) {
                for (double value : row) {
                    flat[at++] = value;
                }
            }
        }
        return flat;
    }

    private double[] linear(String name, double[] x, int out) {
        ParameterLayout.Entry weight = layout.entry(name + ".weight");
        int b = layout.entry(name + ".bias").offset();
        double[] y = new double[out];
        for (int o = 0; o < out; o++) {
            y[o] = p[b + o];
            for (int i = 0; i < x.length; i++) {
                y[o] += x[i] * p[weight.place(i, o)];
            }
        }
        return y;
    }

    private double[] affine(String name, double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] * p[layout.entry(name + ".scale").offset() + i]
                    + p[layout.entry(name + ".shift").offset() + i];
        }
        return y;
    }

    private static double[] leaky(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i] > 0 ? x[i] : 0.2 * x[i];
        }
        return y;
    }

    private static double[][][] leaky(double[][][] x) {
        double[][][] y = new double[x.length][x[0].length][];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                y[i][j] = leaky(x[i][j]);
            }
        }
        return y;
    }

    public static double[] softmax(double[] x) {
        double max = Arrays.stream(x).max().orElse(0);
        double[] y = Arrays.stream(x).map(value -> Math.exp(value - max)).toArray();
        double sum = Arrays.stream(y).sum();
        return Arrays.stream(y).map(value -> value / sum).toArray();
    }
}
